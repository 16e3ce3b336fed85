/** `1a2b3c4d`, without a prefix, for columns. */
export function hex(value: number | bigint, digits = 8): string {
  return value.toString(16).padStart(digits, '0');
}

/** `0x1a2b3c4d` */
export function prefixedHex(value: number | bigint, digits = 8): string {
  return `0x${hex(value, digits)}`;
}

/** `55 aa`; where nothing is, `--`. */
export function byteTexts(bytes: Uint8Array, isMissing: (offset: number) => boolean = () => false): string[] {
  return Array.from(bytes, (byte, offset) => (isMissing(offset) ? '--' : hex(byte, 2)));
}
