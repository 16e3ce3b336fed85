import type { Random } from '../../support/engine/Random.ts';

/** An 80-bit value: mantissa as two 32-bit halves, sign and exponent. */
export interface ExtendedBits {
  readonly high: number;
  readonly low: number;
  readonly signExponent: number;
}

const MANTISSAS: readonly (readonly [high: number, low: number])[] = [
  [0x8000_0000, 0],
  [0x8000_0000, 1],
  [0xffff_ffff, 0xffff_ffff],
  [0xffff_ffff, 0xffff_fffe],
  [0xc000_0000, 0],
  [0xc000_0000, 1],
  [0xa000_0000, 0],
  [0x8000_0000, 0x400],
  [0x8000_0000, 0xc00],
  [0xffff_ff80, 0],
  [0xffff_ff00, 0],
  [0x8000_0080, 0],
  [0xffff_ffff, 0xffff_fc00],
  [0xffff_ffff, 0xffff_f800],
  [0, 0],
  [0, 1],
  [0x7fff_ffff, 0xffff_ffff],
  [0x4000_0000, 0],
];

const EXPONENTS = [
  0, 1, 2, 0x3ffe, 0x3fff, 0x4000, 0x7ffd, 0x7ffe, 0x7fff, 0x3f81, 0x3f6a, 0x3c01, 0x3bcd, 0x407e, 0x43fe,
];

/** Random and edge-case values; most near one, so that operands meet. */
export function randomExtended(random: Random): ExtendedBits {
  const sign = random.chance(50) ? 0x8000 : 0;
  const near = 0x3fff - 70 + random.below(140);
  const kind = random.below(10);
  const exponent =
    kind < 5 ? near : kind < 7 ? random.pick(EXPONENTS) : kind < 9 ? random.below(0x8000) : random.below(80);
  let [high, low] = random.chance(35) ? random.pick(MANTISSAS) : [random.word(), random.word()];
  // The integer bit as it should be, but for a few.
  if (!random.chance(4)) high = exponent === 0 ? high & 0x7fff_ffff : high | 0x8000_0000;
  // Few bits, so that results are exact or lie half-way.
  if (random.chance(20)) low = 0;
  if (random.chance(10)) [high, low] = [(high & 0xfff0_0000) >>> 0, 0];
  return { high: high >>> 0, low: low >>> 0, signExponent: sign | exponent };
}

/** A second operand, at times close to the first. */
export function randomPartner(random: Random, first: ExtendedBits): ExtendedBits {
  if (!random.chance(15)) return randomExtended(random);
  const low = (first.low + random.below(5) - 2) >>> 0;
  const exponent = (first.signExponent + random.below(3) - 1) & 0x7fff;
  return { high: first.high, low, signExponent: exponent | (random.chance(50) ? 0x8000 : 0) };
}

/** Control words with all exceptions masked: every rounding and precision. */
export function randomControl(random: Random): number {
  const precision = random.pick([0x300, 0x300, 0x200, 0x000]);
  return 0x7f | precision | (random.below(4) << 10);
}

export function writeExtended(view: DataView, at: number, { high, low, signExponent }: ExtendedBits): void {
  view.setUint32(at, low, true);
  view.setUint32(at + 4, high, true);
  view.setUint16(at + 8, signExponent, true);
}

export function readExtended(view: DataView, at: number): ExtendedBits {
  return {
    low: view.getUint32(at, true),
    high: view.getUint32(at + 4, true),
    signExponent: view.getUint16(at + 8, true),
  };
}
