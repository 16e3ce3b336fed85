import {
  type I32,
  type I64,
  add,
  and,
  clz,
  eq,
  eqz,
  gtUnsigned,
  i64Const,
  ltUnsigned,
  ne,
  or,
  select,
  shl,
  shr,
  sub,
  wrap,
} from '../../wasm/Expression.ts';
import { f32FromBits, f64FromBits } from '../../wasm/floats.ts';
import { FLOAT32, FLOAT64, FLUSH_TO_ZERO, type FloatFormat, returnNarrowed } from '../floats.ts';
import { BIAS, ONE64, ZERO64, c, widen } from '../format.ts';
import type { RoutineFunction, Unpacked } from '../RoutineFunction.ts';
import { RAISED } from '../routines.ts';
import { MXCSR } from './mxcsr.ts';
import type { Precision } from './signatures.ts';

/** Single or double precision in the low bits of an i64. */
export interface ElementFormat extends FloatFormat {
  readonly precision: Precision;
  readonly bits: 32 | 64;
  readonly sign: I64;
  readonly infinity: I64;
  /** Set in quiet NaNs. */
  readonly quiet: I64;
  /** The smallest normal number. */
  readonly smallest: I64;
  /** "Real indefinite". */
  readonly defaultNan: I64;
}

export const SINGLE: ElementFormat = {
  ...FLOAT32,
  precision: 'Single',
  bits: 32,
  sign: i64Const(0x8000_0000 | 0, 0),
  infinity: i64Const(0x7f80_0000, 0),
  quiet: i64Const(0x0040_0000, 0),
  smallest: i64Const(0x0080_0000, 0),
  defaultNan: i64Const(0xffc0_0000 | 0, 0),
};

export const DOUBLE: ElementFormat = {
  ...FLOAT64,
  precision: 'Double',
  bits: 64,
  sign: i64Const(0, 0x8000_0000 | 0),
  infinity: i64Const(0, 0x7ff0_0000),
  quiet: i64Const(0, 0x0008_0000),
  smallest: i64Const(0, 0x0010_0000),
  defaultNan: i64Const(0, 0xfff8_0000 | 0),
};

export function magnitudeOf(format: ElementFormat, a: I64): I64 {
  return and(a, sub(format.sign, ONE64));
}

/** Condition. */
export function isNan(format: ElementFormat, a: I64): I32 {
  return gtUnsigned(magnitudeOf(format, a), format.infinity);
}

export function isInfinite(format: ElementFormat, a: I64): I32 {
  return eq(magnitudeOf(format, a), format.infinity);
}

export function isZero(format: ElementFormat, a: I64): I32 {
  return eqz(magnitudeOf(format, a));
}

export function isDenormal(format: ElementFormat, a: I64): I32 {
  return ltUnsigned(sub(magnitudeOf(format, a), ONE64), sub(format.smallest, ONE64));
}

/** An element as a Wasm float. */
export function floatOf(format: ElementFormat, a: I64) {
  return format.bits === 32 ? f32FromBits(wrap(a)) : f64FromBits(a);
}

/** Ends the routine with the default NaN of an invalid operation. */
export function returnInvalid(f: RoutineFunction, format: ElementFormat): void {
  f.return(format.defaultNan, c(RAISED.invalid));
}

/** Operands as they are computed with. */
export interface Operands {
  readonly values: readonly I64[];
  /** The denormal-operand exception, or nothing. */
  readonly raised: I32;
}

/** With DAZ denormals become zeros, else they are reported (SDM vol. 1, 10.2.3.4 and 11.5.2.2). */
export function takeDenormals(
  f: RoutineFunction,
  format: ElementFormat,
  operands: readonly I64[],
  mxcsr: I32,
): Operands {
  const values = operands.map((operand) => f.variable<'i64'>(operand));
  const raised = f.variable<'i32'>(c(0));
  const denormal = operands.map((operand) => f.bind(isDenormal(format, operand)));
  f.if(
    denormal.reduce((any, one) => or(any, one)),
    () => {
      f.if(
        and(mxcsr, c(MXCSR.denormalsAreZeros)),
        () => {
          operands.forEach((operand, index) => {
            values[index].set(select(denormal[index], and(operand, format.sign), operand));
          });
        },
        () => raised.set(c(RAISED.denormal)),
      );
    },
  );
  return { values: values.map((value) => value.get() as I64), raised: raised.get() as I32 };
}

