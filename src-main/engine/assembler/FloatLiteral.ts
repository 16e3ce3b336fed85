interface FloatFormat {
  readonly bytes: number;
  readonly exponentBits: number;
  readonly fractionBits: number;
  /** The 80-bit format stores the leading 1. */
  readonly explicitOne: boolean;
}

const FORMATS: Readonly<Record<number, FloatFormat>> = {
  2: { bytes: 2, exponentBits: 5, fractionBits: 10, explicitOne: false },
  4: { bytes: 4, exponentBits: 8, fractionBits: 23, explicitOne: false },
  8: { bytes: 8, exponentBits: 11, fractionBits: 52, explicitOne: false },
  10: { bytes: 10, exponentBits: 15, fractionBits: 63, explicitOne: true },
};

/** Beyond this decimal exponent every format is infinite or zero. */
const MAX_EXPONENT = 6000;

/** numerator / denominator of a literal such as `1.5`, `1e-3`, `0x1.8p4`; null when it is none. */
function asRatio(literal: string): [bigint, bigint] | null {
  const text = literal.replaceAll('_', '').toLowerCase();
  const hex = /^0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/.exec(text);
  const decimal = /^(\d+)\.?(\d*)(?:e([+-]?\d+))?$/.exec(text);
  const match = hex ?? decimal;
  if (match === null || text.length > 1000 || match[1] + match[2] === '') return null;
  const digits = BigInt(`${hex ? '0x' : ''}${match[1]}${match[2]}`);
  const written = Math.max(-MAX_EXPONENT * 4, Math.min(MAX_EXPONENT * 4, Number(match[3] ?? 0)));
  const exponent = written - match[2].length * (hex ? 4 : 1);
  const power = (hex ? 2n : 10n) ** BigInt(Math.min(Math.abs(exponent), MAX_EXPONENT * 4));
  return exponent >= 0 ? [digits * power, 1n] : [digits, power];
}

const bitLength = (n: bigint): number => n.toString(16).length * 4 - (Math.clz32(parseInt(n.toString(16)[0], 16)) - 28);

/**
 * The little-endian bytes of a floating-point literal in 2, 4, 8 or 10 bytes, rounded to nearest even; null
 * when it is no number or there is no such format.
 */
export function floatBytes(literal: string, bytes: number, negative: boolean): number[] | null {
  const format = FORMATS[bytes] as FloatFormat | undefined;
  const ratio = asRatio(literal);
  if (format === undefined || ratio === null) return null;
  const { exponentBits, fractionBits, explicitOne } = format;
  const [numerator, denominator] = ratio;
  const bias = (1 << (exponentBits - 1)) - 1;
  let significand = 0n;
  let biased = 0;
  if (numerator !== 0n) {
    let exponent = bitLength(numerator) - bitLength(denominator);
    if (exponent >= 0 ? numerator < denominator << BigInt(exponent) : numerator << BigInt(-exponent) < denominator)
      exponent--;
    // Below the smallest normal number the exponent stays and bits are lost.
    const shift = fractionBits - Math.max(exponent, 1 - bias);
    const [top, bottom] =
      shift >= 0 ? [numerator << BigInt(shift), denominator] : [numerator, denominator << BigInt(-shift)];
    significand = top / bottom;
    const rest = (top % bottom) * 2n;
    if (rest > bottom || (rest === bottom && (significand & 1n) === 1n)) significand++;
    biased = Math.max(exponent, 1 - bias) + bias;
    if (significand >> BigInt(fractionBits + 1) !== 0n) {
      significand >>= 1n;
      biased++;
    }
    if (significand >> BigInt(fractionBits) === 0n) biased = 0;
    if (biased >= (1 << exponentBits) - 1) {
      biased = (1 << exponentBits) - 1;
      significand = explicitOne ? 1n << BigInt(fractionBits) : 0n;
    }
  }
  const stored = explicitOne ? significand : BigInt.asUintN(fractionBits, significand);
  const storedBits = fractionBits + (explicitOne ? 1 : 0);
  let word = ((((negative ? 1n : 0n) << BigInt(exponentBits)) | BigInt(biased)) << BigInt(storedBits)) | stored;
  const out: number[] = [];
  for (let i = 0; i < bytes; i++, word >>= 8n) out.push(Number(word & 0xffn));
  return out;
}
