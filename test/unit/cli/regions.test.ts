import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../../../src-main/cli/commandLine.ts';
import type { RunReport } from '../../../src-main/cli/runReport.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { TestTerminal } from '../../support/cli/TestTerminal.ts';

const LOOP = `bits 16
  org 0x7c00
  mov cx, 40000
  again: add ax, cx
  dec cx
  jnz again
  hlt
`;

let folder = '';
beforeAll(async () => {
  // Generated once a process, which takes a busy host its time.
  await compileThreadedHandlers();
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium-regions-'));
  writeFileSync(path.join(folder, 'loop.asm'), LOOP);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...options: string[]): Promise<{ report: RunReport; complaints: string }> {
  const terminal = new TestTerminal();
  await runCommandLine(['run', path.join(folder, 'loop.asm'), '--json', ...options], terminal);
  return { report: JSON.parse(terminal.output) as RunReport, complaints: terminal.complaints.join('\n') };
}

test('--json tells what each region did', async () => {
  const { stats } = (await run('--tier', 'region', '--clock', 'instructions')).report;
  expect(stats.tiers.threaded + stats.tiers.region).toBe(stats.instructions);
  expect(stats.tiers.regions).toBe(1);
  const [region] = stats.regions[0].hottest;
  expect(region).toMatchObject({ entry: '0x00007c03', lowest: '0x00007c03', highest: '0x00007c07', blocks: 1 });
  expect(region.guestInstructions).toBe(3);
  expect(region.instructions).toBe(stats.tiers.region);
  const left = Object.values(region.exits).reduce((sum, times) => sum + times, 0);
  expect(left).toBe(region.entries);
});

test('--trace regions shows guest code and its WebAssembly as a region is made', async () => {
  const { complaints } = await run('--tier', 'region', '--trace', 'regions');
  expect(complaints).toMatch(
    /^;; region 1: entry 00007c03, guest code 00007c03\.\.00007c07\n;; 1 block, 3 instructions; /,
  );
  expect(complaints).toContain(';; 00007c05 dec cx');
  expect(complaints).toContain('(br $loop.7c03)');
});

test('--trace code lists at the end what was entered most, with its records', async () => {
  const { complaints } = await run('--tier', 'threaded', '--trace', 'code');
  expect(complaints).toMatch(/;; block 00007c03: real mode, runs by records\n00007c03 +01c8 +add ax, cx +add r16 r16 /);
});

test('the threaded tier alone makes no regions', async () => {
  const { stats } = (await run('--tier', 'threaded')).report;
  expect(stats.tiers).toMatchObject({ region: 0, regions: 0, threaded: stats.instructions });
  expect(stats.regions).toEqual([]);
});
