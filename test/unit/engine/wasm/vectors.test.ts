import loadWabt from 'wabt';
import { expect, test } from 'vitest';
import { type V128, i32Const, i64Const, localGet } from '../../../../src-main/engine/wasm/Expression.ts';
import { FunctionBuilder } from '../../../../src-main/engine/wasm/FunctionBuilder.ts';
import { ModuleBuilder } from '../../../../src-main/engine/wasm/ModuleBuilder.ts';
import {
  VECTOR_OPCODES,
  loadVector,
  replaceLane,
  shuffle,
  splat,
  storeVectorCode,
  vector,
  vectorOfWords,
} from '../../../../src-main/engine/wasm/vectors.ts';

const LANES = [31, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16];
const WORDS = [1, 2, 3, 4, 5, 6, 7, 0x8000];

const wabt = await loadWabt();

/** A module with one function, as text; the function's parameters are two vectors and an i32. */
function textOf(build: (f: FunctionBuilder, a: V128, b: V128) => void): string {
  const module = new ModuleBuilder({ minimumPages: 1, maximumPages: 1 });
  const parameters = ['v128', 'v128', 'i32'] as const;
  const index = module.declare({ parameters, results: [] });
  const f = new FunctionBuilder(parameters);
  build(f, localGet(0, 'v128'), localGet(1, 'v128'));
  module.define(index, f);
  module.exportFunction('run', index);
  const parsed = wabt.readWasm(module.encode(), { threads: true, simd: true });
  const text = parsed.toText({});
  parsed.destroy();
  return text;
}

test.each(Object.values(VECTOR_OPCODES).flatMap((opcodes) => Object.entries(opcodes)))(
  'an independent disassembler calls %s what it is called here',
  (name, opcode) => {
    const lane = /(extract|replace)_lane/.test(name) ? [1] : [];
    const text = textOf((f) => f.emit([0xfd, ...(opcode < 128 ? [opcode] : [(opcode & 0x7f) | 0x80, 1]), ...lane]));
    expect(text).toMatch(new RegExp(`\\n\\s+${name.replace('.', '\\.')}( 1)?\\)?\\n?`));
  },
);

test.each([
  { text: 'i32x4.add', build: (a: V128, b: V128) => vector('i32x4.add', a, b) },
  { text: 'i8x16.shuffle 31 1 2 3 4 5 6 7 8 9 10 11 12 13 14 16', build: (a: V128, b: V128) => shuffle(a, b, LANES) },
  { text: 'v128.const i32x4 0x00020001 0x00040003 0x00060005 0x80000007', build: () => vectorOfWords(...WORDS) },
  { text: 'v128.load offset=300', build: () => loadVector(i32Const(0), 128, 300) },
  { text: 'v128.load64_zero', build: () => loadVector(i32Const(0), 64) },
  { text: 'v128.load32_zero', build: () => loadVector(i32Const(0), 32) },
  { text: 'i64x2.splat', build: () => splat('i64x2.splat', i64Const(-1)) },
  { text: 'i16x8.replace_lane 7', build: (a: V128) => replaceLane('i16x8.replace_lane', a, 7, i32Const(1)) },
])('$text', ({ text, build }) => {
  const body = textOf((f, a, b) => f.emit(storeVectorCode(i32Const(0), build(a, b), 128)));
  expect(body).toContain(text);
  expect(body).toContain('v128.store');
});

test('stores of parts name their lane', () => {
  expect(textOf((f, a) => f.emit(storeVectorCode(i32Const(0), a, 64, 8)))).toMatch(/v128.store64_lane offset=8 .*0/);
  expect(textOf((f, a) => f.emit(storeVectorCode(i32Const(0), a, 32)))).toMatch(/v128.store32_lane .*0/);
});
