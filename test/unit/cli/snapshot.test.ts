import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runCommandLine } from '../../../src-main/cli/commandLine.ts';
import { TestTerminal } from '../../support/cli/TestTerminal.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium snapshot '));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
}

async function command(...args: string[]): Promise<{ status: number; output: string; complaints: string }> {
  const terminal = new TestTerminal();
  const status = await runCommandLine(args, terminal);
  return { status, output: terminal.output, complaints: terminal.complaints.join('\n') };
}

const reportSchema = z.looseObject({ exit: z.unknown(), vcpus: z.unknown(), screen: z.unknown(), serial: z.string() });

function essence(output: string): unknown {
  const { exit, vcpus, screen } = reportSchema.parse(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''));
  return { exit, vcpus, screen };
}

/** Writes a sector of drive A and reads it back later, and counts meanwhile. */
const SOURCE = `
      xor ax, ax
      mov es, ax
      mov ds, ax
      mov bx, 0x600
      mov word [bx], 0x5a5a
      mov ax, 0x0301
      mov cx, 2
      mov dx, 0
      int 0x13
      mov word [0x600], 0
      mov ecx, 200000
count: inc dword [0x700]
      dec ecx
      jnz count
      mov ax, 0x0201
      mov cx, 2
      mov dx, 0
      mov bx, 0x600
      int 0x13
      mov ax, [0x600]
      mov ebx, [0x700]
      cli
      hlt`;

test('a machine that goes on from a snapshot ends as one that ran through, its diskette included', async () => {
  const program = file('count.asm', SOURCE);
  const floppy = file('disk.img', new Uint8Array(1_474_560));
  const run = ['--floppy', floppy, '--clock', 'instructions', '--memory', '4M', '--json'];
  const whole = await command('run', program, ...run, '--overlay');
  const out = path.join(folder, 'middle.snap');
  const half = await command('snapshot', program, ...run, '--max-instructions', '300K', '--out', out);
  expect([half.status, half.complaints]).toEqual([4, '']);
  const rest = await command('restore', out, '--json');
  expect(rest.complaints).toBe('');
  expect(essence(rest.output)).toEqual(essence(whole.output));
  expect(rest.status).toBe(0);
  expect(readFileSync(floppy).every((byte) => byte === 0)).toBe(true);
});

describe('snapshots that cannot be restored', () => {
  let good: Buffer;

  beforeAll(async () => {
    const out = path.join(folder, 'small.snap');
    await command('snapshot', file('small.asm', 'cli\nhlt'), '--memory', '1M', '--out', out, '--json');
    good = readFileSync(out);
  });

  test('damaged bytes are refused with their place', async () => {
    for (let at = 0; at < good.length; at += Math.ceil(good.length / 60)) {
      const damaged = Uint8Array.from(good);
      damaged[at] = (damaged[at] ?? 0) ^ 0x04;
      const { status, output, complaints } = await command('restore', file('bad.snap', damaged));
      expect([at, status, output]).toEqual([at, 2, '']);
      expect(complaints).toMatch(/bad\.snap is no snapshot that can be restored: its? .*(byte|kind|should have)/);
    }
  });

  test('whose disk has changed', async () => {
    const image = file('large.img', new Uint8Array(5 << 20));
    const out = path.join(folder, 'large.snap');
    await command('snapshot', path.join(folder, 'small.asm'), '--hda', image, '--read-only', '--out', out, '--json');
    file('large.img', new Uint8Array(5 << 20).fill(1));
    expect((await command('restore', out)).complaints).toMatch(
      /large\.img has changed since the snapshot was made: its SHA/,
    );
  });

  test('a recording is no snapshot', async () => {
    const out = path.join(folder, 'small.rec');
    await command('record', path.join(folder, 'small.asm'), '--out', out, '--json');
    expect((await command('restore', out)).complaints).toMatch(/it is a file of another kind, "RECD"/);
  });
});
