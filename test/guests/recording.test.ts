import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../../src-main/cli/commandLine.ts';
import { TestTerminal } from '../support/cli/TestTerminal.ts';
import { guestPath, isWithout, QUICK, TIMEOUT_MS } from './guest.ts';

/** Into the middle of the kernel's start: paging, timers, interrupts, most of its drivers. */
const INSTRUCTIONS = '200M';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium guest '));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function reportOf(...args: readonly string[]): Promise<unknown> {
  const terminal = new TestTerminal();
  await runCommandLine([...args, '--json'], terminal);
  expect(terminal.complaints).toEqual([]);
  const { exit, serial, stats, digest } = JSON.parse(terminal.output.trimEnd().split('\n').at(-1) ?? '') as {
    readonly exit: unknown;
    readonly serial: string;
    readonly stats: { readonly instructions: number };
    readonly digest: string;
  }; // As `run` documents it.
  return { exit, serial, instructions: stats.instructions, digest };
}

test.skipIf(isWithout('vmlinux-686', 'initrd.cpio')).each(['threaded', 'region'])(
  'Debian’s kernel, recorded while it starts, comes to the same end in the %s tier',
  { timeout: TIMEOUT_MS },
  async (tier) => {
    const recording = path.join(folder, 'linux.recording');
    const start = ['--initrd', guestPath('initrd.cpio'), '--append', `console=ttyS0 ${QUICK}`, '--memory', '64M'];
    const limits = ['--max-instructions', INSTRUCTIONS, '--out', recording];
    const recorded = await reportOf('record', guestPath('vmlinux-686'), ...start, ...limits);
    expect(recorded).toMatchObject({ instructions: 200_000_000, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await reportOf('replay', recording, '--tier', tier)).toEqual(recorded);
  },
);
