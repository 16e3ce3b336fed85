import {
  type I32,
  type I64,
  add,
  and,
  eq,
  eqz,
  extendUnsigned,
  i32Const,
  i64Const,
  ltSigned,
  ltUnsigned,
  ne,
  or,
  select,
  shl,
  shr,
  sub,
  wrap,
} from '../wasm/Expression.ts';
import type { RoutineFunction, Unpacked, Value } from './RoutineFunction.ts';
import { RAISED, RAISED_SHIFT } from './routines.ts';

/** What `classify` tells apart (SDM vol. 1, table 4-3 and 8.2.2). All from `quietNan` on are not numbers. */
export const CLASS = {
  zero: 0,
  /** Denormal or pseudo-denormal. */
  denormal: 1,
  normal: 2,
  infinity: 3,
  quietNan: 4,
  signallingNan: 5,
  /** Unnormal, pseudo-infinity, pseudo-NaN. */
  unsupported: 6,
} as const;

export const SIGN = 0x8000;
export const EXPONENT = 0x7fff;
export const BIAS = 0x3fff;
/** What an unmasked overflow or underflow moves the exponent by (SDM vol. 1, 8.5.4 and 8.5.5). */
export const EXPONENT_ADJUSTMENT = 0x6000;

/** Control word (SDM vol. 1, 8.1.5). */
export const CONTROL = {
  precisionControl: 0x300,
  roundingControl: 0xc00,
  roundDown: 0x400,
  roundUp: 0x800,
  chop: 0xc00,
  /** Extended precision. */
  extended: 0x300,
} as const;

export const c = i32Const;
export const ZERO64 = i64Const(0);
export const ONE64 = i64Const(1);
export const BIT63 = i64Const(0, 0x8000_0000 | 0);
export const BIT62 = i64Const(0, 0x4000_0000);
/** Mantissa of the default NaN, "real indefinite". */
export const NAN_MANTISSA = i64Const(0, 0xc000_0000 | 0);
export const ALL64 = i64Const(-1);

export function raised(bits: number): I32 {
  return c(bits << RAISED_SHIFT);
}

/** `bit` as RAISED bits where a condition holds. */
export function raisedIf(condition: I32, bit: number): I32 {
  return shl(condition, c(Math.log2(bit) + RAISED_SHIFT));
}

export const INVALID: Value = { mantissa: NAN_MANTISSA, packed: c(0xffff | (RAISED.invalid << RAISED_SHIFT)) };

export function exponentOf(packed: I32): I32 {
  return and(packed, c(EXPONENT));
}

export function signOf(packed: I32): I32 {
  return and(packed, c(SIGN));
}

/** Normal, and nothing raised by its making: what fast paths take. */
export function isPlain({ mantissa, packed }: Value): I32 {
  const denormalRaised = RAISED.denormal << RAISED_SHIFT;
  const exponent = and(add(packed, c(1)), c(EXPONENT | denormalRaised));
  return and(ltSigned(mantissa, ZERO64), ltUnsigned(sub(exponent, c(2)), c(0x7ffe)));
}

export function unpackPlain(f: RoutineFunction, { mantissa, packed }: Value): Unpacked {
  return { sign: f.bind(signOf(packed)), exponent: f.bind(exponentOf(packed)), mantissa };
}

/** Fields of a normal or denormal number that is not zero, normalised. */
export function unpackFinite(f: RoutineFunction, { mantissa, packed }: Value): Unpacked {
  const shift = f.bind64({ type: 'i64', code: [mantissa.code, 0x79] });
  const exponent = f.bind(exponentOf(packed));
  return {
    sign: f.bind(signOf(packed)),
    exponent: f.bind(sub(select(exponent, exponent, c(1)) as I32, wrap(shift))),
    mantissa: f.bind64(shl(mantissa, shift)),
  };
}

export function infinity(sign: I32): Value {
  return { mantissa: BIT63, packed: or(sign, c(EXPONENT)) };
}

export function zero(sign: I32): Value {
  return { mantissa: ZERO64, packed: sign };
}

/** The same value with its RAISED bits replaced. */
export function withRaised({ mantissa, packed }: Value, flags: I32): Value {
  return { mantissa, packed: or(and(packed, c(0xffff)), flags) };
}

/** The denormal-operand exception: by classes, or as a conversion of the operand reported it. */
export function denormalRaised(f: RoutineFunction, a: Value, classA: I32, b: Value, classB: I32): I32 {
  const isDenormal = or(eq(classA, c(CLASS.denormal)), eq(classB, c(CLASS.denormal)));
  const reported = and(or(a.packed, b.packed), raised(RAISED.denormal));
  return f.bind(or(raisedIf(isDenormal, RAISED.denormal), reported));
}

export function widen(condition: I32): I64 {
  return extendUnsigned(condition);
}

export function isNegative64(value: I64): I32 {
  return ltSigned(value, ZERO64);
}

/** Bit 0 set where any of the bits is. */
export function sticky(value: I64): I64 {
  return widen(ne(value, ZERO64));
}

/**
 * Ends the routine with a number rounded to nearest in extended precision where that is asked for and its
 * exponent is ordinary, else as `round` does. `high` has bit 63 set.
 */
export function returnRounded(
  f: RoutineFunction,
  number: { readonly sign: I32; readonly exponent: I32; readonly high: I64; readonly low: I64 },
  control: I32,
): void {
  const sign = f.bind(number.sign);
  const exponent = f.bind(number.exponent);
  const high = f.bind64(number.high);
  const low = f.bind64(number.low);
  const isUsual = eq(and(control, c(CONTROL.precisionControl | CONTROL.roundingControl)), c(CONTROL.extended));
  f.if(and(isUsual, ltUnsigned(sub(exponent, c(1)), c(0x7ffd))), () => {
    const isAboveHalfOrOdd = or(ne(shl(low, ONE64), ZERO64), and(wrap(high), c(1)));
    const increment = f.bind(and(wrap(shr(low, i64Const(63))), isAboveHalfOrOdd));
    const sum = f.bind64(add(high, widen(increment)));
    const carry = f.bind(eqz(sum));
    const flags = or(raisedIf(ne(low, ZERO64), RAISED.precision), raisedIf(increment, RAISED.roundedUp));
    f.return(or(sum, shl(widen(carry), i64Const(63))), or(or(sign, add(exponent, carry)), flags));
  });
  f.returnValue(f.value('round', sign, exponent, high, low, control));
}
