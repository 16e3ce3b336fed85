/**
 * Numbers as unevaluated sums of two doubles: about 106 bits. The building blocks are Dekker's and Knuth's;
 * magnitudes have to stay between 2^-400 and 2^400.
 */
export interface DoubleDouble {
  readonly high: number;
  readonly low: number;
}

export const ONE: DoubleDouble = { high: 1, low: 0 };

/** Sum and its error, for |a| >= |b|. */
function quickSum(a: number, b: number): DoubleDouble {
  const high = a + b;
  return { high, low: b - (high - a) };
}

export function fromNumber(value: number): DoubleDouble {
  return { high: value, low: 0 };
}

/** a + b exactly. */
export function sumOf(a: number, b: number): DoubleDouble {
  const high = a + b;
  const part = high - a;
  return { high, low: a - (high - part) + (b - part) };
}

/** 2^27 + 1: splits a double into two of 26 bits. */
const SPLITTER = 134_217_729;

/** a * b exactly. */
function productOf(a: number, b: number): DoubleDouble {
  const high = a * b;
  const aSplit = SPLITTER * a,
    bSplit = SPLITTER * b;
  const aHigh = aSplit - (aSplit - a),
    bHigh = bSplit - (bSplit - b);
  const aLow = a - aHigh,
    bLow = b - bHigh;
  return { high, low: aHigh * bHigh - high + aHigh * bLow + aLow * bHigh + aLow * bLow };
}

export function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const high = sumOf(a.high, b.high),
    low = sumOf(a.low, b.low);
  const first = quickSum(high.high, high.low + low.high);
  return quickSum(first.high, first.low + low.low);
}

export function negate({ high, low }: DoubleDouble): DoubleDouble {
  return { high: -high, low: -low };
}

export function subtract(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  return add(a, negate(b));
}

export function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const product = productOf(a.high, b.high);
  return quickSum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/** By a power of two, exactly. */
export function scale(a: DoubleDouble, factor: number): DoubleDouble {
  return { high: a.high * factor, low: a.low * factor };
}

export function divide(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const first = a.high / b.high;
  const rest = subtract(a, multiply(b, fromNumber(first)));
  const second = rest.high / b.high;
  const third = subtract(rest, multiply(b, fromNumber(second))).high / b.high;
  const sum = quickSum(first, second);
  return add(sum, fromNumber(third));
}

/** An integer of up to 106 bits times 2^-`places`. */
export function fromBigInt(value: bigint, places: number): DoubleDouble {
  const high = Number(value);
  const low = Number(value - BigInt(high));
  return scale({ high, low }, 2 ** -places);
}

/** Horner's scheme, from the highest coefficient down. */
export function polynomial(coefficients: readonly DoubleDouble[], x: DoubleDouble): DoubleDouble {
  let sum = coefficients[coefficients.length - 1];
  for (let index = coefficients.length - 2; index >= 0; index--) sum = add(multiply(sum, x), coefficients[index]);
  return sum;
}
