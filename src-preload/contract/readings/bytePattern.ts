import { PATTERN_BYTES_MOST } from '../layouts/MemoryLimits.ts';
import { parseNumber } from './parseNumber.ts';

/** How a pattern is written. Numbers are little-endian, as x86 keeps them. */
export const PATTERN_KINDS = ['hex', 'text', 'u8', 'u16', 'u32', 'u64'] as const;
export type PatternKind = (typeof PATTERN_KINDS)[number];

const NUMBER_BYTES = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;

/** The bytes that a text stands for; undefined when it is none of its kind, empty, or too long. */
export function parsePattern(text: string, kind: PatternKind): Uint8Array | undefined {
  const bytes = kind === 'hex' ? hexBytes(text) : kind === 'text' ? utf8(text) : numberBytes(text, NUMBER_BYTES[kind]);
  return bytes && bytes.length >= 1 && bytes.length <= PATTERN_BYTES_MOST ? bytes : undefined;
}

/** `de ad be ef`, `deadbeef`, `0xde 0xad`; a byte alone may have one digit. */
function hexBytes(text: string): Uint8Array | undefined {
  const parts = text
    .trim()
    .split(/[\s,]+/)
    .map((part) => part.replace(/^0x/i, ''));
  const bytes: number[] = [];
  for (const part of parts) {
    if (!/^[0-9a-f]+$/i.test(part) || (part.length % 2 === 1 && part.length > 1)) return undefined;
    for (let at = 0; at < part.length; at += 2) bytes.push(Number.parseInt(part.slice(at, at + 2), 16));
  }
  return Uint8Array.from(bytes);
}

/** As typed, spaces and all: what encodes ASCII, too. */
function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Decimal, or hexadecimal with `0x`; negative numbers as two's complements. */
function numberBytes(text: string, byteLength: number): Uint8Array | undefined {
  const value = parseNumber(text, byteLength * 8, 10);
  if (value === undefined) return undefined;
  return Uint8Array.from({ length: byteLength }, (_, index) => Number((value >> BigInt(index * 8)) & 0xffn));
}
