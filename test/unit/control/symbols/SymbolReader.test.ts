import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { symbolReader, type SymbolReader } from '../../../../src-main/control/symbols/SymbolReader.ts';
import { ProgramSymbols } from '../../../../src-main/debug/ProgramSymbols.ts';
import { elfOf, lineSection, symbolSections } from '../../../support/debug/elfFile.ts';
import { bundle } from '../../../support/hypervisor/bundle.ts';

/** As many as a large kernel has. */
const SYMBOLS = 100_000;
const LINES = 1_000_000;

let folder: string;
let kernel: string;
let read: SymbolReader;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium-symbols-'));
  kernel = path.join(folder, 'vmlinux');
  const symbols = Array.from({ length: SYMBOLS }, (_, index) => ({
    name: `function_${index}`,
    address: 0xc010_0000 + 16 * index,
  }));
  writeFileSync(kernel, elfOf([...symbolSections(symbols), lineSection(0xc010_0000, LINES)]));
  read = symbolReader(await bundle('src-main/symbolThread.ts'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

test('a kernel’s symbols are read in a thread, and this one does little meanwhile', { timeout: 60_000 }, async () => {
  const before = performance.eventLoopUtilization();
  const found = await read({ kind: 'file', path: kernel, offset: 0 });
  const { active } = performance.eventLoopUtilization(before);
  if (!found.ok) throw new Error(found.message);
  const symbols = new ProgramSymbols([found.table]);
  expect(symbols.lookup('function_99999')).toBe(0xc010_0000 + 16 * 99_999);
  expect(symbols.lineAt(0xc010_0000 + 2 * 999_999)).toEqual({ file: 'kernel.c', line: LINES });
  // In this thread it takes most of a second; on a busy host little takes long.
  expect(active).toBeLessThan(250);
});

test('a file that is not there, or is none, is refused by its name', async () => {
  expect(await read({ kind: 'file', path: path.join(folder, 'none'), offset: 0 })).toEqual({
    ok: false,
    problem: 'unreadable',
    message: 'none cannot be read: there is no such file.',
  });
  expect(await read({ kind: 'file', path: folder, offset: 0 })).toMatchObject({ ok: false, problem: 'unreadable' });
});

test('a program is read there too, with what it includes', async () => {
  writeFileSync(path.join(folder, 'part.inc'), 'second: hlt\n');
  const program = {
    bytes: new TextEncoder().encode('start: nop\n%include "part.inc"\n'),
    fileName: 'two.asm',
    format: 'asm' as const,
    memoryBytes: 2 ** 20,
  };
  const found = await read({ kind: 'program', program, sourcePath: path.join(folder, 'two.asm') });
  const symbols = new ProgramSymbols(found.ok ? [found.table] : []);
  expect(symbols.lookup('second')).toBe((symbols.lookup('start') ?? 0) + 1);
});

test('where the host starts no thread, the file is refused', async () => {
  // Node refuses to start it at once, as it does when the host has no threads left.
  const unable = symbolReader('no/absolute/path.cjs');
  expect(await unable({ kind: 'file', path: kernel, offset: 0 })).toMatchObject({ ok: false, problem: 'unreadable' });
});
