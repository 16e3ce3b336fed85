import { type I32, type V128, gtUnsigned, i32Const, i64Const, select, wrap } from '../../wasm/Expression.ts';
import { type ShiftVector, extractLane, vector, vectorOfWords } from '../../wasm/vectors.ts';
import type { Emitter, OperandHandle, Semantics } from '../Emitter.ts';
import { onVectors } from './instructions.ts';
import { shiftBytes } from './selection.ts';

const ZERO = vectorOfWords(0, 0, 0, 0);

/** A shift count and whether it reaches the lanes' width: an immediate, or all 64 low bits of a vector. */
function shiftCount(e: Emitter, src: OperandHandle, laneBits: number): { count: I32; isTooLarge: I32 } {
  if (src.kind === 'immediate') {
    const count = e.let(wrap(e.read(src)));
    return { count, isTooLarge: gtUnsigned(count, i32Const(laneBits - 1)) };
  }
  const count = e.let(extractLane('i64x2.extract_lane', e.readVector(src), 0));
  return { count: wrap(count), isTooLarge: gtUnsigned(count, i64Const(laneBits - 1)) };
}

/** PSLL, PSRL, PSRA: counts beyond the width clear the lanes, or fill them with the sign. */
function shift(operation: ShiftVector): Semantics {
  const laneBits = Number(/^i(\d+)/.exec(operation)?.[1]);
  return onVectors((e, [dst, src], commit) => {
    const { count, isTooLarge } = shiftCount(e, src, laneBits);
    const value = e.readVector(dst);
    const result = operation.endsWith('shr_s')
      ? vector(operation, value, select(isTooLarge, i32Const(laneBits - 1), count) as I32)
      : (select(isTooLarge, ZERO, vector(operation, value, count)) as V128);
    const bound = e.let(result);
    commit();
    e.writeVector(dst, bound);
  });
}

/** PSLLDQ and PSRLDQ. */
function shiftWhole(direction: 'up' | 'down'): Semantics {
  return onVectors((e, [dst, src]) => {
    e.writeVector(dst, shiftBytes(e.let(e.readVector(dst)), wrap(e.read(src)), direction, e));
  });
}

export const shiftSemantics: Readonly<Record<string, Semantics>> = {
  psllw: shift('i16x8.shl'),
  pslld: shift('i32x4.shl'),
  psllq: shift('i64x2.shl'),
  psrlw: shift('i16x8.shr_u'),
  psrld: shift('i32x4.shr_u'),
  psrlq: shift('i64x2.shr_u'),
  psraw: shift('i16x8.shr_s'),
  psrad: shift('i32x4.shr_s'),
  pslldq: shiftWhole('up'),
  psrldq: shiftWhole('down'),
};
