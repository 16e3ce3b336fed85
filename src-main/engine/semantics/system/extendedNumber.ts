import type { CpuState } from '../../state/CpuState.ts';
import { X87_SLOT } from '../../state/layout.ts';
import { type DoubleDouble, negate, scale, sumOf } from './doubleDouble.ts';

/** What the helper for transcendental functions reports: exceptions, C1, and C2, in their places in the status word. */
export const REPORT = {
  invalid: 1,
  denormal: 2,
  zeroDivide: 4,
  overflow: 8,
  underflow: 16,
  precision: 32,
  roundedUp: 0x200,
  incomplete: 0x400,
} as const;

export type ExtendedClass = 'zero' | 'finite' | 'infinity' | 'nan' | 'unsupported';

/** An operand: sign, and for finite numbers a significand in [1, 2) and an unbiased exponent. */
export interface ExtendedNumber {
  readonly kind: ExtendedClass;
  readonly isNegative: boolean;
  readonly exponent: number;
  readonly isDenormal: boolean;
  /** Mantissa as it is stored, normalised when denormal. */
  readonly mantissa: bigint;
}

const BIAS = 16383;
const BIT63 = 1n << 63n;
const QUIET = 1n << 62n;

export function readExtended(state: CpuState, slot: number): ExtendedNumber {
  const raw = (BigInt(state.getUint(slot + 4)) << 32n) | BigInt(state.getUint(slot));
  const word = state.getInt(slot + X87_SLOT.signExponent);
  const isNegative = (word & 0x8000) !== 0;
  const biased = word & 0x7fff;
  const hasInteger = raw >= BIT63;
  let kind: ExtendedClass = 'finite';
  if (biased === 0) kind = raw === 0n ? 'zero' : 'finite';
  else if (!hasInteger) kind = 'unsupported';
  else if (biased === 0x7fff) kind = raw === BIT63 ? 'infinity' : 'nan';
  const isDenormal = kind === 'finite' && biased === 0;
  let mantissa = raw,
    exponent = Math.max(biased, 1) - BIAS;
  while (isDenormal && mantissa < BIT63) {
    mantissa <<= 1n;
    exponent--;
  }
  return { kind, isNegative, exponent, isDenormal, mantissa };
}

export function isSignalling({ kind, mantissa }: ExtendedNumber): boolean {
  return kind === 'nan' && (mantissa & QUIET) === 0n;
}

/** The significand in [1, 2), with its sign. */
export function significand({ mantissa, isNegative }: ExtendedNumber): DoubleDouble {
  const high = Number(mantissa >> 32n) * 2 ** -31;
  const low = Number(mantissa & 0xffff_ffffn) * 2 ** -63;
  const magnitude = sumOf(high, low);
  return isNegative ? negate(magnitude) : magnitude;
}

/** Where results go, and how they are rounded. */
export interface ResultSlot {
  readonly state: CpuState;
  readonly slot: number;
  /** Control word. */
  readonly control: number;
}

export function writeBits({ state, slot }: ResultSlot, mantissa: bigint, word: number): void {
  state.setInt(slot, Number(BigInt.asIntN(32, mantissa)));
  state.setInt(slot + 4, Number(BigInt.asIntN(32, mantissa >> 32n)));
  state.setInt(slot + X87_SLOT.signExponent, word);
}

export function writeZero(to: ResultSlot, isNegative: boolean): number {
  writeBits(to, 0n, isNegative ? 0x8000 : 0);
  return 0;
}

export function writeInfinity(to: ResultSlot, isNegative: boolean): number {
  writeBits(to, BIT63, isNegative ? 0xffff : 0x7fff);
  return 0;
}

export function writeInvalid(to: ResultSlot): number {
  writeBits(to, BIT63 | QUIET, 0xffff);
  return REPORT.invalid;
}

export function writeOne(to: ResultSlot, isNegative = false): number {
  writeBits(to, BIT63, BIAS | (isNegative ? 0x8000 : 0));
  return 0;
}

/** SDM vol. 1, table 4-7, for one operand or two. */
export function writeNan(to: ResultSlot, a: ExtendedNumber, b: ExtendedNumber = a): number {
  if (a.kind === 'unsupported' || b.kind === 'unsupported') return writeInvalid(to);
  const report = isSignalling(a) || isSignalling(b) ? REPORT.invalid : 0;
  const chosen = chooseNan(a, b);
  writeBits(to, chosen.mantissa | QUIET, chosen.isNegative ? 0xffff : 0x7fff);
  return report;
}

