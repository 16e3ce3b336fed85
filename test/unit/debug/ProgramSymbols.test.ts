import { expect, test } from 'vitest';
import { ProgramSymbols } from '../../../src-main/debug/ProgramSymbols.ts';

const line = (address: number, text: string, length = 1) => ({
  address,
  bytes: new Uint8Array(length),
  file: 'a.asm',
  line: address,
  text,
});

test('a label names its address; the first of several does', () => {
  const symbols = new ProgramSymbols({
    symbols: [
      { name: 'start', address: 0x7c00 },
      { name: 'again', address: 0x7c00 },
    ],
  });
  expect([symbols.label(0x7c00), symbols.label(0x7c01)]).toEqual(['start', undefined]);
});

test('source lines are found by their address', () => {
  const symbols = new ProgramSymbols({ listing: [line(3, '  mov ax, 1 ; times are hard')] });
  expect(symbols.source(3, Uint8Array.of(0))).toEqual({ file: 'a.asm', line: 3, text: 'mov ax, 1 ; times are hard' });
});

test("bytes that are not the program's have no source", () => {
  const symbols = new ProgramSymbols({ listing: [line(3, 'mov ax, 1')] });
  expect(symbols.source(3, Uint8Array.of(0x90))).toBeUndefined();
});

test('data starts no instruction', () => {
  const listing = [
    line(1, 'mov ax, 1 ; times are hard'),
    line(2, 'text: db "hello"'),
    line(3, 'times 4 db 0'),
    line(4, 'l: inc ax'),
    line(5, 'nothing', 0),
  ];
  expect([...new ProgramSymbols({ listing }).starts]).toEqual([1, 4]);
});
