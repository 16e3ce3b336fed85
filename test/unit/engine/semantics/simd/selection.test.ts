import { describe, expect, test } from 'vitest';
import type { Emitter } from '../../../../../src-main/engine/semantics/Emitter.ts';
import {
  dwordsOfHalves,
  extractWord,
  insertWord,
  selectAligned,
  selectDwords,
  selectFromBoth,
  selectWords,
  shiftBytes,
} from '../../../../../src-main/engine/semantics/simd/selection.ts';
import { type I32, type V128, i32Const } from '../../../../../src-main/engine/wasm/Expression.ts';
import { FunctionBuilder, type Local } from '../../../../../src-main/engine/wasm/FunctionBuilder.ts';
import { ModuleBuilder } from '../../../../../src-main/engine/wasm/ModuleBuilder.ts';
import { loadVector, splat, storeVectorCode } from '../../../../../src-main/engine/wasm/vectors.ts';

type Selection = (left: V128, right: V128, immediate: I32, e: Emitter) => V128;

/** The bytes 0 to 15 and 16 to 31, so that a result tells where its bytes come from. */
const LEFT = 0,
  RIGHT = 16,
  RESULT = 32;
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const bytes = new Uint8Array(memory.buffer);

/** A function of the immediate for each list of immediates: the first takes it as a parameter, the others know theirs. */
function compile(select: Selection, immediates: readonly (number | undefined)[]): ((immediate: number) => number[])[] {
  const module = new ModuleBuilder({ minimumPages: 1, maximumPages: 1 });
  immediates.forEach((known, number) => {
    const signature = { parameters: ['i32'] as const, results: [] };
    const index = module.declare(signature);
    const f = new FunctionBuilder(signature.parameters);
    const [parameter] = f.parameters as [Local<'i32'>];
    // Selections bind values and need nothing else of an emitter.
    const e = { let: (value: V128) => f.let(value) } as unknown as Emitter;
    const [left, right] = [LEFT, RIGHT].map((at) => f.let(loadVector(i32Const(at), 128)));
    const result = select(left, right, known === undefined ? f.get(parameter) : i32Const(known), e);
    f.emit(storeVectorCode(i32Const(RESULT), result, 128));
    module.define(index, f);
    module.exportFunction(`f${number}`, index);
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { env: { memory } });
  return immediates.map((_, number) => (immediate) => {
    for (let at = 0; at < RESULT; at++) bytes[at] = at;
    (exports[`f${number}`] as (immediate: number) => void)(immediate);
    return [...bytes.subarray(RESULT, RESULT + 16)];
  });
}

const ALL = Array.from({ length: 256 }, (_, immediate) => immediate);

describe.each<{ name: string; select: Selection }>([
  { name: 'PSHUFD', select: (left, _right, immediate, e) => selectDwords(left, immediate, e) },
  { name: 'SHUFPS', select: selectFromBoth },
  { name: 'SHUFPD', select: (left, right, immediate, e) => selectFromBoth(left, right, dwordsOfHalves(immediate), e) },
  { name: 'PSHUFLW', select: (left, _right, immediate, e) => selectWords(left, immediate, 'low', e) },
  { name: 'PSHUFHW', select: (left, _right, immediate, e) => selectWords(left, immediate, 'high', e) },
  { name: 'PSLLDQ', select: (left, _right, immediate, e) => shiftBytes(left, immediate, 'up', e) },
  { name: 'PSRLDQ', select: (left, _right, immediate, e) => shiftBytes(left, immediate, 'down', e) },
  { name: 'PINSRW', select: (left, _right, immediate) => insertWord(left, i32Const(0x6543), immediate, 8) },
  { name: 'PINSRW of MMX', select: (left, _right, immediate) => insertWord(left, i32Const(0x6543), immediate, 4) },
  { name: 'PEXTRW', select: (left, _right, immediate) => splat('i16x8.splat', extractWord(left, immediate, 8)) },
  { name: 'PEXTRW of MMX', select: (left, _right, immediate) => splat('i16x8.splat', extractWord(left, immediate, 4)) },
  { name: 'PALIGNR', select: (left, right, immediate, e) => selectAligned(left, right, immediate, 16, e) },
])('$name', ({ select }) => {
  test('chooses the same bytes by a known immediate and by one that is not', () => {
    const [unknown, ...known] = compile(select, [undefined, ...ALL]);
    const wrong = ALL.filter((immediate) => unknown(immediate).join() !== known[immediate](0).join());
    expect(wrong).toEqual([]);
  });
});

test('PSHUFD 1Bh reverses the dwords', () => {
  const [reversed] = compile((left, _right, immediate, e) => selectDwords(left, immediate, e), [0x1b]);
  expect(reversed(0)).toEqual([12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3]);
});

test('PSLLDQ 3 moves bytes up by three places', () => {
  const [shifted] = compile((left, _right, immediate, e) => shiftBytes(left, immediate, 'up', e), [3]);
  expect(shifted(0)).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});
