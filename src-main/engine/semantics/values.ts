import {
  type I32,
  type I64,
  type Integer,
  extendSigned,
  extendUnsigned,
  i32Const,
  i64Const,
  signExtend,
  wrap,
} from '../wasm/Expression.ts';
import type { OperandHandle, Width } from './Emitter.ts';

/** Width of a data operand. */
export function widthOf(operand: OperandHandle): Width {
  return operand.width as Width;
}

/** Constant in the Wasm type that holds `width` bits. */
export function constant(width: Width, value: number): Integer {
  return width === 64 ? i64Const(value) : i32Const(value);
}

/** Sign-extends a zero-extended value of `width` bits to the Wasm type that holds it. */
export function signed(width: Width, value: Integer): Integer {
  return width === 8 || width === 16 ? signExtend(wrap(value), width) : value;
}

/** Sign-extends a value of up to 32 bits to 64. */
export function toSigned64(width: Width, value: Integer): I64 {
  return value.type === 'i64' ? value : extendSigned(signed(width, value) as I32);
}

export function toUnsigned64(value: Integer): I64 {
  return value.type === 'i64' ? value : extendUnsigned(value);
}

/** The narrower part of a value as it is held at `width` bits: an i32 up to 32 bits. */
export function truncated(width: Width, value: Integer): Integer {
  return width === 64 ? toUnsigned64(value) : wrap(value);
}
