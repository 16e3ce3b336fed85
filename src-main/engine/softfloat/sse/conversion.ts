import {
  type I32,
  type I64,
  and,
  eq,
  eqz,
  extendUnsigned,
  i64Const,
  or,
  select,
  shl,
  shr,
  shrSigned,
  sub,
  wrap,
  xor,
} from '../../wasm/Expression.ts';
import {
  bitsOfF64,
  f32FromBits,
  f64Const,
  f64FromBits,
  floatCeil,
  floatFloor,
  floatGe,
  floatLe,
  floatNe,
  floatNearest,
  floatTruncate,
  promote,
  truncateToSigned,
} from '../../wasm/floats.ts';
import { signBitOf } from '../floats.ts';
import { BIAS, c } from '../format.ts';
import type { RoutineFunction } from '../RoutineFunction.ts';
import { RAISED } from '../routines.ts';
import {
  DOUBLE,
  type ElementFormat,
  SINGLE,
  isInfinite,
  isNan,
  isZero,
  returnRoundedElement,
  signOf,
  takeDenormals,
  unpack,
} from './elements.ts';
import { MXCSR } from './mxcsr.ts';

/** What an integer conversion gives for what has no such integer. */
const INTEGER_INDEFINITE = 0x8000_0000 | 0;

/** Where a single's fraction begins in a double's. */
const WIDENING = i64Const(DOUBLE.fractionBits - SINGLE.fractionBits);

function quietNan(f: RoutineFunction, from: ElementFormat, to: ElementFormat, fraction: (nan: I64) => I64): void {
  const a = f.i64Parameter(0);
  f.if(isNan(from, a), () => {
    const isSignalling = eqz(and(a, from.quiet));
    const kept = and(fraction(a), sub(to.quiet, i64Const(1)));
    f.return(or(or(signBitOf(to, signOf(from, a)), or(to.infinity, to.quiet)), kept), isSignalling);
  });
}

export function doubleFromSingle(f: RoutineFunction): void {
  quietNan(f, SINGLE, DOUBLE, (nan) => shl(nan, WIDENING));
  const { values, raised } = takeDenormals(f, SINGLE, [f.i64Parameter(0)], f.i32Parameter(1));
  f.return(bitsOfF64(promote(f32FromBits(wrap(values[0])))), raised);
}

export function singleFromDouble(f: RoutineFunction): void {
  const mxcsr = f.i32Parameter(1);
  quietNan(f, DOUBLE, SINGLE, (nan) => shr(nan, WIDENING));
  const { values, raised } = takeDenormals(f, DOUBLE, [f.i64Parameter(0)], mxcsr);
  const [a] = values;
  const sign = f.bind(signOf(DOUBLE, a));
  f.if(isInfinite(DOUBLE, a), () => f.return(or(signBitOf(SINGLE, sign), SINGLE.infinity), c(0)));
  f.if(isZero(DOUBLE, a), () => f.return(signBitOf(SINGLE, sign), raised));
  returnRoundedElement(f, SINGLE, unpack(f, DOUBLE, a), mxcsr, raised);
}

export function singleFromInteger(f: RoutineFunction): void {
  const integer = f.i32Parameter(0);
  f.if(eqz(integer), () => f.return(i64Const(0), c(0)));
  const negative = f.bind(shrSigned(integer, c(31)));
  const magnitude = f.bind64(extendUnsigned(sub(xor(integer, negative), negative)));
  returnRoundedElement(
    f,
    SINGLE,
    { sign: and(negative, c(0x8000)), exponent: c(BIAS + 63), mantissa: magnitude },
    f.i32Parameter(1),
    c(0),
  );
}

/** To int32 as MXCSR rounds. Denormals are not reported; with DAZ they are exact zeros. */
export function integerFrom(format: ElementFormat): (f: RoutineFunction) => void {
  return (f) => {
    const mxcsr = f.i32Parameter(1);
    const taken = takeDenormals(f, format, [f.i64Parameter(0)], mxcsr);
    const [bits] = taken.values;
    const number = f.let(format === DOUBLE ? f64FromBits(bits) : promote(f32FromBits(wrap(bits))));
    const rounded = f.variable(floatNearest(number));
    const mode = f.bind(and(mxcsr, c(MXCSR.roundingControl)));
    f.if(eq(mode, c(MXCSR.chop)), () => rounded.set(floatTruncate(number)));
    f.if(eq(mode, c(MXCSR.roundDown)), () => rounded.set(floatFloor(number)));
    f.if(eq(mode, c(MXCSR.roundUp)), () => rounded.set(floatCeil(number)));
    const integer = rounded.get();
    const isInRange = and(floatGe(integer, f64Const(-(2 ** 31))), floatLe(integer, f64Const(2 ** 31 - 1)));
    f.if(isInRange, () => {
      f.return(truncateToSigned(integer), select(floatNe(integer, number), c(RAISED.precision), c(0)) as I32);
    });
    f.return(c(INTEGER_INDEFINITE), c(RAISED.invalid));
  };
}
