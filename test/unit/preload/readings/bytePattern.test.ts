import { describe, expect, test } from 'vitest';
import { parsePattern, type PatternKind } from '../../../../src-preload/contract/readings/bytePattern.ts';

const bytesOf = (text: string, kind: PatternKind): number[] | undefined => {
  const bytes = parsePattern(text, kind);
  return bytes && [...bytes];
};

describe('a pattern of bytes', () => {
  test.each<{ kind: PatternKind; text: string; bytes: number[] }>([
    { kind: 'hex', text: 'de ad BE ef', bytes: [0xde, 0xad, 0xbe, 0xef] },
    { kind: 'hex', text: ' deadbeef, 7 ', bytes: [0xde, 0xad, 0xbe, 0xef, 7] },
    { kind: 'hex', text: '0x55 0xaa', bytes: [0x55, 0xaa] },
    { kind: 'text', text: ' ok', bytes: [0x20, 0x6f, 0x6b] },
    { kind: 'text', text: 'é', bytes: [0xc3, 0xa9] },
    { kind: 'u8', text: '255', bytes: [255] },
    { kind: 'u16', text: '0x1234', bytes: [0x34, 0x12] },
    { kind: 'u32', text: '-2', bytes: [0xfe, 0xff, 0xff, 0xff] },
    { kind: 'u64', text: '1', bytes: [1, 0, 0, 0, 0, 0, 0, 0] },
  ])('$text as $kind', ({ kind, text, bytes }) => {
    expect(bytesOf(text, kind)).toEqual(bytes);
  });

  test.each<{ kind: PatternKind; text: string }>([
    { kind: 'hex', text: '' },
    { kind: 'hex', text: 'dea' },
    { kind: 'hex', text: 'xyz' },
    { kind: 'hex', text: 'ab'.repeat(257) },
    { kind: 'text', text: '' },
    { kind: 'u8', text: '256' },
    { kind: 'u16', text: '-32769' },
    { kind: 'u32', text: '1.5' },
  ])('“$text” is none as $kind', ({ kind, text }) => {
    expect(bytesOf(text, kind)).toBeUndefined();
  });
});
