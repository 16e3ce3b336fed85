/**
 * Snapshots of a machine of 64 MiB that runs in a thread, with a disk: how long the guest stands still while one is
 * taken, and what it, a restore and a clone cost until the user has them: milliseconds on the clock, and of processors,
 * best of some. RAM holds machine code, tables and texts, as a system's memory does.
 */
import { mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Hypervisor } from '../../src-main/hypervisor/Hypervisor.ts';
import { compileThreadedHandlers } from '../../src-main/hypervisor/threadedHandlers.ts';
import { bundleVcpuThread } from '../support/hypervisor/bundle.ts';
import { sleep, unwrap } from '../support/hypervisor/openTestHypervisor.ts';

const MIB = 1024 * 1024;
const ROUNDS = 5;
const PROGRAM = 'bits 16\norg 100h\nagain: inc dword [9000h]\njmp again';

const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-bench-'));
const threadEntry = await bundleVcpuThread();
const { module: handlers } = await compileThreadedHandlers();
const hypervisor = unwrap(
  await Hypervisor.open({ folder, threadEntry, handlers, stepOverEnd: () => null, keepsSpareThread: true }),
);
try {
  const image = path.join(folder, 'disk.img');
  writeFileSync(image, new Uint8Array(8 * MIB));
  const program = {
    kind: 'bytes',
    bytes: new TextEncoder().encode(PROGRAM),
    fileName: 'a.asm',
    format: 'asm',
  } as const;
  const { id } = unwrap(
    await hypervisor.create({ memoryMiB: 64, program, drives: [{ slot: 'hda', path: image, access: 'read-write' }] }),
  );
  unwrap(await hypervisor.start(id));
  const executable = openSync(process.execPath, 'r');
  for (let at = 2; at < 34; at += 8) {
    const part = new Uint8Array(8 * MIB);
    readSync(executable, part, 0, part.length, at * MIB);
    unwrap(await hypervisor.writeMemory(id, at * MIB, part));
  }
  // A guest that runs would be counted as well.
  unwrap(await hypervisor.pause(id));
  const costs = { take: cost(), restore: cost(), 'restore in a new thread': cost(), clone: cost() };
  let pause = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    // For the spare thread.
    await sleep(1500);
    const taken = unwrap(await costs.take.of(() => hypervisor.takeSnapshot(id, { name: `${round}` })));
    pause = Math.min(pause, taken.pauseMs);
    unwrap(await costs.restore.of(() => hypervisor.restoreSnapshot(id, taken.id)));
    unwrap(await hypervisor.powerOff(id));
    unwrap(await costs['restore in a new thread'].of(() => hypervisor.restoreSnapshot(id, taken.id)));
    // For the next spare thread.
    await sleep(1500);
    const copy = unwrap(await costs.clone.of(() => hypervisor.clone(id, { snapshot: taken.id })));
    unwrap(await hypervisor.powerOff(copy.id));
    unwrap(await hypervisor.delete(copy.id));
  }
  console.log(`the guest stands still for ${pause.toFixed(0)} ms (wanted: below 100)`);
  for (const [name, { clock, processors }] of Object.entries(costs))
    console.log(`${name}: ${clock.toFixed(0)} ms, ${processors.toFixed(0)} ms of processors`);
} finally {
  await hypervisor.dispose();
  rmSync(folder, { recursive: true });
}

interface Cost {
  clock: number;
  processors: number;
  of<T>(action: () => Promise<T>): Promise<T>;
}

function cost(): Cost {
  return {
    clock: Infinity,
    processors: Infinity,
    async of(action) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      const result = await action();
      const { user, system } = process.cpuUsage(before);
      this.clock = Math.min(this.clock, performance.now() - start);
      this.processors = Math.min(this.processors, (user + system) / 1000);
      return result;
    },
  };
}
