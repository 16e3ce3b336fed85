import { expect, test } from 'vitest';
import { ProgramSymbols } from '../../../src-main/debug/ProgramSymbols.ts';
import { makeSymbolTable, type SymbolSources } from '../../../src-main/debug/symbols/SymbolTable.ts';

const symbolsOf = (sources: SymbolSources, offset = 0): ProgramSymbols =>
  new ProgramSymbols([makeSymbolTable(sources, offset)]);

const line = (address: number, text: string, length = 1) => ({
  address,
  bytes: new Uint8Array(length),
  file: 'a.asm',
  line: address,
  text,
});

test('a label names its address; the first of several does', () => {
  const symbols = symbolsOf({
    symbols: [
      { name: 'start', address: 0x7c00 },
      { name: 'again', address: 0x7c00 },
    ],
  });
  expect([symbols.label(0x7c00), symbols.label(0x7c01)]).toEqual(['start', undefined]);
});

test('source lines are found by their address', () => {
  const symbols = symbolsOf({ listing: [line(3, '  mov ax, 1 ; times are hard')] });
  expect(symbols.source(3, Uint8Array.of(0))).toEqual({ file: 'a.asm', line: 3, text: 'mov ax, 1 ; times are hard' });
});

test("bytes that are not the program's have no source", () => {
  const symbols = symbolsOf({ listing: [line(3, 'mov ax, 1')] });
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
  const { starts } = symbolsOf({ listing });
  expect([0, 1, 2, 3, 4, 5].filter((address) => starts.has(address))).toEqual([1, 4]);
});

test('the line of an address inside an instruction is that instruction’s', () => {
  const bytes = Uint8Array.of(0xb8, 1, 0);
  const symbols = symbolsOf({
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
  const symbols = symbolsOf({
    symbols: [
      { name: 'do_main', address: 1 },
      { name: 'main_loop', address: 2 },
      { name: 'Main', address: 3 },
    ],
  });
  expect(symbols.search('main', 2).map(({ name }) => name)).toEqual(['Main', 'main_loop']);
});

test('an address belongs to the symbol before it', () => {
  const symbols = symbolsOf({
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

test('all names of an address are found, and of several addresses with one name the lowest', () => {
  const symbols = symbolsOf({
    symbols: [
      { name: 'again', address: 0x300 },
      { name: 'start', address: 0x100 },
      { name: 'entry', address: 0x100 },
      { name: 'again', address: 0x200 },
    ],
  });
  expect(['start', 'entry', 'again', 'star', 'ntry', ''].map((name) => symbols.lookup(name))).toEqual([
    0x100,
    0x100,
    0x200,
    undefined,
    undefined,
    undefined,
  ]);
  expect(symbols.search('', 10).map(({ name }) => name)).toEqual(['again', 'entry', 'start']);
});

test('an offset moves symbols and lines, around the end of the address space too', () => {
  const row = { file: 'a.c', line: 7, isStatement: true };
  const rows = [
    { ...row, linearAddress: 0x1000 },
    { ...row, linearAddress: 0xc000_1000, line: 9 },
  ];
  const symbols = symbolsOf({ symbols: [{ name: 'main', address: 0xc000_1000 }], rows }, 0x4000_0000);
  expect([symbols.lookup('main'), symbols.lineAt(0x1000)?.line, symbols.lineAt(0x4000_1000)?.line]).toEqual([
    0x1000, 9, 7,
  ]);
});

test('of several tables the first is asked first, and the nearest symbol counts', () => {
  const table = (name: string, address: number) => makeSymbolTable({ symbols: [{ name, address }, { name: 'both', address }] }); // prettier-ignore
  const symbols = new ProgramSymbols([table('one', 0x100), table('other', 0x200)]);
  expect([symbols.lookup('both'), symbols.nearest(0x210)?.name, symbols.nearest(0x1f0)?.name]).toEqual([
    0x100,
    'other',
    'one',
  ]);
});

test('a kernel’s names are searched in a moment', () => {
  const names = Array.from({ length: 200_000 }, (_, index) => ({ name: `symbol_${index}`, address: index * 16 }));
  const symbols = symbolsOf({ symbols: names });
  symbols.search('warm', 50);
  const before = process.cpuUsage();
  expect(symbols.search('s', 50)).toHaveLength(50);
  expect(symbols.lookup('symbol_199999')).toBe(199_999 * 16);
  const { user, system } = process.cpuUsage(before);
  // Far more than it takes, and far less than a list made of all that match took.
  expect((user + system) / 1000).toBeLessThan(100);
});
