/**
 * Vector instructions as expressions (WebAssembly core specification, 5.4.9), under the names of the text
 * format. The table is checked against an independent assembler.
 */
import {
  type Code,
  type Expression,
  type F32,
  type F64,
  type I32,
  type I64,
  type V128,
  unsignedLeb,
} from './Expression.ts';

/** Of one vector. */
const UNARY = {
  'v128.not': 0x4d,
  'f32x4.demote_f64x2_zero': 0x5e,
  'f64x2.promote_low_f32x4': 0x5f,
  'i8x16.abs': 0x60,
  'i8x16.neg': 0x61,
  'i16x8.extadd_pairwise_i8x16_s': 0x7c,
  'i16x8.extadd_pairwise_i8x16_u': 0x7d,
  'i32x4.extadd_pairwise_i16x8_s': 0x7e,
  'i32x4.extadd_pairwise_i16x8_u': 0x7f,
  'i16x8.abs': 0x80,
  'i16x8.neg': 0x81,
  'i32x4.abs': 0xa0,
  'i32x4.neg': 0xa1,
  'i64x2.extend_low_i32x4_s': 0xc7,
  'i64x2.extend_low_i32x4_u': 0xc9,
  'f32x4.nearest': 0x6a,
  'f64x2.nearest': 0x94,
  'f32x4.abs': 0xe0,
  'f32x4.neg': 0xe1,
  'f32x4.sqrt': 0xe3,
  'f64x2.abs': 0xec,
  'f64x2.neg': 0xed,
  'f64x2.sqrt': 0xef,
  'i32x4.trunc_sat_f32x4_s': 0xf8,
  'f32x4.convert_i32x4_s': 0xfa,
  'i32x4.trunc_sat_f64x2_s_zero': 0xfc,
  'f64x2.convert_low_i32x4_s': 0xfe,
} as const;

/** Of two vectors. */
const BINARY = {
  'i8x16.swizzle': 0x0e,
  'i8x16.eq': 0x23,
  'i8x16.gt_s': 0x27,
  'i16x8.eq': 0x2d,
  'i16x8.gt_s': 0x31,
  'i32x4.eq': 0x37,
  'i32x4.gt_s': 0x3b,
  'f32x4.eq': 0x41,
  'f32x4.ne': 0x42,
  'f32x4.lt': 0x43,
  'f32x4.gt': 0x44,
  'f32x4.le': 0x45,
  'f32x4.ge': 0x46,
  'f64x2.eq': 0x47,
  'f64x2.ne': 0x48,
  'f64x2.lt': 0x49,
  'f64x2.gt': 0x4a,
  'f64x2.le': 0x4b,
  'f64x2.ge': 0x4c,
  'v128.and': 0x4e,
  'v128.andnot': 0x4f,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'i8x16.narrow_i16x8_s': 0x65,
  'i8x16.narrow_i16x8_u': 0x66,
  'i8x16.add': 0x6e,
  'i8x16.add_sat_s': 0x6f,
  'i8x16.add_sat_u': 0x70,
  'i8x16.sub': 0x71,
  'i8x16.sub_sat_s': 0x72,
  'i8x16.sub_sat_u': 0x73,
  'i8x16.min_u': 0x77,
  'i8x16.max_u': 0x79,
  'i8x16.avgr_u': 0x7b,
  'i16x8.q15mulr_sat_s': 0x82,
  'i16x8.narrow_i32x4_s': 0x85,
  'i16x8.add': 0x8e,
  'i16x8.add_sat_s': 0x8f,
  'i16x8.add_sat_u': 0x90,
  'i16x8.sub': 0x91,
  'i16x8.sub_sat_s': 0x92,
  'i16x8.sub_sat_u': 0x93,
  'i16x8.mul': 0x95,
  'i16x8.min_s': 0x96,
  'i16x8.max_s': 0x98,
  'i16x8.avgr_u': 0x9b,
  'i32x4.add': 0xae,
  'i32x4.sub': 0xb1,
  'i32x4.dot_i16x8_s': 0xba,
  'i32x4.extmul_low_i16x8_s': 0xbc,
  'i32x4.extmul_high_i16x8_s': 0xbd,
  'i32x4.extmul_low_i16x8_u': 0xbe,
  'i32x4.extmul_high_i16x8_u': 0xbf,
  'i64x2.add': 0xce,
  'i64x2.sub': 0xd1,
  'i64x2.extmul_low_i32x4_u': 0xde,
  'f32x4.add': 0xe4,
  'f32x4.sub': 0xe5,
  'f32x4.mul': 0xe6,
  'f32x4.div': 0xe7,
  'f32x4.pmin': 0xea,
  'f32x4.pmax': 0xeb,
  'f64x2.add': 0xf0,
  'f64x2.sub': 0xf1,
  'f64x2.mul': 0xf2,
  'f64x2.div': 0xf3,
  'f64x2.pmin': 0xf6,
  'f64x2.pmax': 0xf7,
} as const;

/** Of a vector and a count, which is taken modulo the lane's width. */
const SHIFTS = {
  'i16x8.shl': 0x8b,
  'i16x8.shr_s': 0x8c,
  'i16x8.shr_u': 0x8d,
  'i32x4.shl': 0xab,
  'i32x4.shr_s': 0xac,
  'i32x4.shr_u': 0xad,
  'i64x2.shl': 0xcb,
  'i64x2.shr_u': 0xcd,
} as const;

const TERNARY = { 'v128.bitselect': 0x52 } as const;

/** To an i32. */
const TO_I32 = {
  'v128.any_true': 0x53,
  'i8x16.bitmask': 0x64,
  'i32x4.bitmask': 0xa4,
  'i64x2.bitmask': 0xc4,
} as const;

