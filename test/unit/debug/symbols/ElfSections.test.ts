import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { elfSections } from '../../../../src-main/debug/symbols/ElfSections.ts';
import { elfOf } from '../../../support/debug/elfFile.ts';

function compressed(bytes: Uint8Array): Uint8Array {
  const header = new Uint8Array(Uint32Array.of(1, bytes.length, 1).buffer);
  return Uint8Array.of(...header, ...deflateSync(bytes));
}

const TEXT = Uint8Array.of(1, 2, 3);

describe('the sections of an ELF file', () => {
  test('are found by their names, and only those that are asked for', () => {
    const file = elfOf([
      { name: '.text', bytes: Uint8Array.of(9) },
      { name: '.debug_line', bytes: TEXT },
    ]);
    expect([...elfSections(file, new Set(['.debug_line', '.debug_str']))]).toEqual([['.debug_line', TEXT]]);
  });

  test('are inflated where they are compressed', () => {
    const file = elfOf([{ name: '.debug_line', bytes: compressed(TEXT), isCompressed: true }]);
    expect(elfSections(file, new Set(['.debug_line'])).get('.debug_line')).toEqual(Buffer.from(TEXT));
  });

  test('of one name are read once, however many a file has', () => {
    const file = elfOf([
      { name: '.debug_line', bytes: TEXT },
      { name: '.debug_line', bytes: Uint8Array.of(4) },
    ]);
    expect(elfSections(file, new Set(['.debug_line'])).get('.debug_line')).toEqual(TEXT);
  });

  test('of a damaged one are left out', () => {
    const damaged = { name: '.debug_line', bytes: compressed(TEXT).fill(0xff, 12), isCompressed: true };
    expect(elfSections(elfOf([damaged]), new Set(['.debug_line'])).size).toBe(0);
  });
});
