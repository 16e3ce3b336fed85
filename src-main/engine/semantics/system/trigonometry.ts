import {
  type DoubleDouble,
  ONE,
  add,
  divide,
  fromBigInt,
  fromNumber,
  multiply,
  negate,
  polynomial,
  scale,
  subtract,
} from './doubleDouble.ts';
import { type ExtendedNumber, significand } from './extendedNumber.ts';

/** Pi as the x87 knows it: 66 bits (SDM vol. 1, 8.3.8), in units of 2^-66. */
const PI_66 = 0xc90f_daa2_2168_c234_cn;
const PI_66_PLACES = 66;

/** Pi to 106 bits, for results; the one above is for reducing arguments. */
export const PI: DoubleDouble = { high: Math.PI, low: 1.2246467991473532e-16 };

/** (-1)^k / (2k + 1)! and (-1)^k / (2k)!: enough for arguments up to pi/4. */
const TERMS = 15;
const SINE = seriesCoefficients(1);
const COSINE = seriesCoefficients(0);

function seriesCoefficients(first: 0 | 1): DoubleDouble[] {
  const coefficients = [ONE];
  let term = ONE;
  for (let k = 1; k < TERMS; k++) {
    const n = 2 * k + first;
    term = negate(divide(term, fromNumber(n * (n - 1))));
    coefficients.push(term);
  }
  return coefficients;
}

/** An angle less a whole number of quarter turns: within pi/4 of zero. */
export interface ReducedAngle {
  readonly quadrant: number;
  readonly rest: DoubleDouble;
}

/** Exactly, with the 66-bit pi. The exponent is below 63. */
export function reduceAngle(angle: ExtendedNumber): ReducedAngle {
  // In units of 2^-67, of which half a pi has PI_66.
  const shift = angle.exponent - 63 + PI_66_PLACES + 1;
  if (shift < 0) return { quadrant: 0, rest: scale(significand(angle), 2 ** Math.max(angle.exponent, -300)) };
  const units = angle.mantissa << BigInt(shift);
  let quarters = units / PI_66;
  let rest = units - quarters * PI_66;
  if (2n * rest > PI_66) {
    rest -= PI_66;
    quarters++;
  }
  const quadrant = Number(quarters & 3n);
  const value = fromBigInt(rest, PI_66_PLACES + 1);
  if (!angle.isNegative) return { quadrant, rest: value };
  return { quadrant: -quadrant & 3, rest: negate(value) };
}

/** sin(x) / x for |x| up to pi/4. */
export function sineRatio(x: DoubleDouble): DoubleDouble {
  return polynomial(SINE, multiply(x, x));
}

export function smallSine(x: DoubleDouble): DoubleDouble {
  return multiply(x, sineRatio(x));
}

export function smallCosine(x: DoubleDouble): DoubleDouble {
  return polynomial(COSINE, multiply(x, x));
}

export function sine({ quadrant, rest }: ReducedAngle): DoubleDouble {
  const magnitude = (quadrant & 1) === 0 ? smallSine(rest) : smallCosine(rest);
  return (quadrant & 2) === 0 ? magnitude : negate(magnitude);
}

export function cosine({ quadrant, rest }: ReducedAngle): DoubleDouble {
  return sine({ quadrant: (quadrant + 1) & 3, rest });
}

/** Sine and cosine of a double between -pi and pi. */
function sineAndCosine(angle: number): [DoubleDouble, DoubleDouble] {
  const quarters = Math.round(angle / (Math.PI / 2));
  const rest = subtract(fromNumber(angle), multiply(scale(PI, 0.5), fromNumber(quarters)));
  const reduced = { quadrant: quarters & 3, rest };
  return [sine(reduced), cosine(reduced)];
}

/**
 * Angle of a point: the double's arc tangent, then one step of Newton's, whose own arc tangent is so small
 * that it is its argument.
 */
export function arcTangent(y: DoubleDouble, x: DoubleDouble): DoubleDouble {
  const estimate = Math.atan2(y.high, x.high);
  const [sin, cos] = sineAndCosine(estimate);
  const across = subtract(multiply(y, cos), multiply(x, sin));
  const along = add(multiply(x, cos), multiply(y, sin));
  return add(fromNumber(estimate), divide(across, along));
}
