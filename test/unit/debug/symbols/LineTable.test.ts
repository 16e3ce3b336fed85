import { describe, expect, test } from 'vitest';
import { readLineTable } from '../../../../src-main/debug/symbols/LineTable.ts';

/**
 * `.debug_line` as gcc 12 and gas 2.40 make it (-m32 -gdwarf-N) of a file src/t.c: a function in lines 1 to 3 at 100000h, and
 * another in lines 4 to 8 from 10000Ah on.
 */
const SECTIONS: Readonly<Record<number, string>> = {
  2: 'agAAAAMAHgAAAAEB+w4NAAEBAQEAAAABAAABc3JjAAB0LmMAAQAAAAUSAAUCAAAQAAEFDD0FAVkFEy8FB2cFDHUFA3QFDAACBAMvBQkAAgQDrAUbAAIEAzsFFQACBAFKBQNoBRtYBQFZAgMAAQE=',
  3: 'agAAAAMAHgAAAAEB+w4NAAEBAQEAAAABAAABc3JjAAB0LmMAAQAAAAUSAAUCAAAQAAEFDD0FAVkFEy8FB2cFDHUFA3QFDAACBAMvBQkAAgQDrAUbAAIEAzsFFQACBAFKBQNoBRtYBQFZAgMAAQE=',
  4: 'awAAAAQAHwAAAAEBAfsODQABAQEBAAAAAQAAAXNyYwAAdC5jAAEAAAAFEgAFAgAAEAABBQw9BQFZBRMvBQdnBQx1BQN0BQwAAgQDLwUJAAIEA6wFGwACBAM7BRUAAgQBSgUDaAUbWAUBWQIDAAEB',
  5: 'fAAAAAUABAAuAAAAAQEB+w4NAAEBAQEAAAABAAABAQEfAgAAAAAOAAAAAgEfAg8CCgAAAAEKAAAAAQUSAAUCAAAQAAEFDD0FAVkFEy8FB2cFDHUFA3QFDAACBAMvBQkAAgQDrAUbAAIEAzsFFQACBAFKBQNoBRtYBQFZAgMAAQE=',
};
const LINE_STRINGS = 'L2hvbWUAc3JjL3QuYwBzcmMA';

function sections(version: number): Map<string, Uint8Array> {
  return new Map([
    ['.debug_line', new Uint8Array(Buffer.from(SECTIONS[version] ?? '', 'base64'))],
    ['.debug_line_str', new Uint8Array(Buffer.from(LINE_STRINGS, 'base64'))],
  ]);
}

describe.each([2, 3, 4, 5])('version %i', (version) => {
  test('says which line each instruction comes from', () => {
    const rows = readLineTable(sections(version));
    expect(rows.map(({ linearAddress, line }) => [linearAddress - 0x10_0000, line]).slice(0, 6)).toEqual([
      [0x00, 1],
      [0x03, 2],
      [0x08, 3],
      [0x0a, 4],
      [0x10, 5],
      [0x17, 6],
    ]);
    expect(rows.every(({ isStatement }) => isStatement)).toBe(true);
  });

  test('names the file with its directory, and says where code ends', () => {
    const rows = readLineTable(sections(version));
    expect(rows[0]?.file).toBe(version === 5 ? '/home/src/t.c' : 'src/t.c');
    expect(rows.at(-1)?.file).toBe('');
  });

  test('cut off anywhere ends there, and nothing worse happens', () => {
    const whole = sections(version);
    const line = whole.get('.debug_line') ?? new Uint8Array(0);
    for (let length = 0; length < line.length; length++) {
      whole.set('.debug_line', line.slice(0, length));
      expect(readLineTable(whole)).toEqual([]);
    }
  });

  test('with any byte changed is read or left out', () => {
    const whole = sections(version);
    const line = whole.get('.debug_line') ?? new Uint8Array(0);
    for (let at = 0; at < line.length; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        whole.set('.debug_line', line.with(at, value));
        expect(readLineTable(whole).length).toBeLessThan(100_000);
      }
    }
  });
});

test('a version that nobody knows yet is passed over, and what follows is read', () => {
  const four = sections(4).get('.debug_line') ?? new Uint8Array(0);
  const unknown = four.with(4, 9);
  const both = new Map([['.debug_line', Uint8Array.of(...unknown, ...four)]]);
  expect(readLineTable(both)).toEqual(readLineTable(sections(4)));
});

/** A unit of version 2 whose program is `program`, behind a header without files. */
function unitOf(...program: number[]): Map<string, Uint8Array> {
  const header = [1, 1, 0xfb, 14, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0];
  const body = [2, 0, header.length, 0, 0, 0, ...header, ...program];
  const length = new Uint8Array(Uint32Array.of(body.length).buffer);
  return new Map([['.debug_line', Uint8Array.of(...length, ...body)]]);
}

test('a unit whose numbers never end is left out, and holds up nobody', () => {
  const endless = Array.from({ length: 200 }, () => 0x80);
  // Counted to infinity, such a number led nowhere, and reading began anew at the first byte.
  expect(readLineTable(unitOf(0, ...endless, 0))).toEqual([]);
  expect(readLineTable(unitOf(2, ...endless, 0, 1))).toEqual([]);
});

test('the rows of a file share its name', () => {
  const rows = readLineTable(sections(5)).filter(({ file }) => file !== '');
  expect(new Set(rows.map(({ file }) => file))).toEqual(new Set(['/home/src/t.c']));
});
