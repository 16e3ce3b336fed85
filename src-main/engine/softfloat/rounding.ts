import {
  type I32,
  type I64,
  add,
  and,
  eq,
  eqz,
  extendUnsigned,
  geSigned,
  i64Const,
  leSigned,
  ltSigned,
  ne,
  or,
  select,
  shl,
  sub,
  xor,
} from '../wasm/Expression.ts';
import {
  ALL64,
  BIT63,
  CONTROL,
  EXPONENT,
  EXPONENT_ADJUSTMENT,
  ONE64,
  ZERO64,
  c,
  isNegative64,
  raised,
  raisedIf,
  sticky,
  widen,
} from './format.ts';
import type { RoutineFunction } from './RoutineFunction.ts';
import { RAISED } from './routines.ts';

/**
 * Whether a magnitude is rounded up.
 * @param fraction what lies behind the last place, as a fraction of 2^64
 */
export function roundsUp(f: RoutineFunction, control: I32, sign: I32, isOdd: I32, fraction: I64): I32 {
  const mode = f.bind(and(control, c(CONTROL.roundingControl)));
  const isInexact = ne(fraction, ZERO64);
  const isNearestUp = and(isNegative64(fraction), or(ne(shl(fraction, ONE64), ZERO64), isOdd));
  const isAway = eq(mode, select(sign, c(CONTROL.roundDown), c(CONTROL.roundUp)) as I32);
  return f.bind(select(mode, and(isAway, isInexact), isNearestUp) as I32);
}

/** A mantissa rounded at the place that precision control says. */
interface RoundedMantissa {
  readonly mantissa: I64;
  readonly increment: I32;
  readonly isInexact: I32;
  /** It came out as 2^64. */
  readonly carry: I32;
}

interface Place {
  /** Bits that are not kept: 0, 11 or 40. */
  readonly dropped: I64;
  /** One in the last place. */
  readonly unit: I64;
}

function placeOf(f: RoutineFunction, control: I32): Place {
  const precision = f.bind(and(control, c(CONTROL.precisionControl)));
  const dropped = select(eqz(precision), c(40), select(eq(precision, c(0x200)), c(11), c(0))) as I32;
  const bits = f.bind64(extendUnsigned(dropped));
  return { dropped: bits, unit: f.bind64(shl(ONE64, bits)) };
}

function roundAt(f: RoutineFunction, place: Place, control: I32, sign: I32, high: I64, low: I64): RoundedMantissa {
  const extra = f.bind64(and(high, sub(place.unit, ONE64)));
  const kept = f.bind64(xor(high, extra));
  const shifted = or(shl(extra, sub(i64Const(64), place.dropped)), sticky(low));
  const fraction = f.bind64(select(eqz(place.dropped), low, shifted) as I64);
  const increment = roundsUp(f, control, sign, ne(and(kept, place.unit), ZERO64), fraction);
  const mantissa = f.bind64(add(kept, select(increment, place.unit, ZERO64) as I64));
  return {
    mantissa,
    increment,
    isInexact: f.bind(ne(fraction, ZERO64)),
    carry: f.bind(and(increment, eqz(mantissa))),
  };
}

/** Rounding, overflow and underflow with their masked and unmasked responses (SDM vol. 1, 4.8.4, 8.5.4 to 8.5.6). */
export function round(f: RoutineFunction): void {
  const sign = f.i32Parameter(0),
    exponent = f.i32Parameter(1),
    high = f.i64Parameter(2),
    low = f.i64Parameter(3),
    control = f.i32Parameter(4);
  const place = placeOf(f, control);
  const number = roundAt(f, place, control, sign, high, low);
  const rounded = f.bind(add(exponent, number.carry));
  const precisionRaised = (one: RoundedMantissa): I32 =>
    or(raisedIf(one.isInexact, RAISED.precision), raisedIf(one.increment, RAISED.roundedUp));
  const returnWith = (biased: I32, flags: I32): void => {
    f.return(
      or(number.mantissa, shl(widen(number.carry), i64Const(63))),
      or(or(sign, and(biased, c(EXPONENT))), or(precisionRaised(number), flags)),
    );
  };

  f.if(geSigned(rounded, c(EXPONENT)), () => {
    f.if(eqz(and(control, c(RAISED.overflow))), () => {
      // FSCALE may go beyond what the adjustment brings back: the result is then infinite.
      const adjusted = f.bind(sub(rounded, c(EXPONENT_ADJUSTMENT)));
      f.if(geSigned(adjusted, c(EXPONENT)), () => {
        f.return(BIT63, or(or(sign, c(EXPONENT)), raised(RAISED.overflow | RAISED.precision | RAISED.roundedUp)));
      });
      returnWith(adjusted, raised(RAISED.overflow));
    });
    const flags = raised(RAISED.overflow | RAISED.precision);
    // Any fraction below a half shows which way this mode goes from a number that is too large.
    const isInfinite = roundsUp(f, control, sign, c(1), ALL64);
    f.if(isInfinite, () => {
      f.return(BIT63, or(or(sign, c(EXPONENT)), or(flags, raised(RAISED.roundedUp))));
    });
    f.return(sub(ZERO64, place.unit), or(or(sign, c(EXPONENT - 1)), flags));
  });

  f.if(leSigned(rounded, c(0)), () => {
    f.if(eqz(and(control, c(RAISED.underflow))), () => {
      const adjusted = f.bind(add(rounded, c(EXPONENT_ADJUSTMENT)));
      f.if(leSigned(adjusted, c(0)), () => {
        f.return(ZERO64, or(sign, raised(RAISED.underflow | RAISED.precision)));
      });
      returnWith(adjusted, raised(RAISED.underflow));
    });
    const [denormalHigh, denormalLow] = f.pair('shiftRightSticky', high, low, sub(c(1), exponent));
    const denormal = roundAt(f, place, control, sign, denormalHigh, denormalLow);
    const becameNormal = isNegative64(denormal.mantissa);
    const flags = or(precisionRaised(denormal), raisedIf(denormal.isInexact, RAISED.underflow));
    f.return(denormal.mantissa, or(or(sign, becameNormal), flags));
  });

  f.if(ltSigned(exponent, c(1)), () => {
    // Too small before rounding, yet rounded up to the smallest normal number: not an underflow, but
    // the bits behind the last place of the denormal decide about what is reported.
    const [denormalHigh, denormalLow] = f.pair('shiftRightSticky', high, low, c(1));
    const denormal = roundAt(f, place, control, sign, denormalHigh, denormalLow);
    f.return(denormal.mantissa, or(or(sign, isNegative64(denormal.mantissa)), precisionRaised(denormal)));
  });
  returnWith(rounded, c(0));
}
