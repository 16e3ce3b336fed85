import {
  type I32,
  type I64,
  add,
  and,
  eq,
  eqz,
  extendUnsigned,
  gtUnsigned,
  i64Const,
  ltUnsigned,
  ne,
  or,
  select,
  shl,
  shr,
  shrSigned,
  sub,
  xor,
} from '../wasm/Expression.ts';
import { f64Const, f64FromUnsigned, floatMul, floatSqrt, truncateToUnsigned } from '../wasm/floats.ts';
import {
  ALL64,
  BIAS,
  BIT63,
  CLASS,
  INVALID,
  ONE64,
  ZERO64,
  c,
  raisedIf,
  returnRounded,
  signOf,
  unpackFinite,
  widen,
} from './format.ts';
import type { RoutineFunction, Unpacked } from './RoutineFunction.ts';
import { RAISED } from './routines.ts';
import { isNan } from './special.ts';
import { emitMultiplyWide } from './wide.ts';

/** FSQRT: a double's root, one step of Newton's, then the exact remainder decides. */
export function squareRoot(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    control = f.i32Parameter(2);
  const classA = f.classOf(a);
  f.if(isNan(classA), () => {
    f.returnValue(f.value('propagateNan', a.mantissa, a.packed, a.mantissa, a.packed));
  });
  f.if(eqz(classA), () => f.returnValue(a));
  f.returnIf(signOf(a.packed), INVALID);
  f.if(eq(classA, c(CLASS.infinity)), () => f.returnValue(a));
  const number = unpackFinite(f, a);
  const flags = raisedIf(eq(classA, c(CLASS.denormal)), RAISED.denormal);

  const { exponent, root, fraction } = emitSquareRoot(f, number);
  f.if(flags, () => {
    // Denormals are rare: their exception is added to a copy of the ordinary result.
    const rounded = f.value('round', c(0), exponent, root, fraction, control);
    f.return(rounded.mantissa, or(rounded.packed, flags));
  });
  returnRounded(f, { sign: c(0), exponent, high: root, low: fraction }, control);
  f.unreachable();
}

/** Emits the root of a positive number: 64 bits of it, and what lies behind them as a fraction of 2^64. */
export function emitSquareRoot(f: RoutineFunction, number: Unpacked): { exponent: I32; root: I64; fraction: I64 } {
  // The radicand as 128 bits from 2^126 on, so that its root has 64: m * 2^63 or m * 2^64.
  const unbiased = f.bind(sub(number.exponent, c(BIAS)));
  const isOdd = f.bind(and(unbiased, c(1)));
  const halved = f.bind64(extendUnsigned(xor(isOdd, c(1))));
  const high = f.bind64(shr(number.mantissa, halved));
  const low = f.bind64(select(isOdd, ZERO64, shl(number.mantissa, i64Const(63))) as I64);

  // At least the root, and too large by 2^-51 of it at most; saturates at the largest root there is.
  const estimate = truncateToUnsigned(floatMul(floatSqrt(f64FromUnsigned(high)), f64Const(2 ** 32 * (1 + 2 ** -51))));
  const first = f.bind64(or(estimate, BIT63));
  // The quotient of a radicand below 2^128 fits unless the divisor is no larger than the radicand's upper half.
  const isLargest = f.bind(eqz(ltUnsigned(high, first)));
  const [quotient] = f.pair('divideWide', select(isLargest, ZERO64, high), low, first);
  const mean = add(add(shr(first, ONE64), shr(quotient, ONE64)), and(and(first, quotient), ONE64));
  const root = f.variable<'i64'>(select(isLargest, ALL64, or(mean, BIT63)));

  // Newton's mean is never below the root by a whole unit: step down until the square fits.
  const restHigh = f.variable<'i64'>(ZERO64),
    restLow = f.variable<'i64'>(ZERO64);
  f.loop((again) => {
    const now = root.get() as I64;
    const [squareHigh, squareLow] = emitMultiplyWide(f, now, now);
    restLow.set(sub(low, squareLow));
    restHigh.set(sub(sub(high, squareHigh), widen(ltUnsigned(low, squareLow))));
    f.if(shrSignedBit(restHigh.get() as I64), () => {
      root.set(sub(now, ONE64));
      f.breakTo(again);
    });
  });
  // A root that is too small by one leaves a remainder of more than twice itself.
  f.loop((again) => {
    const now = root.get() as I64;
    const twice = f.bind64(shl(now, ONE64));
    const isTooSmall = or(
      gtUnsigned(restHigh.get(), ONE64),
      and(eq(restHigh.get(), ONE64), gtUnsigned(restLow.get(), twice)),
    );
    f.if(and(isTooSmall, ne(now, ALL64)), () => {
      const step = f.bind64(add(twice, ONE64));
      const before = f.bind64(restLow.get() as I64);
      restLow.set(sub(before, step));
      restHigh.set(sub(sub(restHigh.get(), ONE64), widen(ltUnsigned(before, step))));
      root.set(add(now, ONE64));
      f.breakTo(again);
    });
  });
  const rest = f.bind64(restLow.get() as I64);
  const isAboveHalf = or(ne(restHigh.get(), ZERO64), gtUnsigned(rest, root.get()));
  const isInexact = widen(ne(or(restHigh.get() as I64, rest), ZERO64));
  const fraction = or(shl(widen(isAboveHalf), i64Const(63)), isInexact);
  return {
    exponent: f.bind(add(shrSigned(unbiased, c(1)), c(BIAS))),
    root: f.bind64(root.get() as I64),
    fraction: f.bind64(fraction),
  };
}

function shrSignedBit(value: I64) {
  return eq(shr(value, i64Const(63)), ONE64);
}
