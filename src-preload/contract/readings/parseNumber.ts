/** Reads `0x1f`, `1fh`, `$1f`, or decimal; undefined when it is no number of at most `bits` bits. */
export function parseNumber(text: string, bits: number, radix: 16 | 10 = 16): bigint | undefined {
  const clean = text
    .trim()
    .replace(/[\s_,']/g, '')
    .toLowerCase();
  let digits = clean;
  let base: 10 | 16 = radix;
  if (clean.startsWith('0x')) [digits, base] = [clean.slice(2), 16];
  else if (clean.startsWith('$')) [digits, base] = [clean.slice(1), 16];
  else if (clean.endsWith('h')) [digits, base] = [clean.slice(0, -1), 16];
  const isNumber = base === 16 ? /^[0-9a-f]+$/.test(digits) : /^-?[0-9]+$/.test(digits);
  if (!isNumber) return undefined;
  const limit = 1n << BigInt(bits);
  let value = base === 16 ? BigInt(`0x${digits}`) : BigInt(digits);
  if (value < 0n && value >= -(limit >> 1n)) value += limit;
  return value >= 0n && value < limit ? value : undefined;
}