/** Ends the routine by the rules for NaNs, if one of the operands is. */
export function returnNan(f: RoutineFunction, format: ElementFormat, a: I64, b: I64): void {
  f.if(or(isNan(format, a), isNan(format, b)), () => {
    f.return(...f.routine(`propagateNan${format.precision}`, a, b));
  });
}

/** The first operand's NaN if it is one, else the second's; a signalling one is invalid (SDM vol. 1, table 4-7). */
export function propagateNan(format: ElementFormat): (f: RoutineFunction) => void {
  return (f) => {
    const a = f.i64Parameter(0),
      b = f.i64Parameter(1);
    const isFirst = f.bind(isNan(format, a));
    const chosen = select(isFirst, a, b) as I64;
    const isSignalling = (value: I64): I32 => and(isNan(format, value), eqz(and(value, format.quiet)));
    // Invalid is bit 0.
    f.return(or(chosen, format.quiet), or(isSignalling(a), isSignalling(b)));
  };
}

/** Sign as `Unpacked` has it. */
export function signOf(format: ElementFormat, a: I64): I32 {
  return and(wrap(shr(a, i64Const(format.signShift))), c(0x8000));
}

/** Fields of a finite number, normalised; of a zero the mantissa is zero and the exponent less than all others'. */
export function unpack(f: RoutineFunction, format: ElementFormat, a: I64): Unpacked {
  const { fractionBits, bias } = format;
  const field = f.bind(and(wrap(shr(a, i64Const(fractionBits))), c(format.exponentMask)));
  const isNormal = ne(field, c(0));
  const fraction = shl(a, i64Const(63 - fractionBits));
  const mantissa = f.bind64(or(and(fraction, i64Const(-1, 0x7fff_ffff)), shl(widen(isNormal), i64Const(63))));
  const shift = f.bind64(clz(mantissa));
  const exponent = add(or(field, eqz(field)), c(BIAS - bias));
  return {
    sign: f.bind(signOf(format, a)),
    exponent: f.bind(sub(exponent, wrap(shift))),
    mantissa: f.bind64(select(eqz(mantissa), ZERO64, shl(mantissa, shift)) as I64),
  };
}

/** Ends the routine with a number that is not zero, rounded; bit 0 may stand for all that lies behind it. */
export function returnRoundedElement(
  f: RoutineFunction,
  format: ElementFormat,
  number: Unpacked,
  mxcsr: I32,
  raised: I32,
): void {
  const shift = f.bind64(clz(number.mantissa));
  const [bits, flags] = f.routine(
    `round${format.precision}`,
    number.sign,
    sub(number.exponent, wrap(shift)),
    shl(number.mantissa, shift),
    mxcsr,
  );
  // Of C1 the x87 alone wants to know.
  f.return(bits, or(and(flags as I32, c(MXCSR.exceptions)), raised));
}

/** Rounds a normalised number by MXCSR, whose fields are put where the x87's control word has them. */
export function round(format: ElementFormat): (f: RoutineFunction) => void {
  return (f) => {
    const sign = f.i32Parameter(0),
      exponent = f.i32Parameter(1),
      mantissa = f.i64Parameter(2),
      mxcsr = f.i32Parameter(3);
    const masks = and(shr(mxcsr, c(MXCSR.maskShift)), c(MXCSR.exceptions));
    const rounding = and(shr(mxcsr, c(3)), c(MXCSR.roundingControl >> 3));
    const control = f.bind(or(or(masks, rounding), and(mxcsr, c(FLUSH_TO_ZERO))));
    returnNarrowed(f, format, { sign, exponent, mantissa }, control);
  };
}
