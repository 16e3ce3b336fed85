import {
  type I32,
  type I64,
  add,
  and,
  clz,
  divUnsigned,
  eq,
  eqz,
  extendUnsigned,
  geSigned,
  geUnsigned,
  gtUnsigned,
  i64Const,
  leSigned,
  ltSigned,
  mul,
  ne,
  or,
  remUnsigned,
  select,
  shl,
  shr,
  sub,
  wrap,
} from '../wasm/Expression.ts';
import { BIAS, CLASS, ONE64, SIGN, ZERO64, c, exponentOf, raisedIf, signOf, widen } from './format.ts';
import { roundsUp } from './rounding.ts';
import type { RoutineFunction, Value } from './RoutineFunction.ts';
import { RAISED } from './routines.ts';
import { isNan } from './special.ts';

/** Exponent of numbers whose last place is the units. */
const UNITS_EXPONENT = BIAS + 63;

/** A number rounded to an integer by rounding control. */
interface RoundedInteger {
  readonly magnitude: I64;
  /** PE and C1 in their places in the status word. */
  readonly flags: I32;
}

/** @param value finite, below 2^64 */
function roundToMagnitude(f: RoutineFunction, value: Value, control: I32): RoundedInteger {
  const whole = f.variable<'i64'>(ZERO64),
    fraction = f.variable<'i64'>(widen(ne(value.mantissa, ZERO64)));
  const places = f.bind(sub(c(UNITS_EXPONENT), exponentOf(value.packed)));
  f.if(leSigned(places, c(64)), () => {
    const by = f.bind64(extendUnsigned(places));
    // In two steps: a count of 64 would be one of 0 to Wasm.
    f.if(
      eq(places, c(64)),
      () => fraction.set(value.mantissa),
      () => {
        whole.set(shr(value.mantissa, by));
        fraction.set(shl(shl(value.mantissa, ONE64), sub(i64Const(63), by)));
      },
    );
  });
  const behind = f.bind64(fraction.get() as I64);
  const isOdd = wrap(and(whole.get() as I64, ONE64));
  const increment = roundsUp(f, control, signOf(value.packed), isOdd, behind);
  const flags = or(shl(ne(behind, ZERO64), c(5)), shl(increment, c(9)));
  return { magnitude: f.bind64(add(whole.get() as I64, widen(increment))), flags: f.bind(flags) };
}

/** FRNDINT. */
export function roundToInteger(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    control = f.i32Parameter(2);
  const classA = f.classOf(a);
  f.if(isNan(classA), () => {
    f.returnValue(f.value('propagateNan', a.mantissa, a.packed, a.mantissa, a.packed));
  });
  f.if(or(eqz(classA), geSigned(exponentOf(a.packed), c(UNITS_EXPONENT))), () => f.returnValue(a));
  const { magnitude, flags } = roundToMagnitude(f, a, control);
  const raisedFlags = f.bind(or(shl(flags, c(16)), raisedIf(eq(classA, c(CLASS.denormal)), RAISED.denormal)));
  const sign = f.bind(signOf(a.packed));
  f.if(eqz(magnitude), () => f.return(ZERO64, or(sign, raisedFlags)));
  const shift = f.bind64(clz(magnitude));
  f.return(shl(magnitude, shift), or(or(sign, sub(c(UNITS_EXPONENT), wrap(shift))), raisedFlags));
}

/** FILD. Exact. */
export function fromInteger(f: RoutineFunction): void {
  const value = f.i64Parameter(0);
  f.if(eqz(value), () => f.return(ZERO64, c(0)));
  returnInteger(f, f.bind64(magnitudeOf(value)), shl(ltSigned(value, ZERO64), c(15)));
}

function magnitudeOf(value: I64): I64 {
  return select(ltSigned(value, ZERO64), sub(ZERO64, value), value) as I64;
}

function returnInteger(f: RoutineFunction, magnitude: I64, sign: I32): void {
  const shift = f.bind64(clz(magnitude));
  f.return(shl(magnitude, shift), or(sign, sub(c(UNITS_EXPONENT), wrap(shift))));
}

/** FIST, FISTP, FISTTP: without a value the "integer indefinite" (SDM vol. 1, 8.2.1). */
export function toInteger(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    control = f.i32Parameter(2),
    bits = f.i32Parameter(3);
  const limit = f.bind64(shl(ONE64, extendUnsigned(sub(bits, c(1)))));
  const classA = f.classOf(a);
  f.if(gtOrAbove(classA, a), () => f.return(sub(ZERO64, limit), c(RAISED.invalid)));
  const { magnitude, flags } = roundToMagnitude(f, a, control);
  const sign = f.bind(shr(signOf(a.packed), c(15)));
  f.if(gtUnsigned(magnitude, sub(limit, widen(eqz(sign)))), () => {
    f.return(sub(ZERO64, limit), c(RAISED.invalid));
  });
  f.return(select(sign, sub(ZERO64, magnitude), magnitude), flags);
}

/** Not a finite number below 2^64. */
function gtOrAbove(classA: I32, { packed }: Value): I32 {
  return or(geUnsigned(classA, c(CLASS.infinity)), geSigned(exponentOf(packed), c(UNITS_EXPONENT + 1)));
}

const TEN = i64Const(10);

/** FBLD: 18 decimal digits, the sign in the highest bit; the other bits above the digits are ignored. */
export function fromDecimal(f: RoutineFunction): void {
  const low = f.i64Parameter(0),
    high = f.i32Parameter(1);
  const sum = f.variable<'i64'>(extendUnsigned(and(shr(high, c(4)), c(15))));
  const times10 = (value: I64, digit: I64): I64 => add(mul(value, TEN), digit);
  sum.set(times10(sum.get() as I64, extendUnsigned(and(high, c(15)))));
  const rest = f.variable<'i64'>(low);
  f.repeat(16, () => {
    sum.set(times10(sum.get() as I64, shr(rest.get() as I64, i64Const(60))));
    rest.set(shl(rest.get() as I64, i64Const(4)));
  });
  const sign = f.bind(and(high, c(SIGN)));
  const magnitude = f.bind64(sum.get() as I64);
  f.if(eqz(magnitude), () => f.return(ZERO64, sign));
  returnInteger(f, magnitude, sign);
  f.unreachable();
}

/** FBSTP: without a value the "packed BCD integer indefinite" (SDM vol. 1, table 4-4). */
export function toDecimal(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    control = f.i32Parameter(2);
  const returnIndefinite = (): void => f.return(i64Const(0, 0xc000_0000 | 0), c(0xffff), c(RAISED.invalid));
  const classA = f.classOf(a);
  f.if(gtOrAbove(classA, a), returnIndefinite);
  const { magnitude, flags } = roundToMagnitude(f, a, control);
  const LARGEST = i64Const(0xa763_ffff | 0, 0x0de0_b6b3);
  f.if(gtUnsigned(magnitude, LARGEST), returnIndefinite);
  const rest = f.variable<'i64'>(magnitude),
    low = f.variable<'i64'>(ZERO64);
  f.repeat(16, () => {
    const now = f.bind64(rest.get() as I64);
    low.set(or(shr(low.get() as I64, i64Const(4)), shl(remUnsigned(now, TEN), i64Const(60))));
    rest.set(divUnsigned(now, TEN));
  });
  const top = f.bind(wrap(rest.get() as I64));
  const high = or(shl(divUnsigned(top, c(10)), c(4)), remUnsigned(top, c(10)));
  f.return(low.get(), or(signOf(a.packed), high), flags);
}
