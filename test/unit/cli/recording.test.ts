import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runCommandLine } from '../../../src-main/cli/commandLine.ts';
import { TestTerminal } from '../../support/cli/TestTerminal.ts';

const PROGRAMS = fileURLToPath(new URL('../../../resources/programs', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium recording '));
});
afterAll(() => rmSync(folder, { recursive: true }));

const reportSchema = z.looseObject({
  exit: z.object({ reason: z.string(), detail: z.string() }),
  vcpus: z.array(z.unknown()),
  serial: z.string(),
  screen: z.array(z.string()),
  stats: z.looseObject({ instructions: z.number() }),
  digest: z.string(),
});
type Report = z.infer<typeof reportSchema>;

const place = (name: string): string => path.join(folder, name);

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(place(name), content);
  return place(name);
}

async function command(
  args: readonly string[],
  typed = '',
): Promise<{ status: number; output: string; complaints: string }> {
  const terminal = new TestTerminal();
  if (typed !== '') {
    terminal.onListen = () => {
      terminal.type(typed);
      terminal.endInput();
    };
  }
  const status = await runCommandLine(args, terminal);
  return { status, output: terminal.output, complaints: terminal.complaints.join('\n') };
}

function reportOf(output: string): Report {
  return reportSchema.parse(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''));
}

/** What two runs have to agree in. */
function essence({ exit, vcpus, serial, screen, stats, digest }: Report): unknown {
  return { exit, vcpus, serial, screen, instructions: stats.instructions, digest };
}

async function recordAndReplay(
  args: readonly string[],
  typed = '',
  replayArgs: readonly string[] = [],
): Promise<Report> {
  const out = place('run.rec');
  const recorded = await command(['record', ...args, '--out', out, '--json'], typed);
  expect(recorded.complaints).toBe('');
  const replayed = await command(['replay', out, '--json', ...replayArgs]);
  expect(replayed.complaints).toBe('');
  expect(essence(reportOf(replayed.output))).toEqual(essence(reportOf(recorded.output)));
  expect(replayed.status).toBe(recorded.status);
  return reportOf(replayed.output);
}

const sample = (name: string): string => path.join(PROGRAMS, name);