const SPLATS = {
  'i8x16.splat': 0x0f,
  'i16x8.splat': 0x10,
  'i32x4.splat': 0x11,
  'i64x2.splat': 0x12,
  'f32x4.splat': 0x13,
  'f64x2.splat': 0x14,
} as const;

const EXTRACTIONS = {
  'i8x16.extract_lane_u': 0x16,
  'i16x8.extract_lane_u': 0x19,
  'i32x4.extract_lane': 0x1b,
  'i64x2.extract_lane': 0x1d,
  'f32x4.extract_lane': 0x1f,
  'f64x2.extract_lane': 0x21,
} as const;

const REPLACEMENTS = {
  'i16x8.replace_lane': 0x1a,
  'i32x4.replace_lane': 0x1c,
  'i64x2.replace_lane': 0x1e,
  'f32x4.replace_lane': 0x20,
  'f64x2.replace_lane': 0x22,
} as const;

/** Every instruction of the tables, for the test. */
export const VECTOR_OPCODES = {
  unary: UNARY,
  binary: BINARY,
  shift: SHIFTS,
  ternary: TERNARY,
  toI32: TO_I32,
  splat: SPLATS,
  extraction: EXTRACTIONS,
  replacement: REPLACEMENTS,
} as const;

export type UnaryVector = keyof typeof UNARY;
export type BinaryVector = keyof typeof BINARY;
export type ShiftVector = keyof typeof SHIFTS;

/** The value of a lane by the instruction's name. */
type LaneOf<Name extends string> = Name extends `i64${string}`
  ? I64
  : Name extends `f32${string}`
    ? F32
    : Name extends `f64${string}`
      ? F64
      : I32;

function opcode(number: number): Code {
  return [0xfd, ...unsignedLeb(number)];
}

const ALL: Readonly<Record<string, number>> = { ...UNARY, ...BINARY, ...SHIFTS, ...TERNARY };

/** A vector made of others: `vector('i16x8.add', a, b)`. */
export function vector(name: UnaryVector, a: V128): V128;
export function vector(name: BinaryVector, a: V128, b: V128): V128;
export function vector(name: ShiftVector, a: V128, count: I32): V128;
export function vector(name: 'v128.bitselect', whereSet: V128, whereClear: V128, mask: V128): V128;
export function vector(name: string, ...operands: Expression[]): V128 {
  return { type: 'v128', code: [...operands.map(({ code }) => code), opcode(ALL[name])] };
}

/** The highest bits of all lanes, or whether any bit is set. */
export function vectorBits(name: keyof typeof TO_I32, a: V128): I32 {
  return { type: 'i32', code: [a.code, opcode(TO_I32[name])] };
}

export function splat<Name extends keyof typeof SPLATS>(name: Name, value: LaneOf<Name>): V128 {
  return { type: 'v128', code: [value.code, opcode(SPLATS[name])] };
}

export function extractLane<Name extends keyof typeof EXTRACTIONS>(name: Name, a: V128, lane: number): LaneOf<Name> {
  const type = name.startsWith('i64') ? 'i64' : name.startsWith('f') ? name.slice(0, 3) : 'i32';
  // The name says which of the types it is, to the compiler as well.
  return { type, code: [a.code, opcode(EXTRACTIONS[name]), lane] } as Expression as LaneOf<Name>;
}

export function replaceLane<Name extends keyof typeof REPLACEMENTS>(
  name: Name,
  a: V128,
  lane: number,
  value: LaneOf<Name>,
): V128 {
  return { type: 'v128', code: [a.code, value.code, opcode(REPLACEMENTS[name]), lane] };
}

/** Bytes chosen from two vectors: 0 to 15 are the first's, 16 to 31 the second's. */
export function shuffle(a: V128, b: V128, lanes: readonly number[]): V128 {
  if (lanes.length !== 16) throw new Error('a shuffle chooses 16 bytes');
  return { type: 'v128', code: [a.code, b.code, opcode(0x0d), ...lanes] };
}

/** A constant from its bytes, the lowest first. */
export function vectorConst(bytes: readonly number[]): V128 {
  if (bytes.length !== 16) throw new Error('a vector has 16 bytes');
  return { type: 'v128', code: [opcode(0x0c), ...bytes] };
}

/** A constant of equal 16-, 32- or 64-bit lanes, each given in words of 32 bits or less. */
export function vectorOfWords(...words: readonly number[]): V128 {
  const bits = 128 / words.length;
  if (bits !== 8 && bits !== 16 && bits !== 32) throw new Error('lanes of 8, 16 or 32 bits');
  return vectorConst(
    words.flatMap((word) => Array.from({ length: bits / 8 }, (_, byte) => (word >>> (8 * byte)) & 0xff)),
  );
}

const LOADS = { 32: 0x5c, 64: 0x5d, 128: 0x00 } as const;
const LANE_STORES = { 32: 0x5a, 64: 0x5b } as const;

function memoryArgument(offset: number): Code {
  return [0, ...unsignedLeb(offset)];
}

/** The low 32, 64 or all bits of a vector from memory; zeros above. Alignment hint: none. */
export function loadVector(address: I32, width: 32 | 64 | 128, offset = 0): V128 {
  return { type: 'v128', code: [address.code, opcode(LOADS[width]), memoryArgument(offset)] };
}

/** Code of a store of a vector's low `width` bits. */
export function storeVectorCode(address: I32, value: V128, width: 32 | 64 | 128, offset = 0): Code {
  if (width === 128) return [address.code, value.code, opcode(0x0b), memoryArgument(offset)];
  return [address.code, value.code, opcode(LANE_STORES[width]), memoryArgument(offset), 0];
}
