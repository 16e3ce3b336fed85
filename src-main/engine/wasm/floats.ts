import type { Expression, F32, F64, I32, I64 } from './Expression.ts';

/**
 * Float expressions: scalars, and vectors of four singles (`f32x4`) or two doubles (`f64x2`). All round to
 * nearest; which NaN comes out of an operation on NaNs is left open by Wasm.
 */

export function f64Const(value: number): F64 {
  return { type: 'f64', code: [0x44, ...new Uint8Array(Float64Array.of(value).buffer)] };
}

export function f32FromBits(a: I32): F32 {
  return { type: 'f32', code: [a.code, 0xbe] };
}

export function f64FromBits(a: I64): F64 {
  return { type: 'f64', code: [a.code, 0xbf] };
}

export function bitsOfF32(a: F32): I32 {
  return { type: 'i32', code: [a.code, 0xbc] };
}

export function bitsOfF64(a: F64): I64 {
  return { type: 'i64', code: [a.code, 0xbd] };
}

export function promote(a: F32): F64 {
  return { type: 'f64', code: [a.code, 0xbb] };
}

export function demote(a: F64): F32 {
  return { type: 'f32', code: [a.code, 0xb6] };
}

export function f64FromSigned(a: I32): F64 {
  return { type: 'f64', code: [a.code, 0xb7] };
}

export function f32FromSigned(a: I32): F32 {
  return { type: 'f32', code: [a.code, 0xb2] };
}

/** Nearest double of an unsigned 64-bit integer. */
export function f64FromUnsigned(a: I64): F64 {
  return { type: 'f64', code: [a.code, 0xba] };
}

/** Integer part as an unsigned 64-bit integer; the nearest one where there is none. */
export function truncateToUnsigned(a: F64): I64 {
  return { type: 'i64', code: [a.code, 0xfc, 7] };
}

/** Integer part as an int32; the nearest one where there is none, 0 for a NaN. */
export function truncateToSigned(a: F64): I32 {
  return { type: 'i32', code: [a.code, 0xfc, 2] };
}

type Float = Expression<'f32' | 'f64'>;

function unary(f32Opcode: number, f64Opcode: number) {
  return <T extends Float>(a: T): T =>
    ({ type: a.type, code: [a.code, a.type === 'f64' ? f64Opcode : f32Opcode] }) as unknown as T;
}

export const floatAbs = unary(0x8b, 0x99);
export const floatCeil = unary(0x8d, 0x9b);
export const floatFloor = unary(0x8e, 0x9c);
export const floatTruncate = unary(0x8f, 0x9d);
export const floatNearest = unary(0x90, 0x9e);
export const floatSqrt = unary(0x91, 0x9f);

function binary(f32Opcode: number, f64Opcode: number) {
  return <T extends Float>(a: T, b: T): T =>
    ({ type: a.type, code: [a.code, b.code, a.type === 'f64' ? f64Opcode : f32Opcode] }) as unknown as T;
}

export const floatAdd = binary(0x92, 0xa0);
export const floatSub = binary(0x93, 0xa1);
export const floatMul = binary(0x94, 0xa2);
export const floatDiv = binary(0x95, 0xa3);

/** Comparisons: false when either is a NaN, but for `floatNe`. */
function comparison(f32Opcode: number, f64Opcode: number) {
  return <T extends Float>(a: T, b: T): I32 => ({
    type: 'i32',
    code: [a.code, b.code, a.type === 'f64' ? f64Opcode : f32Opcode],
  });
}

export const floatEq = comparison(0x5b, 0x61);
export const floatNe = comparison(0x5c, 0x62);
export const floatLt = comparison(0x5d, 0x63);
export const floatGt = comparison(0x5e, 0x64);
export const floatLe = comparison(0x5f, 0x65);
export const floatGe = comparison(0x60, 0x66);
