import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../src-main/cli/commandLine.ts';
import type { RunReport } from '../../../src-main/cli/runReport.ts';
import { TestTerminal } from '../../support/cli/TestTerminal.ts';

/** `vivarium run` on the real engine, as a user calls it. */

const HELLO = `
bits 16
org 0x7c00
  mov si, text
  mov dx, 0x3f8
next: lodsb
  test al, al
  jz done
  out dx, al
  jmp next
done: hlt
text: db "Hello, glass!", 10, 0
`;
const SPIN = 'bits 16\norg 0x7c00\nspin: inc eax\njmp spin\n';
/** Sends back what it receives, by polling. */
const ECHO = `
bits 16
org 0x7c00
poll: mov dx, 0x3fd
  in al, dx
  test al, 1
  jz poll
  mov dx, 0x3f8
  in al, dx
  out dx, al
  jmp poll
`;
/** Writes the scan codes of keys to port 190h until Escape. */
const KEYS = `
bits 16
org 0x7c00
poll: in al, 0x64
  test al, 1
  jz poll
  in al, 0x60
  mov dx, 0x190
  out dx, al
  cmp al, 1
  jne poll
  hlt
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium run '));
});
afterAll(() => rmSync(folder, { recursive: true }));

function place(name: string): string {
  return path.join(folder, name);
}

function file(name: string, content: string): string {
  writeFileSync(place(name), content);
  return place(name);
}

interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly complaints: string;
}

async function run(args: readonly string[], terminal = new TestTerminal()): Promise<Outcome> {
  const status = await runCommandLine(['run', ...args], terminal);
  return { status, output: terminal.output, complaints: terminal.complaints.join('\n') };
}

async function runJson(...args: string[]): Promise<{ status: number; report: RunReport; before: string[] }> {
  const { status, output } = await run([...args, '--json']);
  const lines = output.trimEnd().split('\n');
  return { status, report: JSON.parse(lines.pop() ?? ''), before: lines };
}

describe('output', () => {
  test('serial goes to standard output, the summary to standard error', async () => {
    const { status, output, complaints } = await run([file('hello.asm', HELLO)]);
    expect(status).toBe(0);
    expect(output).toBe('Hello, glass!\n');
    expect(complaints).toMatch(/^hlt \(interrupts are off\): \d+ instructions in [\d.]+ s, [\d.]+ MIPS$/);
  });

  test('serial can go to a file or nowhere', async () => {
    const silent = await run([file('hello.asm', HELLO), '--serial', place('serial.txt')]);
    expect(silent.output).toBe('');
    expect(readFileSync(place('serial.txt'), 'utf8')).toBe('Hello, glass!\n');
    expect((await run([file('hello.asm', HELLO), '--serial', 'none'])).output).toBe('');
  });

  test('the report has the agreed shape', async () => {
    const { status, report } = await runJson(file('hello.asm', HELLO));
    expect(status).toBe(0);
    expect(Object.keys(report)).toEqual(['exit', 'vcpus', 'serial', 'screen', 'stats', 'parallel', 'debug', 'post']);
    expect(report.exit).toEqual({ reason: 'hlt', detail: 'interrupts are off' });
    expect(report.serial).toBe('Hello, glass!\n');
    expect(report.screen).toHaveLength(25);
    expect(report.vcpus).toMatchObject([
      { id: 0, mode: 'real', registers: { eax: '0x00000000', edx: '0x000003f8', cs: '0x0000', cr0: '0x00000010' } },
    ]);
    expect(Object.keys(report.vcpus[0]?.registers ?? {})).toEqual(
      expect.arrayContaining(['ebx', 'ecx', 'esi', 'edi', 'ebp', 'esp', 'eip', 'eflags', 'ds', 'es', 'fs', 'gs', 'ss']),
    );
    expect(report.stats.exits).toMatchObject({ pio: 14, halt: 1 });
    const { threaded, region } = report.stats.tiers;
    expect(threaded + region).toBe(report.stats.instructions);
  });

  test('with --serial stdio the object is still the last line', async () => {
    const { report, before } = await runJson(file('noline.asm', HELLO.replace(', 10, 0', ', 0')), '--serial', 'stdio');
    expect(before).toEqual(['Hello, glass!']);
    expect(report.exit.reason).toBe('hlt');
  });

  test('logged ports print a line a byte', async () => {
    const source = 'bits 16\nmov dx, 0x190\nmov ax, 0x12ff\nout dx, ax\nout 0x80, al\nhlt\n';
    const { output } = await run([file('log.asm', source), '--log-port', '0x190,0x80']);
    expect(output).toBe('port 0x190: 0xff\nport 0x80: 0xff\n');
  });

  test('the screen is saved as text and as a picture', async () => {
    const source = 'bits 16\nmov ax, 0xb800\nmov ds, ax\nmov word [0], 0x4f40\nmov word [160], 0x0742\nhlt\n';
    await run([file('screen.asm', source), '--screen', place('screen.txt')]);
    expect(readFileSync(place('screen.txt'), 'utf8').split('\n').slice(0, 3)).toEqual(['@', 'B', '']);
    await run([file('screen.asm', source), '--screen', place('screen.png')]);
    const png = PNG.sync.read(readFileSync(place('screen.png')));
    expect([png.width, png.height]).toEqual([720, 400]);
    expect([...png.data.subarray(0, 4)]).toEqual([170, 0, 0, 255]);
  });
});

test.skipIf(process.platform !== 'linux')('a screen that cannot be kept does not lose the report', async () => {
  symlinkSync('/dev/full', place('full.txt'));
  const terminal = new TestTerminal();
  const args = [file('hello.asm', HELLO), '--json', '--screen', place('full.txt')];
  const { status, output, complaints } = await run(args, terminal);
  expect(status).toBe(2);
  expect(complaints).toMatch(/^--screen: .*full\.txt cannot be written: the disk is full\.$/);
  expect((JSON.parse(output) as RunReport).exit.reason).toBe('hlt');
});

describe('what ends a run', () => {
  test('a text on the serial line, at once', async () => {
    const { status, report } = await runJson(file('hello.asm', HELLO), '--until', 'Hello');
    expect(status).toBe(0);
    expect(report.exit.reason).toBe('until');
    expect(report.serial).toBe('Hello');
  });

  test('a text on the screen', async () => {
    const source = 'bits 16\nmov ax, 0xb800\nmov ds, ax\nmov word [0], 0x074f\nmov word [2], 0x074b\njmp $\n';
    const { status, report } = await runJson(file('ok.asm', source), '--until', 'OK', '--timeout', '20');
    expect([status, report.exit.reason, report.screen[0]]).toEqual([0, 'until', 'OK']);
  });

  test('time', async () => {
    const { status, report } = await runJson(file('spin.asm', SPIN), '--timeout', '0.2');
    expect([status, report.exit.reason]).toEqual([4, 'timeout']);
    expect(report.stats.seconds).toBeGreaterThanOrEqual(0.2);
  });

  test('exactly so many instructions', async () => {
    const { status, report } = await runJson(file('spin.asm', SPIN), '--max-instructions', '1234567');
    expect([status, report.exit.reason, report.stats.instructions]).toEqual([4, 'max-instructions', 1_234_567]);
    expect(report.vcpus[0]?.registers['eax']).toBe(`0x${(617_284).toString(16).padStart(8, '0')}`);
  });

  test('a triple fault', async () => {
    const source = 'bits 16\norg 0x7c00\nlidt [zero]\nint 3\nzero: dw 0, 0, 0\n';
    const { status, report } = await runJson(file('triple.asm', source));
    expect([status, report.exit.reason]).toEqual([3, 'shutdown']);
    expect(report.exit.detail).toMatch(/triple fault/);
  });

  test('the guest’s own power-off, and the exit port', async () => {
    const off = await runJson(file('off.asm', 'bits 16\nmov dx, 0x604\nmov ax, 0x2000\nout dx, ax\njmp $\n'));
    expect([off.status, off.report.exit.reason]).toEqual([0, 'poweroff']);
    const code = 'bits 16\nmov eax, 17\nmov dx, 0xf4\nout dx, eax\njmp $\n';
    const exit = await runJson(file('code.asm', code), '--exit-port', '0xf4');
    expect([exit.status, exit.report.exit]).toEqual([0, { reason: 'poweroff', detail: '17' }]);
  });

  test('waiting for what nobody can send', async () => {
    const source = `bits 16\norg 0x7c00\nmov al, 0x13\nout 0x20, al\nmov al, 8\nout 0x21, al\nmov al, 1\nout 0x21, al
      mov al, 0x30\nout 0x43, al ; the BIOS' clock stops
      sti\nwait: hlt\njmp wait\n`;
    const { status, report } = await runJson(file('wait.asm', source));
    expect([status, report.exit.reason]).toEqual([0, 'hlt']);
  });

  test('a reset by the guest, where none is wanted', async () => {
    const source = 'bits 16\nmov dx, 0xcf9\nmov al, 6\nout dx, al\njmp $\n';
    const { status, report } = await runJson(file('reboot.asm', source), '--no-reboot');
    expect([status, report.exit.reason]).toEqual([0, 'reset']);
  });

  test('a guest that resets itself starts again', async () => {
    const source = 'bits 16\nmov dx, 0x3f8\nmov al, 0x2e\nout dx, al\nmov al, 0xfe\nout 0x64, al\njmp $\n';
    const { report } = await runJson(file('reset.asm', source), '--until', '...');
    expect(report.serial).toBe('...');
  });

  test.each([
    ['SIGINT', 130, 'ended by SIGINT'],
    ['SIGTERM', 143, 'ended by SIGTERM'],
    ['EPIPE', 141, 'standard output or error was closed (EPIPE)'],
  ] as const)('%s', async (signal, expected, detail) => {
    const terminal = new TestTerminal();
    terminal.onListen = () => setTimeout(() => terminal.send(signal), 100);
    const { status, output } = await run([file('spin.asm', SPIN), '--json', '--serial', 'stdio'], terminal);
    expect(status).toBe(expected);
    expect((JSON.parse(output) as RunReport).exit).toEqual({ reason: 'error', detail });
  });

  test('Ctrl-C at a terminal', async () => {
    const terminal = new TestTerminal({ isTerminal: true });
    terminal.onListen = () => setTimeout(() => terminal.type('\x03'), 100);
    const { status, complaints } = await run([file('echo.asm', ECHO)], terminal);
    expect(status).toBe(130);
    expect(complaints).toMatch(/^error \(ended by SIGINT\)/);
  });
});

describe('input', () => {
  test('standard input is the serial line’s', async () => {
    const terminal = new TestTerminal();
    terminal.onListen = () => terminal.type('abc');
    const { output } = await run([file('echo.asm', ECHO), '--until', 'abc'], terminal);
    expect(output).toBe('abc\n');
  });

  test('more than all buffers on the way arrives whole', async () => {
    const terminal = new TestTerminal();
    const text = `${'0123456789abcdef'.repeat(200)}END`;
    terminal.onListen = () => terminal.type(text);
    const { output } = await run([file('echo.asm', ECHO), '--until', 'END', '--clock', 'instructions'], terminal);
    expect(output).toBe(`${text}\n`);
  }, 60_000);

  test('Ctrl-A x leaves at a terminal', async () => {
    const terminal = new TestTerminal({ isTerminal: true });
    terminal.onListen = () => setTimeout(() => terminal.type('\x01x'), 100);
    const { status, complaints } = await run([file('echo.asm', ECHO)], terminal);
    expect(status).toBe(0);
    expect(complaints).toMatch(/ended at the console/);
  });

  test('keys are typed when the guest looks for them', async () => {
    const { output } = await run([file('keys.asm', KEYS), '--keys', 'aB{f1}\\e', '--log-port', '0x190']);
    expect(output.match(/0x..$/gm)?.join(' ')).toBe('0x1e 0x9e 0x2a 0x30 0xb0 0xaa 0x3b 0xbb 0x01');
  });
});

test('by the instruction clock two runs report the same', async () => {
  const args = [file('keys.asm', KEYS), '--keys', 'x\\e', '--clock', 'instructions'];
  const [first, second] = [await runJson(...args), await runJson(...args)];
  expect(second.report.vcpus).toEqual(first.report.vcpus);
  expect(second.report.stats.instructions).toBe(first.report.stats.instructions);
  expect(second.report.stats.exits['pio']).toBe(first.report.stats.exits['pio']);
});
