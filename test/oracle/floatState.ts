import type { Encoding } from '../../src-main/engine/isa/Encoding.ts';
import type { Random } from '../support/engine/Random.ts';

/** Whether an instruction computes with floating-point numbers in XMM registers, or sets how that is done. */
export function computesFloats({ mnemonic, feature }: Encoding): boolean {
  const names = /^(add|sub|mul|div|sqrt|min|max|cmp|u?comi|cvt|rcp|rsqrt|hadd|hsub|ldmxcsr|stmxcsr)/;
  return /^sse[23]?$/.test(feature) && names.test(mnemonic);
}

/** Any MXCSR. Three cases in ten have exceptions unmasked; flags that are set already raise nothing. */
export function randomMxcsr(random: Random): number {
  const DAZ = 0x40,
    FTZ = 0x8000,
    PRECISION = 0x20;
  const masks = random.chance(70) ? 0x3f : random.below(0x40);
  const flags = random.chance(50) ? PRECISION : random.chance(50) ? 0 : random.below(0x40);
  const modes = (random.chance(25) ? DAZ : 0) | (random.chance(25) ? FTZ : 0);
  return (masks << 7) | (random.chance(40) ? 0 : random.below(4) << 13) | flags | modes;
}

interface Format {
  readonly bytes: 4 | 8;
  readonly bias: bigint;
  readonly fractionBits: bigint;
}

const SINGLE: Format = { bytes: 4, bias: 127n, fractionBits: 23n };
const DOUBLE: Format = { bytes: 8, bias: 1023n, fractionBits: 52n };

function randomBits(random: Random): bigint {
  return (BigInt(random.word() >>> 0) << 32n) | BigInt(random.word() >>> 0);
}

/** A number of any kind: of all sizes, with few or many bits, special, or at the edges of singles and of int32. */
function randomNumber(random: Random, { bytes, bias, fractionBits }: Format): bigint {
  const largest = 2n * bias + 1n;
  const sign = random.chance(50) ? 1n << BigInt(8 * bytes - 1) : 0n;
  const all = (1n << fractionBits) - 1n;
  const any = randomBits(random) & all;
  const few = (any >> BigInt(random.below(Number(fractionBits)))) << BigInt(random.below(Number(fractionBits)));
  const fraction = random.pick([any, any, few & all, 0n, all, 1n, all - 1n]);
  const near = (spread: number): bigint => BigInt(random.below(spread) - (spread >> 1));
  const exponent = random.pick([
    bias + near(8),
    bias + near(80),
    bias + 30n + near(4),
    bias - 127n + near(60),
    bias + 127n + near(4),
    BigInt(random.below(Number(largest) + 1)),
    0n,
    0n,
    1n,
    largest - 1n,
    largest,
  ]);
  const inRange = exponent < 0n ? 0n : exponent > largest ? largest : exponent;
  return sign | (inRange << fractionBits) | fraction;
}

/** A number that has to do with another: equal, opposite, a few units away, or of a size that matters beside it. */
function partnerOf(random: Random, format: Format, other: bigint): bigint {
  const bits = BigInt(8 * format.bytes);
  const step = BigInt(random.below(5) - 2);
  const shifted = other ^ (BigInt(random.below(64)) << (format.fractionBits - 1n));
  const chosen = random.pick([
    other,
    other ^ (1n << (bits - 1n)),
    other + step,
    shifted,
    other + (step << format.fractionBits),
  ]);
  return BigInt.asUintN(Number(bits), chosen);
}

/** Registers of numbers in one format. Every third is a partner of the number in the first register's lane. */
export function randomNumbers(random: Random, registers: number, isDouble: boolean): Uint8Array {
  const format = isDouble ? DOUBLE : SINGLE;
  const lanes = 16 / format.bytes;
  const first = Array.from({ length: lanes }, () => randomNumber(random, format));
  const bytes = new Uint8Array(16 * registers);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < lanes * registers; index++) {
    const isFirst = index < lanes;
    const other = first[index % lanes];
    const number = isFirst
      ? other
      : random.chance(33)
        ? partnerOf(random, format, other)
        : randomNumber(random, format);
    if (isDouble) view.setBigUint64(8 * index, number, true);
    else view.setUint32(4 * index, Number(number), true);
  }
  return bytes;
}

/** Whether an instruction's source is of doubles; of integers either will do. */
export function readsDoubles({ mnemonic }: Encoding): boolean {
  const source = /^cvtt?(..)2/.exec(mnemonic)?.[1] ?? mnemonic.slice(-2);
  return source === 'pd' || source === 'sd';
}
