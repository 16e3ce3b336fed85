import {
  type I32,
  type I64,
  add,
  and,
  clz,
  eq,
  eqz,
  extendUnsigned,
  geSigned,
  i64Const,
  leSigned,
  ne,
  or,
  select,
  shl,
  shr,
  sub,
  wrap,
  xor,
} from '../wasm/Expression.ts';
import {
  ALL64,
  BIAS,
  BIT62,
  BIT63,
  CLASS,
  EXPONENT,
  ONE64,
  ZERO64,
  c,
  isNegative64,
  raised,
  signOf,
  unpackFinite,
  widen,
} from './format.ts';
import { roundsUp } from './rounding.ts';
import type { RoutineFunction, Unpacked } from './RoutineFunction.ts';
import { RAISED } from './routines.ts';
import { isNan } from './special.ts';

/** A narrower format (SDM vol. 1, table 4-2). */
export interface FloatFormat {
  readonly fractionBits: number;
  readonly exponentMask: number;
  readonly bias: number;
  /** From bit 15 to the sign's place. */
  readonly signShift: number;
}

export const FLOAT32: FloatFormat = { fractionBits: 23, exponentMask: 0xff, bias: 127, signShift: 16 };
export const FLOAT64: FloatFormat = { fractionBits: 52, exponentMask: 0x7ff, bias: 1023, signShift: 48 };

/** What becomes of a signalling NaN: arithmetic wants it as it is, FLD makes it quiet. */
type NanHandling = 'keep' | 'quiet';

/** A value of a narrower format, exactly. Denormals become normal and are reported. */
function returnWidened(
  f: RoutineFunction,
  { fractionBits, exponentMask, bias }: FloatFormat,
  nans: NanHandling,
  number: { readonly sign: I32; readonly exponent: I32; readonly fraction: I64 },
): void {
  const { sign, exponent } = number;
  const aligned = f.bind64(shl(number.fraction, i64Const(63 - fractionBits)));
  f.if(eqz(exponent), () => {
    f.if(eqz(aligned), () => f.return(ZERO64, sign));
    const shift = f.bind64(clz(aligned));
    const biased = sub(c(BIAS - bias + 1), wrap(shift));
    f.return(shl(aligned, shift), or(or(sign, biased), raised(RAISED.denormal)));
  });
  const mantissa = or(aligned, BIT63);
  f.if(eq(exponent, c(exponentMask)), () => {
    const special = or(sign, c(EXPONENT));
    if (nans === 'quiet') {
      const isSignalling = and(ne(aligned, ZERO64), eqz(and(aligned, BIT62)));
      f.if(isSignalling, () => f.return(or(mantissa, BIT62), or(special, raised(RAISED.invalid))));
    }
    f.return(mantissa, special);
  });
  f.return(mantissa, or(sign, add(exponent, c(BIAS - bias))));
}

function widen32(nans: NanHandling): (f: RoutineFunction) => void {
  return (f) => {
    const bits = f.i32Parameter(0);
    returnWidened(f, FLOAT32, nans, {
      sign: f.bind(and(shr(bits, c(16)), c(0x8000))),
      exponent: f.bind(and(shr(bits, c(23)), c(0xff))),
      fraction: extendUnsigned(and(bits, c(0x7f_ffff))),
    });
  };
}

function widen64(nans: NanHandling): (f: RoutineFunction) => void {
  return (f) => {
    const bits = f.i64Parameter(0);
    returnWidened(f, FLOAT64, nans, {
      sign: f.bind(and(wrap(shr(bits, i64Const(48))), c(0x8000))),
      exponent: f.bind(and(wrap(shr(bits, i64Const(52))), c(0x7ff))),
      fraction: and(bits, i64Const(-1, 0xf_ffff)),
    });
  };
}

export const fromFloat32 = widen32('keep'),
  loadFloat32 = widen32('quiet');
export const fromFloat64 = widen64('keep'),
  loadFloat64 = widen64('quiet');

/** Bit of a control word that the x87 does not have: a tiny result becomes zero while underflows are masked. */
export const FLUSH_TO_ZERO = 0x8000;

/**
 * Ends the routine with a number rounded to a format: its bits, and what was raised in its place in the status
 * word. With an unmasked overflow or underflow the bits mean nothing.
 *
 * @param number not zero, normalised; bit 0 of the mantissa may stand for all that lies behind it
 */
