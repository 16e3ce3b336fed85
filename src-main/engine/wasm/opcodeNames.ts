import { VECTOR_OPCODES } from './vectors.ts';

/** What follows an opcode. */
export type Immediate = 'none' | 'memory' | 'lane' | 'memoryAndLane' | 'shuffle' | 'v128' | 'zeros';

/** An instruction that takes operands from the stack and leaves at most one result. */
export interface PlainInstruction {
  readonly name: string;
  readonly operands: number;
  readonly results: number;
  readonly immediate: Immediate;
  /** Bytes that have to be 0 behind it (memory indices). */
  readonly zeros?: number;
}

const COMPARISONS = 'eq:2 ne:2 lt_s:2 lt_u:2 gt_s:2 gt_u:2 le_s:2 le_u:2 ge_s:2 ge_u:2';
const FLOAT_COMPARISONS = 'eq:2 ne:2 lt:2 gt:2 le:2 ge:2';
const INTEGER = `clz:1 ctz:1 popcnt:1 add:2 sub:2 mul:2 div_s:2 div_u:2 rem_s:2 rem_u:2 and:2 or:2 xor:2 shl:2 shr_s:2
  shr_u:2 rotl:2 rotr:2`;
const FLOAT = 'abs:1 neg:1 ceil:1 floor:1 trunc:1 nearest:1 sqrt:1 add:2 sub:2 mul:2 div:2 min:2 max:2 copysign:2';
const CONVERSIONS = `i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s
  i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u
  f32.convert_i64_s f32.convert_i64_u f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s
  f64.convert_i64_u f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64
  i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s`;
const LOADS = `i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u i64.load8_s
  i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u`;
const STORES = `i32.store i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32`;
const SATURATING = `i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u i64.trunc_sat_f32_s
  i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u`;

function words(text: string): string[] {
  return text.split(/\s+/);
}

function counted(type: string, text: string): PlainInstruction[] {
  return words(text).map((word) => {
    const [name, operands] = word.split(':');
    return { name: `${type}.${name}`, operands: Number(operands), results: 1, immediate: 'none' };
  });
}

function alike(text: string, shape: Omit<PlainInstruction, 'name'>): PlainInstruction[] {
  return words(text).map((name) => ({ name, ...shape }));
}

function oneByte(): Map<number, PlainInstruction> {
  const found = new Map<number, PlainInstruction>();
  const place = (from: number, instructions: readonly PlainInstruction[]): void =>
    instructions.forEach((instruction, index) => found.set(from + index, instruction));
  place(0x1a, [{ name: 'drop', operands: 1, results: 0, immediate: 'none' }]);
  place(0x1b, [{ name: 'select', operands: 3, results: 1, immediate: 'none' }]);
  place(0x28, alike(LOADS, { operands: 1, results: 1, immediate: 'memory' }));
  place(0x36, alike(STORES, { operands: 2, results: 0, immediate: 'memory' }));
  place(0x45, [...counted('i32', 'eqz:1'), ...counted('i32', COMPARISONS)]);
  place(0x50, [...counted('i64', 'eqz:1'), ...counted('i64', COMPARISONS)]);
  place(0x5b, [...counted('f32', FLOAT_COMPARISONS), ...counted('f64', FLOAT_COMPARISONS)]);
  place(0x67, [...counted('i32', INTEGER), ...counted('i64', INTEGER)]);
  place(0x8b, [...counted('f32', FLOAT), ...counted('f64', FLOAT)]);
  place(0xa7, alike(CONVERSIONS, { operands: 1, results: 1, immediate: 'none' }));
  return found;
}

function bulk(): Map<number, PlainInstruction> {
  const found = new Map<number, PlainInstruction>();
  const saturating = alike(SATURATING, { operands: 1, results: 1, immediate: 'none' });
  saturating.forEach((instruction, index) => found.set(index, instruction));
  found.set(10, { name: 'memory.copy', operands: 3, results: 0, immediate: 'zeros', zeros: 2 });
  found.set(11, { name: 'memory.fill', operands: 3, results: 0, immediate: 'zeros', zeros: 1 });
  return found;
}

function vectors(): Map<number, PlainInstruction> {
  const found = new Map<number, PlainInstruction>();
  const place = (table: Readonly<Record<string, number>>, operands: number, immediate: Immediate = 'none'): void => {
    for (const [name, opcode] of Object.entries(table)) found.set(opcode, { name, operands, results: 1, immediate });
  };
  const { unary, binary, shift, ternary, toI32, splat, extraction, replacement } = VECTOR_OPCODES;
  for (const table of [unary, toI32, splat]) place(table, 1);
  for (const table of [binary, shift]) place(table, 2);
  place(ternary, 3);
  place(extraction, 1, 'lane');
  place(replacement, 2, 'lane');
  place({ 'v128.load': 0, 'v128.load32_zero': 0x5c, 'v128.load64_zero': 0x5d }, 1, 'memory');
  place({ 'v128.const': 0x0c }, 0, 'v128');
  place({ 'i8x16.shuffle': 0x0d }, 2, 'shuffle');
  found.set(0x0b, { name: 'v128.store', operands: 2, results: 0, immediate: 'memory' });
  found.set(0x5a, { name: 'v128.store32_lane', operands: 2, results: 0, immediate: 'memoryAndLane' });
  found.set(0x5b, { name: 'v128.store64_lane', operands: 2, results: 0, immediate: 'memoryAndLane' });
  return found;
}

/** Plain instructions by opcode (WebAssembly core specification, 5.4); those behind a prefix by its second number. */
export const PLAIN = oneByte();
export const PREFIXED: ReadonlyMap<number, ReadonlyMap<number, PlainInstruction>> = new Map([
  [0xfc, bulk()],
  [0xfd, vectors()],
]);
