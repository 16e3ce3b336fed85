/** The ASCII character of a byte; undefined for control characters and whatever is not ASCII. */
export function printable(byte: number): string | undefined {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : undefined;
}