export function returnNarrowed(f: RoutineFunction, format: FloatFormat, number: Unpacked, control: I32): void {
  const { fractionBits, exponentMask, bias } = format;
  const { sign } = number;
  const unit = shl(ONE64, i64Const(63 - fractionBits));
  const signBits = f.bind64(signBitOf(format, sign));
  const infinityBits = infinityOf(format);
  const exponent = f.bind(sub(number.exponent, c(BIAS - bias)));

  const roundAt = (high: I64, low: I64): { mantissa: I64; increment: I32; isInexact: I32 } => {
    const extra = f.bind64(and(high, sub(unit, ONE64)));
    const kept = f.bind64(xor(high, extra));
    const behind = f.bind64(or(shl(extra, i64Const(fractionBits + 1)), widen(ne(low, ZERO64))));
    const increment = roundsUp(f, control, sign, ne(and(kept, unit), ZERO64), behind);
    const mantissa = f.bind64(add(kept, select(increment, unit, ZERO64) as I64));
    return { mantissa, increment, isInexact: f.bind(ne(behind, ZERO64)) };
  };
  const precision = (one: { increment: I32; isInexact: I32 }): I32 =>
    or(shl(one.isInexact, c(5)), shl(one.increment, c(9)));

  const rounded = roundAt(number.mantissa, ZERO64);
  const carry = f.bind(and(rounded.increment, eqz(rounded.mantissa)));
  const biased = f.bind(add(exponent, carry));
  f.if(geSigned(biased, c(exponentMask)), () => {
    // An unmasked overflow stores nothing.
    f.if(eqz(and(control, c(RAISED.overflow))), () => f.return(ZERO64, or(precision(rounded), c(RAISED.overflow))));
    const isInfinite = roundsUp(f, control, sign, c(1), ALL64);
    const magnitude = select(isInfinite, infinityBits, sub(infinityBits, ONE64)) as I64;
    const flags = or(shl(isInfinite, c(9)), c(RAISED.overflow | RAISED.precision));
    f.return(or(signBits, magnitude), flags);
  });
  f.if(leSigned(exponent, c(0)), () => {
    const isTiny = f.bind(leSigned(biased, c(0)));
    f.if(and(isTiny, eqz(and(control, c(RAISED.underflow)))), () => {
      f.return(ZERO64, or(precision(rounded), c(RAISED.underflow)));
    });
    f.if(and(isTiny, ne(and(control, c(FLUSH_TO_ZERO)), c(0))), () => {
      f.return(signBits, c(RAISED.underflow | RAISED.precision));
    });
    const [high, low] = f.pair('shiftRightSticky', number.mantissa, ZERO64, sub(c(1), exponent));
    const denormal = roundAt(high, low);
    const becameNormal = shl(widen(isNegative64(denormal.mantissa)), i64Const(fractionBits));
    const flags = or(precision(denormal), shl(and(denormal.isInexact, isTiny), c(4)));
    f.return(or(or(signBits, becameNormal), fractionOf(format, denormal.mantissa)), flags);
  });
  const exponentBits = shl(extendUnsigned(biased), i64Const(fractionBits));
  f.return(or(or(signBits, exponentBits), fractionOf(format, rounded.mantissa)), precision(rounded));
}

/** `sign` (0 or 0x8000) as the format's sign bit. */
export function signBitOf({ signShift }: FloatFormat, sign: I32): I64 {
  return shl(extendUnsigned(sign), i64Const(signShift));
}

function infinityOf({ exponentMask, fractionBits }: FloatFormat): I64 {
  return shl(i64Const(exponentMask), i64Const(fractionBits));
}

function fractionOf({ fractionBits }: FloatFormat, mantissa: I64): I64 {
  return shr(shl(mantissa, ONE64), i64Const(64 - fractionBits));
}

/** FST to memory: rounding to the format, whatever precision control says. */
function narrow(format: FloatFormat): (f: RoutineFunction) => void {
  return (f) => {
    const a = f.valueParameter(0),
      control = f.i32Parameter(2);
    const classA = f.classOf(a);
    const sign = f.bind(signOf(a.packed));
    f.if(isNan(classA), () => {
      const nan = f.value('propagateNan', a.mantissa, a.packed, a.mantissa, a.packed);
      const nanBits = or(signBitOf(format, signOf(nan.packed)), infinityOf(format));
      f.return(or(nanBits, fractionOf(format, nan.mantissa)), shr(nan.packed, c(16)));
    });
    f.if(eq(classA, c(CLASS.infinity)), () => f.return(or(signBitOf(format, sign), infinityOf(format)), c(0)));
    f.if(eqz(classA), () => f.return(signBitOf(format, sign), c(0)));
    returnNarrowed(f, format, unpackFinite(f, a), control);
  };
}

export const toFloat32 = narrow(FLOAT32);
export const toFloat64 = narrow(FLOAT64);
