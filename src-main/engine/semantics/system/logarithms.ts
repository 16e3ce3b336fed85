import { type DoubleDouble, ONE, add, divide, fromNumber, multiply, polynomial, scale } from './doubleDouble.ts';

/** ln 2 and its reciprocal to 106 bits. */
const LN2: DoubleDouble = { high: 0.6931471805599453, low: 2.3190468138462996e-17 };
const LOG2_E = divide(ONE, LN2);

/** 1 / (2k + 1), for the series of the inverse hyperbolic tangent. */
const INVERSE_TANGENT = Array.from({ length: 23 }, (_, k) => divide(ONE, fromNumber(2 * k + 1)));

/** ln((1 + s) / (1 - s)) / s for |s| up to 0.172. */
function logarithmRatio(s: DoubleDouble): DoubleDouble {
  return scale(polynomial(INVERSE_TANGENT, multiply(s, s)), 2);
}

/** log2 of a significand in [1, 2) and an exponent. */
export function binaryLogarithm(significand: DoubleDouble, exponent: number): DoubleDouble {
  const isUpper = significand.high > Math.SQRT2;
  const m = isUpper ? scale(significand, 0.5) : significand;
  const s = divide(add(m, fromNumber(-1)), add(m, ONE));
  const fraction = multiply(multiply(s, logarithmRatio(s)), LOG2_E);
  return add(fromNumber(isUpper ? exponent + 1 : exponent), fraction);
}

/** log2(1 + x) / x for x between -0.3 and 0.42, where it hardly differs from log2(e) for small ones. */
export function binaryLogarithmRatio(x: DoubleDouble): DoubleDouble {
  const twoPlus = add(fromNumber(2), x);
  const ratio = logarithmRatio(divide(x, twoPlus));
  return multiply(divide(ratio, twoPlus), LOG2_E);
}

/** 1 / (n + 1)! */
const EXPONENTIAL: DoubleDouble[] = [ONE];
for (let n = 2; n <= 30; n++) {
  EXPONENTIAL.push(divide(EXPONENTIAL[EXPONENTIAL.length - 1], fromNumber(n)));
}

/** (2^x - 1) / x for |x| up to 1. */
export function powerRatio(x: DoubleDouble): DoubleDouble {
  return multiply(polynomial(EXPONENTIAL, multiply(x, LN2)), LN2);
}
