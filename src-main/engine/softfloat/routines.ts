import type { ValueType } from '../wasm/Expression.ts';
import { SSE_ROUTINES } from './sse/signatures.ts';

/** Parameters and results of a Wasm function. */
export interface RoutineSignature {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

function signature(parameters: readonly ValueType[], results: readonly ValueType[]): RoutineSignature {
  return { parameters, results };
}

/** An 80-bit value: mantissa; sign and exponent, with what its making raised above them (see `RAISED`). */
const VALUE = ['i64', 'i32'] as const;
/** Two values, then the control word, which decides rounding, precision and the response to exceptions. */
const BINARY = signature([...VALUE, ...VALUE, 'i32'], VALUE);
const UNARY = signature([...VALUE, 'i32'], VALUE);

/**
 * The functions of the floating-point library, which know nothing of a processor's state: values, the control word
 * and what was raised are parameters and results. Semantics call them by these names. 80 bits first, then SSE's.
 */
export const ROUTINES = {
  // Parts that the others are made of
  /** (a, b) -> high, low of the product. */
  multiplyWide: signature(['i64', 'i64'], ['i64', 'i64']),
  /** (high, low, divisor with bit 63 set) -> quotient, remainder; high < divisor. */
  divideWide: signature(['i64', 'i64', 'i64'], ['i64', 'i64']),
  /** (high, low, count) -> both shifted right, bits shifted out collected in bit 0. */
  shiftRightSticky: signature(['i64', 'i64', 'i32'], ['i64', 'i64']),
  /** (sign, exponent, high, low, control): rounds a normalised number to a value. */
  round: signature(['i32', 'i32', 'i64', 'i64', 'i32'], VALUE),
  /** (value) -> CLASS. */
  classify: signature(VALUE, ['i32']),
  /** The result of an operation with a NaN or an unsupported operand among its two. */
  propagateNan: signature([...VALUE, ...VALUE], VALUE),
  addFinite: signature(['i32', 'i32', 'i64', 'i32', 'i32', 'i64', 'i32'], VALUE),
  addSpecial: signature([...VALUE, ...VALUE, 'i32', 'i32'], VALUE),
  multiplySpecial: BINARY,
  divideSpecial: BINARY,
  /** (sign, exponent, mantissa twice, control). */
  multiplyFinite: signature(['i32', 'i32', 'i64', 'i64', 'i32'], VALUE),
  divideFinite: signature(['i32', 'i32', 'i64', 'i64', 'i32'], VALUE),

  // Arithmetic
  add: BINARY,
  subtract: BINARY,
  multiply: BINARY,
  divide: BINARY,
  squareRoot: UNARY,
  /** FPREM and FPREM1: the third result is C3, C2, C1 and C0 in their places in the status word, or NO_QUOTIENT. */
  remainder: signature([...VALUE, ...VALUE, 'i32'], [...VALUE, 'i32']),
  remainderNearest: signature([...VALUE, ...VALUE, 'i32'], [...VALUE, 'i32']),
  roundToInteger: UNARY,
  /** ST(0), ST(1). */
  scale: BINARY,
  /** (value) -> significand, exponent. What was raised is above the significand's exponent. */
  extract: signature(VALUE, [...VALUE, ...VALUE]),
  /** (a, b, 1 for the unordered comparison) -> C3, C2, C0, and exceptions. */
  compare: signature([...VALUE, ...VALUE, 'i32'], ['i32']),
  /** (value, 1: is empty) -> C3 C2 C1 C0 as FXAM sets them. */
  examine: signature([...VALUE, 'i32'], ['i32']),

  // To 80 bits
  /** Signalling NaNs stay as they are, and a denormal is reported: for operands of arithmetic. */
  fromFloat32: signature(['i32'], VALUE),
  fromFloat64: signature(['i64'], VALUE),
  fromInteger: signature(['i64'], VALUE),
  /** (low 64 bits, high 16 bits) of a packed decimal. */
  fromDecimal: signature(['i64', 'i32'], VALUE),
  /** The same as FLD has it: a signalling NaN made quiet, and reported. */
  loadFloat32: signature(['i32'], VALUE),
  loadFloat64: signature(['i64'], VALUE),

  // From 80 bits. The second result is what was raised, in its place in the status word.
  toFloat32: signature([...VALUE, 'i32'], ['i64', 'i32']),
  toFloat64: signature([...VALUE, 'i32'], ['i64', 'i32']),
  /** (value, control, bits: 16, 32 or 64). */
  toInteger: signature([...VALUE, 'i32', 'i32'], ['i64', 'i32']),
  /** -> low 64 bits, high 16 bits, raised. */
  toDecimal: signature([...VALUE, 'i32'], ['i64', 'i32', 'i32']),

  ...SSE_ROUTINES,
} as const satisfies Record<string, RoutineSignature>;

/** Of a NaN or an invalid operation there is no quotient to tell bits of. */
export const NO_QUOTIENT = -1;

export type RoutineName = keyof typeof ROUTINES;

/** Exceptions and C1 as routines report them, in their places in the status word (SDM vol. 1, 8.1.3). */
export const RAISED = {
  invalid: 1 << 0,
  denormal: 1 << 1,
  zeroDivide: 1 << 2,
  overflow: 1 << 3,
  underflow: 1 << 4,
  precision: 1 << 5,
  stackFault: 1 << 6,
  /** C1: the magnitude was rounded up, or the stack fault is an overflow. */
  roundedUp: 1 << 9,
} as const;

/** A value's second word holds RAISED bits this far up. */
export const RAISED_SHIFT = 16;
