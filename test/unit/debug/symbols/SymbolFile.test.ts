import { describe, expect, test } from 'vitest';
import { ProgramSymbols } from '../../../../src-main/debug/ProgramSymbols.ts';
import { readSymbolFile } from '../../../../src-main/debug/symbols/SymbolFile.ts';
import { elfOf, lineSection, symbolSections } from '../../../support/debug/elfFile.ts';

const KERNEL = elfOf([
  ...symbolSections([
    { name: 'startup_32', address: 0xc010_0000 },
    { name: 'start_kernel', address: 0xc010_0008 },
  ]),
  lineSection(0xc010_0000, 6),
]);

function read(bytes: Uint8Array, offset = 0): ProgramSymbols {
  const found = readSymbolFile(bytes, offset);
  if (!found.ok) throw new Error(found.message);
  return new ProgramSymbols([found.table]);
}

describe('a symbol file', () => {
  test('of ELF names addresses, and says which line they come from', () => {
    const symbols = read(KERNEL);
    expect(symbols.lookup('start_kernel')).toBe(0xc010_0008);
    expect(symbols.nearest(0xc010_000a)).toEqual({ name: 'start_kernel', offset: 2 });
    expect(symbols.lineAt(0xc010_0004)).toEqual({ file: 'kernel.c', line: 3 });
    expect(symbols.lineAt(0xc010_000c)).toBeUndefined();
  });

  test('counts from where the program runs', () => {
    const symbols = read(KERNEL, -0xc000_0000);
    expect(symbols.lookup('startup_32')).toBe(0x10_0000);
    expect(symbols.lineAt(0x10_0000)?.line).toBe(1);
  });

  test('may be a list of symbols, as nm and System.map have it', () => {
    const list = 'c0100000 T startup_32\nc0100008 t start_kernel [kernel]\n         U nothing\n';
    expect(read(new TextEncoder().encode(list)).search('', 9)).toEqual([
      { name: 'startup_32', linearAddress: 0xc010_0000 },
      { name: 'start_kernel', linearAddress: 0xc010_0008 },
    ]);
  });

  test.each([
    ['unknown', 'of a text of another kind', new TextEncoder().encode('hello')],
    ['unknown', 'that is empty', new Uint8Array(0)],
    ['cut-off', 'that ends in its header', KERNEL.slice(0, 20)],
    ['64-bit', 'for another width', KERNEL.with(4, 2)],
    ['other-processor', 'for another processor', KERNEL.with(18, 40)],
    ['stripped', 'without symbols', elfOf([{ name: '.text', bytes: Uint8Array.of(0x90) }])],
  ])('is refused as “%s” %s', (problem, _, bytes) => {
    expect(readSymbolFile(bytes, 0)).toMatchObject({ ok: false, problem });
  });

  test('cut off anywhere is read so far, or refused', () => {
    for (let length = 0; length < KERNEL.length; length++)
      expect(readSymbolFile(KERNEL.slice(0, length), 0)).toHaveProperty('ok');
  });
});
