import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../../../src-main/cli/commandLine.ts';
import type { RunReport } from '../../../src-main/cli/runReport.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { TestTerminal } from '../../support/cli/TestTerminal.ts';
import { elfOf, lineSection, symbolSections } from '../../support/debug/elfFile.ts';

/** Two NOPs of two bytes each, a write to a port, CLI and HLT: flat, and knows no names. */
const PROGRAM = Uint8Array.of(0x66, 0x90, 0x66, 0x90, 0xe6, 0x80, 0xfa, 0xf4);
const ORIGIN = 0x10_0000;
const LINKED_AT = 0xc010_0000;

let folder = '';
const fileOf = (name: string): string => path.join(folder, name);
beforeAll(async () => {
  await compileThreadedHandlers();
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium-symbols-'));
  writeFileSync(fileOf('kernel.bin'), PROGRAM);
  const symbols = [
    { name: 'start', address: LINKED_AT },
    { name: 'halt', address: LINKED_AT + 6 },
  ];
  writeFileSync(fileOf('vmlinux'), elfOf([...symbolSections(symbols), lineSection(LINKED_AT, 4)]));
  writeFileSync(fileOf('text'), 'hello');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...options: string[]): Promise<TestTerminal & { status: number }> {
  const terminal = new TestTerminal();
  const program = [
    'run',
    fileOf('kernel.bin'),
    '--origin',
    '0x100000',
    '--bits',
    '32',
    '--format',
    'bin',
    '--clock',
    'instructions',
  ];
  const status = await runCommandLine([...program, ...options], terminal);
  return Object.assign(terminal, { status });
}

const SYMBOLS = (): string[] => ['--symbols', fileOf('vmlinux'), '--symbols-offset', '-0xc0000000'];

test('a symbol file apart from the program says where a run has ended', async () => {
  const { complaints } = await run(...SYMBOLS());
  expect(complaints.at(-1)).toMatch(/^hlt.*: 5 instructions .*, at halt\+0x2$/);
  const { output } = await run(...SYMBOLS(), '--json');
  expect((JSON.parse(output) as RunReport).vcpus[0]?.place).toBe('halt+0x2');
});

test('and names the places of a trace', async () => {
  await run(...SYMBOLS(), '--trace-file', fileOf('trace'), '--trace-filter', `code ${ORIGIN + 2}, port 0x80`);
  const lines = readFileSync(fileOf('trace'), 'utf8').trim().split('\n').slice(1);
  expect(lines.map((line) => line.split(/ {2,}/).slice(-2))).toEqual([
    [expect.stringMatching(/nop|xchg/), 'start+0x2 (kernel.c:2)'],
    ['an 8-bit write of port 0x80', 'halt (kernel.c:4)'],
  ]);
});

test.each([
  [['--symbols', 'text'], /^--symbols: text holds no symbols: expected a 32-bit ELF file/],
  [['--symbols', 'none'], /^--symbols: none cannot be read: there is no such file\.$/],
  [['--symbols-offset', '4'], /^--symbols-offset: there is no symbol file\. Name it with --symbols/],
  [['--symbols', 'vmlinux', '--symbols-offset', '0x100000000'], /^--symbols-offset 0x100000000: expected a number/],
])('%j is a mistake', async (options, message) => {
  const placed = options.map((each, index) => (index === 1 && options[0] === '--symbols' ? fileOf(each) : each));
  const { status, complaints } = await run(...placed);
  expect(status).toBe(2);
  expect(complaints.join('\n')).toMatch(message);
});