function chooseNan(a: ExtendedNumber, b: ExtendedNumber): ExtendedNumber {
  if (a.kind !== 'nan') return b;
  if (b.kind !== 'nan') return a;
  if (isSignalling(a) !== isSignalling(b)) return isSignalling(a) ? b : a;
  const [left, right] = [a.mantissa | QUIET, b.mantissa | QUIET];
  if (left !== right) return left > right ? a : b;
  return a.isNegative ? b : a;
}

export function isNumber({ kind }: ExtendedNumber): boolean {
  return kind !== 'nan' && kind !== 'unsupported';
}

/** What an unmasked overflow or underflow moves the exponent by (SDM vol. 1, 8.5.4 and 8.5.5). */
const EXPONENT_ADJUSTMENT = 0x6000;

/** Bits behind the 64 of a mantissa that decide about rounding. */
const GUARD_BITS = 42n;

/**
 * Rounds value * 2^exponent to the extended format and writes it.
 * @param beyond the magnitude is a little less (-1) or more than the value, by what no double-double shows
 * @returns what that raised
 */
export function writeRounded(to: ResultSlot, value: DoubleDouble, exponent: number, beyond: -1 | 0 | 1 = 0): number {
  const isNegative = value.high < 0;
  const positive = isNegative ? negate(value) : value;
  const ownExponent = Math.floor(Math.log2(positive.high));
  const magnitude = scale(positive, 2 ** -ownExponent);
  // A number near one: 2^-120 of it is out of a double-double's reach.
  const scaleBits = 120;
  let bits = BigInt(magnitude.high * 2 ** scaleBits) + BigInt(Math.round(magnitude.low * 2 ** scaleBits));
  let power = exponent + ownExponent - scaleBits;
  const length = bits.toString(2).length;
  const wanted = 64n + GUARD_BITS;
  const shift = BigInt(length) - wanted;
  if (shift > 0n) bits = (bits >> shift) | ((bits & ((1n << shift) - 1n)) === 0n ? 0n : 1n);
  else bits <<= -shift;
  power += Number(shift);
  bits += BigInt(beyond);
  if (bits >> (wanted - 1n) === 0n) {
    bits = 2n * bits + 1n;
    power--;
  }
  // value = bits * 2^power with 106 bits; the mantissa is its upper 64.
  let biased = power + 105 + BIAS;
  let dropped = GUARD_BITS;
  const isAdjusted = biased < 1 && (to.control & REPORT.underflow) === 0;
  if (isAdjusted) {
    biased += EXPONENT_ADJUSTMENT;
  } else if (biased < 1) {
    dropped += BigInt(Math.min(1 - biased, 200));
    biased = 0;
  }
  const rest = bits & ((1n << dropped) - 1n);
  const kept = bits >> dropped;
  const isUp = roundsUp(to.control, isNegative, kept, rest, 1n << (dropped - 1n));
  let mantissa = kept + (isUp ? 1n : 0n);
  if (mantissa === 1n << 64n) {
    mantissa >>= 1n;
    biased++;
  }
  if (biased === 0 && mantissa >= BIT63) biased = 1;
  const sign = isNegative ? 0x8000 : 0;
  const isTooLarge = biased >= 0x7fff;
  if (isTooLarge && (to.control & REPORT.overflow) !== 0) return overflow(to, isNegative);
  if (isTooLarge) biased -= EXPONENT_ADJUSTMENT;
  // These functions' results count as inexact, even the few that are not.
  writeBits(to, mantissa, biased | sign);
  const isTiny = biased === 0 || isAdjusted;
  const range = isTiny ? REPORT.underflow : isTooLarge ? REPORT.overflow : 0;
  return REPORT.precision | (isUp ? REPORT.roundedUp : 0) | range;
}

function overflow(to: ResultSlot, isNegative: boolean): number {
  const report = REPORT.overflow | REPORT.precision;
  if (roundsUp(to.control, isNegative, 1n, 3n, 2n)) {
    writeInfinity(to, isNegative);
    return report | REPORT.roundedUp;
  }
  writeBits(to, (1n << 64n) - 1n, 0x7ffe | (isNegative ? 0x8000 : 0));
  return report;
}

function roundsUp(control: number, isNegative: boolean, kept: bigint, rest: bigint, half: bigint): boolean {
  switch ((control >> 10) & 3) {
    case 0:
      return rest > half || (rest === half && (kept & 1n) === 1n);
    case 1:
      return isNegative && rest !== 0n;
    case 2:
      return !isNegative && rest !== 0n;
    default:
      return false;
  }
}
