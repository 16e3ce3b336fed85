import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { MadeRegion } from '../../../../src-main/engine/accelerators/translate/index.ts';
import { ThreadedRegionCompiler } from '../../../../src-main/hypervisor/regionCompiler/ThreadedRegionCompiler.ts';
import { AT, enterMode } from '../../../support/engine/machineModes.ts';
import { createTestMachine, machineCode } from '../../../support/engine/TestMachine.ts';
import { bundle } from '../../../support/hypervisor/bundle.ts';

const LOOP = machineCode('again: add eax, ecx\nxor ebx, eax\ndec ecx\njnz again\nhlt', 32);
const ROUNDS = 1000;
const SPACING = 0x40;
const LONGEST_MS = 15_000;

let script = '';
beforeAll(async () => {
  script = await bundle(path.resolve('src-main/hypervisor/regionCompiler/compilerThread.ts'));
});

test('regions come from another thread while this one never returns to its event loop', () => {
  const made: MadeRegion[] = [];
  const compiler = new ThreadedRegionCompiler(script, { startAfterMs: 0 });
  const regions = { compiler, onMade: (region: MadeRegion) => void made.push(region) };
  const machine = createTestMachine({ regionThreshold: 20, regions });
  enterMode(machine, 'flat32');
  const runLoop = (address: number): void => {
    machine.state.eip = address;
    machine.state.setRegister(1, ROUNDS);
    machine.processor.stateChanged();
    machine.run(4 * ROUNDS);
  };
  const compiling = (): number => machine.processor.regionStatistics?.compiling ?? 0;
  // New loops get hot one after the other: the first is compiled in place and starts the thread, which has one in the end.
  const deadline = Date.now() + LONGEST_MS;
  let address: number = AT.code;
  for (; compiling() === 0 && Date.now() < deadline; address += SPACING) {
    machine.load(address, LOOP);
    runLoop(address);
  }
  expect(compiling()).toBe(1);
  const last = address - SPACING;
  while (compiling() > 0 && Date.now() < deadline) runLoop(last);
  expect(made.at(-1)?.figures).toMatchObject({ entry: last, guestInstructions: 4 });
  const before = machine.processor.regionStatistics?.instructions ?? 0;
  runLoop(last);
  expect(machine.processor.regionStatistics?.instructions).toBeGreaterThan(before + 3 * ROUNDS);
});

test('jobs of a thread that dies fail, though this one never returns to its event loop', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-'));
  const dying = path.join(folder, 'dying.cjs');
  writeFileSync(
    dying,
    `const { port, signal } = require('node:worker_threads').workerData;
     port.on('message', () => process.exit());
     Atomics.store(new Int32Array(signal), 0, 1);`,
  );
  const compiler = new ThreadedRegionCompiler(dying, { startAfterMs: 0, longestSilenceMs: 200 });
  const machine = createTestMachine({ regionThreshold: 20, regions: { compiler } });
  enterMode(machine, 'flat32');
  const statistics = (): { regions: number; compiling: number } =>
    machine.processor.regionStatistics ?? { regions: 0, compiling: 0 };
  let address: number = AT.code;
  const runNewLoop = (): void => {
    machine.load((address += SPACING), LOOP);
    machine.state.eip = address;
    machine.state.setRegister(1, ROUNDS);
    machine.processor.stateChanged();
    machine.run(4 * ROUNDS);
  };
  const deadline = Date.now() + LONGEST_MS;
  while (statistics().compiling === 0 && Date.now() < deadline) runNewLoop();
  expect(statistics().compiling).toBe(1);
  while (statistics().compiling > 0 && Date.now() < deadline) machine.run(0);
  expect(statistics().compiling).toBe(0);
  const { regions } = statistics();
  runNewLoop();
  expect(statistics().regions).toBe(regions + 1);
  rmSync(folder, { recursive: true });
});

test('where the host starts no thread, regions are compiled in place', () => {
  // Node refuses to start it at once, as it does when the host has no threads left.
  const compiler = new ThreadedRegionCompiler('no/absolute/path.cjs', { startAfterMs: 0 });
  const made: MadeRegion[] = [];
  const machine = createTestMachine({
    regionThreshold: 20,
    regions: { compiler, onMade: (region) => void made.push(region) },
  });
  enterMode(machine, 'flat32');
  for (let loop = 0; loop < 8; loop++) {
    machine.load(AT.code + loop * SPACING, LOOP);
    machine.state.eip = AT.code + loop * SPACING;
    machine.state.setRegister(1, ROUNDS);
    machine.processor.stateChanged();
    machine.run(4 * ROUNDS);
  }
  expect(made).toHaveLength(8);
});
