import { type I32, type V128, wrap } from '../../wasm/Expression.ts';
import { shuffle } from '../../wasm/vectors.ts';
import type { Emitter, OperandHandle, Semantics } from '../Emitter.ts';
import { occupyX87, requireMmx, requireSse } from './availability.ts';

export function isMmxRegister({ file }: OperandHandle): boolean {
  return file === 'mmx';
}

/** What `body` gets beside the operands: to be called between its last possible fault and its first change. */
type Commit = () => void;

/**
 * An instruction on vector registers: the checks of the files that its operands name come first. `body` reads,
 * calls `commit`, and writes; a write to memory, which may fault, comes before `commit`.
 */
export function onVectors(body: (e: Emitter, operands: readonly OperandHandle[], commit: Commit) => void): Semantics {
  return (e, operands) => {
    if (operands.some(({ file }) => file === 'xmm')) requireSse(e);
    const isMmx = operands.some(isMmxRegister);
    if (isMmx) requireMmx(e);
    body(e, operands, () => {
      if (isMmx) occupyX87(e);
    });
  };
}

/** `dst <- operation(src)`. */
export function transform(operation: (value: V128, e: Emitter) => V128): Semantics {
  return onVectors((e, [dst, src], commit) => {
    const result = e.let(operation(e.readVector(src), e));
    commit();
    e.writeVector(dst, result);
  });
}

/** `dst <- operation(src, imm8)`. */
export function transformBy(operation: (value: V128, immediate: I32, e: Emitter) => V128): Semantics {
  return onVectors((e, [dst, src, immediate], commit) => {
    const result = e.let(operation(e.let(e.readVector(src)), wrap(e.read(immediate)), e));
    commit();
    e.writeVector(dst, result);
  });
}

/** `dst <- operation(dst, src)`, lane by lane, so that MMX registers are the low half of the same. */
export function combine(operation: (left: V128, right: V128, e: Emitter) => V128): Semantics {
  return onVectors((e, [dst, src], commit) => {
    const right = e.let(e.readVector(src));
    const result = e.let(operation(e.let(e.readVector(dst)), right, e));
    commit();
    e.writeVector(dst, result);
  });
}

/** `dst <- operation(dst, src, imm8)`. */
export function combineBy(operation: (left: V128, right: V128, immediate: I32, e: Emitter) => V128): Semantics {
  return onVectors((e, [dst, src, immediate], commit) => {
    const right = e.let(e.readVector(src));
    const result = e.let(operation(e.let(e.readVector(dst)), right, wrap(e.read(immediate)), e));
    commit();
    e.writeVector(dst, result);
  });
}

/** The low halves of two vectors in one. */
export function joinLow(left: V128, right: V128): V128 {
  return shuffle(left, right, [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
}

/**
 * `dst <- operation(dst, src)` whose result has what becomes of `dst` in its low half and of `src` in its high
 * one: packs and horizontal sums. Of MMX registers, both make one vector, the result's low half.
 */
export function pair(operation: (left: V128, right: V128, e: Emitter) => V128): Semantics {
  return onVectors((e, [dst, src], commit) => {
    const right = e.let(e.readVector(src));
    const left = e.let(e.readVector(dst));
    let result: V128;
    if (isMmxRegister(dst)) {
      const joined = e.let(joinLow(left, right));
      result = e.let(operation(joined, joined, e));
    } else result = e.let(operation(left, right, e));
    commit();
    e.writeVector(dst, result);
  });
}
