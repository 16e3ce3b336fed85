import { RAW_BYTE } from './Lexer.ts';

/**
 * Bytes of a source file as text. UTF-8; a byte that is none (an old code page) becomes a private character
 * that stands for that byte, so that strings assemble to the bytes of the file. A byte-order mark is dropped.
 */
export function decodeSource(bytes: Uint8Array): string {
  const parts: string[] = [];
  let codes: number[] = [];
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let i = start; i < bytes.length;) {
    const length = sequenceLength(bytes, i);
    const first = bytes[i];
    if (length === 1) codes.push(first < 0x80 ? first : RAW_BYTE + first);
    else {
      let code = first & (0x7f >> length);
      for (let k = 1; k < length; k++) code = (code << 6) | (bytes[i + k] & 0x3f);
      if (code < 0x10000) codes.push(code);
      else codes.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
    }
    i += length;
    if (codes.length >= 4096) {
      parts.push(String.fromCharCode(...codes));
      codes = [];
    }
  }
  parts.push(String.fromCharCode(...codes));
  return parts.join('');
}

/** Length of the well-formed UTF-8 sequence at `at`; 1 also for a byte that begins none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 1;
  if (at + length > bytes.length) return 1;
  for (let k = 1; k < length; k++) if ((bytes[at + k] & 0xc0) !== 0x80) return 1;
  const second = bytes[at + 1];
  if (
    (first === 0xe0 && second < 0xa0) ||
    (first === 0xed && second > 0x9f) ||
    (first === 0xf0 && second < 0x90) ||
    (first === 0xf4 && second > 0x8f)
  )
    return 1;
  return length;
}
