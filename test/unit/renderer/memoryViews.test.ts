import { describe, expect, test } from 'vitest';
import { comparedRows, windowAround } from '../../../src-renderer/features/memory/comparedRows.ts';
import { bytesPerRow } from '../../../src-renderer/features/memory/memoryWindow.ts';
import { linearRows } from '../../../src-renderer/features/memory/mapRows.ts';

describe('what is shown of a difference', () => {
  test('is its rows with two around them, within memory', () => {
    expect(windowAround({ address: 0x104, byteLength: 9 }, 0x1000)).toEqual({ address: 0xf0, length: 0x30 });
    expect(windowAround({ address: 1, byteLength: 1 }, 0x1000)).toEqual({ address: 0, length: 0x18 });
    expect(windowAround({ address: 0xfff, byteLength: 1 }, 0x1000)).toEqual({ address: 0xfe8, length: 0x18 });
  });
  test('is no more than can be read', () => {
    expect(windowAround({ address: 0x100, byteLength: 0x10_0000 }, 0x100_0000).length).toBe(48 * 8);
  });
  test('marks the bytes that differ, and those that the other memory has not', () => {
    const [row] = comparedRows(0x10, Uint8Array.of(1, 2, 3), Uint8Array.of(1, 9));
    expect(row?.left.slice(0, 3).map(({ text, isDifferent }) => `${text} ${isDifferent}`)).toEqual([
      '01 false',
      '02 true',
      '03 true',
    ]);
    expect(row?.right.slice(0, 3).map(({ text }) => text)).toEqual(['01', '09', '']);
  });
});

test('a linear range says who may do what, and where it leads', () => {
  const range = { linearAddress: 0x40_0000, byteLength: 0x1000, physicalAddress: 0x9000 };
  const rights = { isUser: true, isWritable: false, isNoExecute: true };
  expect(linearRows({ mode: 'PAE', isCut: false, ranges: [{ ...range, ...rights }] })).toEqual([
    { first: 0x40_0000, byteLength: 0x1000, kind: 'userReadOnly', device: null, rights: 'u--', leadsTo: 0x9000 },
  ]);
});

// Characters of 7 px: 8 bytes take 356 px, 16 take 596 and 32 take 1076.
test.each([
  [200, 8],
  [595, 8],
  [596, 16],
  [1075, 16],
  [1076, 32],
  [3000, 32],
])('a row of %i px has room for %i bytes', (width, bytes) => {
  expect(bytesPerRow(width, 7)).toBe(bytes);
});
