/** Radix letters of NASM's prefixes (`0x`) and suffixes (`h`). */
function radixOf(letter: string): number {
  switch (letter) {
    case 'b':
    case 'y':
      return 2;
    case 'o':
    case 'q':
      return 8;
    case 'd':
    case 't':
      return 10;
    case 'h':
    case 'x':
      return 16;
    default:
      return 0;
  }
}

const DIGITS: Readonly<Record<number, RegExp>> = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-f]+$/ };
const PREFIX: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 10: '', 16: '0x' };

/**
 * An integer in any of NASM's notations: `0xff 0hff $0ff 0ffh`, `0b1 0y1 1b 1y`, `0o7 0q7 7o 7q`, `0d9 9d 9t`, with
 * underscores anywhere. Where prefix and suffix both name a radix, the greater one is meant (`0bh` is 11).
 * Wraps at 64 bits, as NASM does; null when it is no number.
 */
export function parseNumber(literal: string): bigint | null {
  let text = literal.toLowerCase();
  if (/^[1-9][0-9]*$/.test(text) && text.length < 16) return BigInt(text);
  text = text.replaceAll('_', '');
  let radix = 10;
  if (text[0] === '$') {
    text = text.slice(1);
    radix = 16;
  } else {
    const prefix = text.length > 2 && text[0] === '0' ? radixOf(text[1]) : 0;
    const suffix = text.length > 1 ? radixOf(text[text.length - 1]) : 0;
    if (prefix > suffix) {
      radix = prefix;
      text = text.slice(2);
    } else if (suffix > prefix) {
      radix = suffix;
      text = text.slice(0, -1);
    }
  }
  if (text.length > 256 || !DIGITS[radix].test(text)) return null;
  return BigInt.asUintN(64, BigInt(PREFIX[radix] + text));
}
