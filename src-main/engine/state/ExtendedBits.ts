/** An 80-bit floating-point value as it is stored (SDM vol. 1, 4.2.2). */
export interface ExtendedBits {
  /** Mantissa, integer bit first. */
  readonly high: number;
  readonly low: number;
  /** Sign 15, exponent 0..14. */
  readonly signExponent: number;
}

const BIAS = 16383;

/** The nearest double; infinite or zero beyond its range, NaN for NaNs and unsupported encodings. */
export function numberFromExtended({ high, low, signExponent }: ExtendedBits): number {
  const exponent = signExponent & 0x7fff;
  const sign = signExponent & 0x8000 ? -1 : 1;
  const hasInteger = high >= 0x8000_0000;
  if (exponent === 0x7fff) return hasInteger && (high & 0x7fff_ffff) === 0 && low === 0 ? sign * Infinity : NaN;
  if (exponent !== 0 && !hasInteger) return NaN;
  // Below a double's smallest exponent in two steps, since 2 ** -1100 is zero.
  const power = Math.max(exponent, 1) - BIAS - 63;
  const mantissa = high * 2 ** 32 + low;
  const half = Math.trunc(power / 2);
  return sign * mantissa * 2 ** half * 2 ** (power - half);
}