describe('a replay ends as the recorded run did', () => {
  test('a program that halts', async () => {
    const { exit, digest } = await recordAndReplay([sample('arithmetic.asm')]);
    expect(exit.reason).toBe('hlt');
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test('bytes that came over the serial port, in the middle', async () => {
    const source = `mov dx, 0x3fd
next: in al, dx
      test al, 1
      jz next
      mov dx, 0x3f8
      in al, dx
      out dx, al
      mov dx, 0x3fd
      jmp next`;
    const args = [file('serial.asm', source), '--serial', 'stdio', '--max-instructions', '500K'];
    const { serial } = await recordAndReplay(args, 'Vivarium\r');
    expect(serial).toMatch(/^Viv/);
  });

  test('keys, typed when the guest waits for them', async () => {
    const source = 'mov di, 0x500\nnext: mov ah, 0\nint 0x16\nmov [di], ax\nadd di, 2\ncmp al, 13\njne next\ncli\nhlt';
    await recordAndReplay([file('keys.asm', source), '--keys', 'abc{wait 40}d\\r']);
  });

  test('a guest that resets its machine, and one that faults three times', async () => {
    const reset = 'inc byte [0x500]\nmov si, 0x472\nin al, 0x64\nmov al, 0xfe\nout 0x64, al\nhlt';
    await recordAndReplay([file('reset.asm', reset), '--memory', '2M', '--max-instructions', '100']);
    expect((await recordAndReplay([sample('rogue-triple.asm'), '--max-instructions', '3M'])).exit.reason).toMatch(
      /shutdown|max/,
    );
  });

  test.each(['threaded', 'region'])('recorded in one tier and replayed in the %s tier', async (tier) => {
    const other = tier === 'region' ? 'threaded' : 'region';
    const args = [sample('primes.asm'), '--tier', other, '--max-instructions', '1500000'];
    await recordAndReplay(args, '', ['--tier', tier]);
  });

  test('a text that ends the run, with an include and a diskette, from files that are gone', async () => {
    const source = file('main.asm', '%include "part.inc"\nmov dx, 0x3f8\nmov al, "!"\nout dx, al\njmp $');
    file('part.inc', 'mov ax, 0x0301\nmov cx, 2\nmov dx, 0\nmov bx, 0x7c00\nint 0x13\n');
    const floppy = file('disk.img', new Uint8Array(1_474_560));
    const out = place('gone.rec');
    const args = ['record', source, '--floppy', floppy, '--until', '!', '--out', out, '--json'];
    const recorded = await command(args);
    expect(readFileSync(floppy).every((byte) => byte === 0)).toBe(true);
    for (const gone of [source, place('part.inc'), floppy]) unlinkSync(gone);
    const replayed = await command(['replay', out, '--json']);
    expect(replayed.complaints).toBe('');
    expect(essence(reportOf(replayed.output))).toEqual(essence(reportOf(recorded.output)));
    expect(reportOf(replayed.output).exit.reason).toBe('until');
  });
});

describe('a replay goes to any place of the run', () => {
  const source = 'xor ax, ax\nmov ds, ax\nmov cx, 9\nnext: mov [0x600], cl\nloop next\nmov ax, 0x1234\ncli\nhlt';
  const registersOf = ({ vcpus }: Report): unknown =>
    z.looseObject({ registers: z.looseObject({ eax: z.string(), ecx: z.string() }) }).parse(vcpus[0]).registers;

  test('to an instruction, and to before the last write to an address', async () => {
    const out = place('places.rec');
    await command(['record', file('places.asm', source), '--out', out, '--json']);
    const at = reportOf((await command(['replay', out, '--at', '5', '--json'])).output);
    expect(at.exit.detail).toMatch(/^behind instruction 5 of \d+$/);
    expect(registersOf(at)).toMatchObject({ ecx: '0x00000008' });
    const write = reportOf((await command(['replay', out, '--last-write', '0x600', '--json'])).output);
    expect(write.exit.detail).toMatch(/^before instruction 20, the last that writes to 0x600$/);
    expect(registersOf(write)).toMatchObject({ ecx: '0x00000001' });
    const never = reportOf((await command(['replay', out, '--last-write', '0x700', '--json'])).output);
    expect(never.exit.detail).toBe('at the start: nothing writes to 0x700 in this run');
  });
});

describe('recordings that cannot be replayed', () => {
  test('each damaged byte is refused, before anything runs', async () => {
    const out = place('small.rec');
    await command(['record', file('small.asm', 'cli\nhlt'), '--out', out, '--json']);
    const good = readFileSync(out);
    for (let at = 0; at < good.length; at += 7) {
      const damaged = Uint8Array.from(good);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      const { status, output, complaints } = await command(['replay', file('bad.rec', damaged)]);
      expect([at, status, output]).toEqual([at, 2, '']);
      expect(complaints).toMatch(/bad\.rec is no recording that can be replayed: its? .*(byte|kind|should have)/);
    }
  });

  test('a large image that is missing, or another, is named', async () => {
    const image = file('large.img', new Uint8Array(5 << 20));
    const out = place('large.rec');
    await command(['record', file('small.asm', 'cli\nhlt'), '--hda', image, '--out', out, '--json']);
    copyFileSync(image, place('copy.img'));
    writeFileSync(image, new Uint8Array(5 << 20).fill(1));
    expect((await command(['replay', out])).complaints).toMatch(
      /large\.img has changed since the recording was made: its SHA-256/,
    );
    unlinkSync(image);
    expect((await command(['replay', out])).complaints).toMatch(/large\.img cannot be read: there is no such file\./);
    copyFileSync(place('copy.img'), image);
    expect((await command(['replay', out, '--json'])).status).toBe(0);
  });

  test('a place that cannot be written is refused before the run', async () => {
    const { status, complaints } = await command(['record', 'x.asm', '--out', path.join(folder, 'none', 'x.rec')]);
    expect(status).toBe(2);
    expect(complaints).toMatch(/^--out: .*x\.rec cannot be written: its folder does not exist\./);
    expect(existsSync(place('none'))).toBe(false);
  });
});
