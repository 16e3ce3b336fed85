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

test('the line of an address inside an instruction is that instruction’s', () => {
  const bytes = Uint8Array.of(0xb8, 1, 0);
  const symbols = new ProgramSymbols({
    listing: [{ address: 0x100, bytes, line: 3, file: 'a.asm', text: 'mov ax, 1' }],
  });
  expect([0xff, 0x100, 0x102, 0x103].map((address) => symbols.lineAt(address)?.line)).toEqual([
    undefined,
    3,
    3,
    undefined,
  ]);
});

test('names are found by a part of them, those that begin with it first', () => {
  const symbols = new ProgramSymbols({
    symbols: [
      { name: 'do_main', address: 1 },
      { name: 'main_loop', address: 2 },
      { name: 'Main', address: 3 },
    ],
  });
  expect(symbols.search('main', 2).map(({ name }) => name)).toEqual(['Main', 'main_loop']);
});

test('an address belongs to the symbol before it', () => {
  const symbols = new ProgramSymbols({
    symbols: [
      { name: 'main', address: 0x100 },
      { name: 'end', address: 0x200 },
    ],
  });
  expect([symbols.nearest(0xff), symbols.nearest(0x104), symbols.nearest(0x20_0000)]).toEqual([
    undefined,
    { name: 'main', offset: 4 },
    undefined,
  ]);
});
