import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../../../src-main/cli/commandLine.ts';
import type { RunReport } from '../../../src-main/cli/runReport.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { TestTerminal } from '../../support/cli/TestTerminal.ts';

/** Catches a division by zero, calls an interrupt of its own, writes a port twice, and sets the machine check bit of CR0. */
const EVENTS = `bits 16
  org 0x7c00
  xor ax, ax
  mov ds, ax
  mov word [0], skip
  mov word [2], ax
  mov word [0x60*4], back
  mov word [0x60*4+2], ax
  div al
again:
  mov ax, 0x1234
  int 0x60
  mov al, 'V'
  out 0x80, al
  in al, 0x61
  mov eax, cr0
  or al, 2
  mov cr0, eax
  cli
  hlt
skip:
  mov bp, sp
  mov word [bp], again
back:
  iret
`;

/** Interrupts without end, some 70 bytes a line. */
const STORM = `bits 16
  org 0x7c00
  xor ax, ax
  mov ds, ax
  mov word [0x60*4], back
  mov word [0x60*4+2], ax
  mov cx, 30000
again:
  int 0x60
  loop again
  hlt
back:
  iret
`;

let folder = '';
beforeAll(async () => {
  // Generated once a process, which takes a busy host its time.
  await compileThreadedHandlers();
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium-trace-'));
  writeFileSync(path.join(folder, 'events.asm'), EVENTS);
  writeFileSync(path.join(folder, 'storm.asm'), STORM);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Traced {
  readonly status: number;
  readonly complaints: string;
  readonly report: RunReport;
  /** Without the heading. */
  readonly lines: readonly string[];
}

const traceFile = (): string => path.join(folder, 'trace.txt');

async function run(program: string, ...options: string[]): Promise<Traced> {
  rmSync(traceFile(), { force: true });
  const terminal = new TestTerminal();
  const given = ['run', path.join(folder, program), '--json', '--clock', 'instructions', ...options];
  const status = await runCommandLine(given, terminal);
  const text = existsSync(traceFile()) ? readFileSync(traceFile(), 'utf8') : '';
  return {
    status,
    complaints: terminal.complaints.join('\n'),
    report: (terminal.output === '' ? {} : JSON.parse(terminal.output)) as RunReport,
    lines: text.split('\n').slice(1, -1),
  };
}

const trace = (program: string, ...options: string[]): Promise<Traced> =>
  run(program, '--trace-file', traceFile(), ...options);

/** What happened, without when and where. */
const eventsOf = ({ lines }: Traced): string[] => lines.map((line) => line.trim().split(/ {2,}/)[4] ?? '');

test('interrupts, exceptions and control registers are traced unless a filter says otherwise', async () => {
  expect(eventsOf(await trace('events.asm'))).toEqual([
    expect.stringMatching(/^#DE, at 0x7c1/),
    expect.stringMatching(/^interrupt 0x60, by INT n; it returns to 0x7c/),
    expect.stringMatching(/^a load of CR0: 0x[0-9a-f]+$/),
  ]);
});

test('a line tells how far the machine was, where it goes on, and EAX', async () => {
  const { lines } = await trace('events.asm', '--trace-filter', 'port 0x80 write');
  expect(lines).toEqual([
    expect.stringMatching(/^ +\d+ +\d+ {2}00007c[0-9a-f]{2} {2}00001256 {2}an 8-bit write of port 0x80$/),
  ]);
});

test('a filter names several events', async () => {
  expect(
    eventsOf(await trace('events.asm', '--trace-filter', 'port 0x60-0x64 read, exception #de,interrupt 0x61')),
  ).toEqual([expect.stringMatching(/^#DE/), 'an 8-bit read of port 0x61']);
});

test('every instruction of a piece of code is traced, where a filter names that', async () => {
  const { lines } = await trace('events.asm', '--trace-filter', 'code 0x7c16-0x7c1a, exception any');
  expect(lines.map((line) => line.trim().split(/ {2,}/).slice(2, 5))).toEqual([
    ['00007c16', '00000000', 'div al'],
    ['00007c2d', '00000000', expect.stringMatching(/^#DE/)],
    ['00007c18', '00000000', 'mov ax, 0x1234'],
  ]);
});

test('a run of which every instruction is traced is the run without a trace', async () => {
  const plain = await run('storm.asm', '--max-instructions', '5000');
  const traced = await trace('storm.asm', '--max-instructions', '5000', '--trace-filter', 'code 0x7c00-0x7cff');
  expect(traced.lines).toHaveLength(5000);
  expect(traced.report.vcpus).toEqual(plain.report.vcpus);
});

test('a traced run is the run without a trace', async () => {
  const plain = await run('storm.asm');
  const traced = await trace('storm.asm');
  expect(traced.lines).toHaveLength(30_000);
  expect(traced.report.vcpus).toEqual(plain.report.vcpus);
  expect(traced.report.stats.instructions).toBe(plain.report.stats.instructions);
});

test('a run ends at its instruction limit though it is traced', async () => {
  const { report } = await trace('storm.asm', '--max-instructions', '10000');
  expect(report.exit.reason).toBe('max-instructions');
  expect(report.stats.instructions).toBe(10_000);
});

test('a full trace file is said, and the machine goes on', async () => {
  const { status, complaints, report } = await trace('storm.asm', '--trace-size', '1M');
  expect(status).toBe(0);
  expect(report.exit.reason).toBe('hlt');
  expect(complaints).toMatch(
    /^--trace-file: .*trace\.txt is full after \d+ instructions; the machine goes on untraced\./,
  );
  expect(statSync(traceFile()).size).toBeLessThanOrEqual(1024 * 1024);
});

test.each([
  [
    ['--trace-filter', 'mode'],
    '--trace-filter: nothing is traced. Say with --trace-file where to, or leave --trace-filter out.',
  ],
  [
    ['--trace-file', '/no/such/trace', '--trace-size', '3'],
    /^--trace-file: .*cannot be written: its folder does not exist/,
  ],
  [['--trace-file', 'x', '--trace-size', '1K'], '--trace-size 1K: expected a size from 1M to 2G, such as 64M.'],
  [
    ['--trace-file', 'x', '--trace-filter', 'mode,prot 3'],
    /^--trace-filter "prot 3": expected, separated by commas: port/,
  ],
  [
    ['--trace-file', 'x', '--trace-filter', 'code 0x0-0xfffff'],
    /^--trace-filter "code 0x0-0xfffff": 1048576 bytes of code are too many to trace; choose 65536 at most\.$/,
  ],
  [['--trace-file', 'x', '--gdb', '0'], /^--trace-file: with --gdb, events are caught by gdb alone/],
])('%j is a mistake', async (options, message) => {
  const { status, complaints } = await run('events.asm', ...options);
  expect(status).toBe(2);
  expect(complaints).toMatch(message);
});
