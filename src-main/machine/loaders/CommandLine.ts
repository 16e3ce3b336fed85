/** A text as kernels take it, zero at its end: ASCII as it is, all else as a question mark. */
export function commandLineBytes(text: string): Uint8Array {
  return Uint8Array.from(
    [...text].map((ch) => ((ch.codePointAt(0) ?? 63) < 128 ? (ch.codePointAt(0) ?? 63) : 63)).concat(0),
  );
}
