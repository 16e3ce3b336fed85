/**
 * How long a machine of 64 MiB stands still while a snapshot of it is taken, and while one is restored, in milliseconds
 * of processor time; half of its RAM holds something. Then the same from and to the store on disk, with RAM full of
 * what compresses as programs do; and what time travel costs a busy guest, and a step back.
 */
import { mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { unpackSnapshot } from '../../src-main/hypervisor/snapshots/PackedSnapshot.ts';
import { captureMachine, restoreMachine } from '../../src-main/hypervisor/snapshots/MachineSnapshot.ts';
import type { Result } from '../../src-main/hypervisor/types.ts';
import { MachineStore } from '../../src-main/hypervisor/storage/MachineStore.ts';
import { TimeTravel } from '../../src-main/hypervisor/timetravel/TimeTravel.ts';
import { storedMachine } from '../support/hypervisor/snapshots.ts';
import { assembledMachine } from '../support/machine/assembledMachine.ts';

const MIB = 1024 * 1024;
const ROUNDS = 5;
const INSTRUCTIONS = 100_000_000;

/** Adds numbers all over 16 KiB, in real mode. */
const BUSY = 'xor ax, ax\nmov ds, ax\nnext: add [si + 0x1000], ax\nadd si, 6\nand si, 0x3ffe\nadd ax, si\njmp next';

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function best(action: () => void): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = processorMs();
    action();
    least = Math.min(least, processorMs() - start);
  }
  return least;
}

const parts = await assembledMachine(BUSY, { memoryBytes: 64 * MIB });
const ram = parts.memory.ram(0, parts.memory.ramBytes);
for (let page = 2048; page < 10_240; page++) ram.fill((page % 255) + 1, page * 4096, (page + 1) * 4096);
parts.machine.run({ instructions: 100_000 });
let snapshot = captureMachine(parts);
const take = best(() => (snapshot = captureMachine(parts)));
const restore = best(() => {
  ram.fill(0);
  restoreMachine(parts, snapshot);
});
console.log(`take ${take.toFixed(1)} ms (wanted: below 100), restore ${restore.toFixed(1)} ms (wanted: below 150)`);

await measureStore();

/** Node's own executable is what RAM is filled with: machine code, tables, texts, as in a system's memory. */
async function measureStore(): Promise<void> {
  const executable = openSync(process.execPath, 'r');
  const content = Buffer.alloc(60 * MIB);
  readSync(executable, content, 0, content.length, MIB);
  ram.set(content, 2 * MIB);
  const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-bench-'));
  try {
    const store = unwrap(await MachineStore.open(folder));
    const machine = storedMachine({ memoryMiB: 64 });
    unwrap(await store.create(machine, new Map()));
    const full = captureMachine(parts);
    const first = await timed('store the first snapshot', async () =>
      unwrap(await store.snapshots.put(machine, full, { name: 'first' })),
    );
    for (let page = 2000; page < 2100; page++) ram.fill(page, page * 4096, page * 4096 + 100);
    const changed = captureMachine(parts);
    const second = await timed('store a second one, 100 pages written', async () =>
      unwrap(await store.snapshots.put(machine, changed, { name: 'second' })),
    );
    console.log(
      `they take ${(first.storedBytes / MIB).toFixed(1)} MiB and ${(second.storedBytes / 1024).toFixed(0)} KiB`,
    );
    for (let round = 0; round < 3; round++)
      await timed('read and restore (wanted: below 150)', async () => {
        const read = unwrap(await store.snapshots.read(machine.id, second.id));
        restoreMachine(parts, unpackSnapshot(read.snapshot));
      });
    const clone = { ...machine, id: 'vm-fedcba9876543210' };
    const taken = { from: machine.id, snapshots: [first.id, second.id], layers: [] };
    await timed('clone with both snapshots (wanted: below 1000)', async () =>
      unwrap(await store.create(clone, new Map(), taken)),
    );
    const file = path.join(folder, 'machine.vivarium');
    const everything = { withSnapshots: true, withImages: true, layers: [] };
    await timed('export with both snapshots', async () => unwrap(await store.exportMachine(machine, file, everything)));
    await timed('import that', async () =>
      unwrap(await store.importMachine(file, (each) => ({ ...each, id: 'vm-00000000000000aa' }))),
    );
    await store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Prints time on the clock, time of all processors, and for how long the thread did nothing else at most. */
async function timed<T>(name: string, action: () => Promise<T>): Promise<T> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const [start, processor] = [performance.now(), processorMs()];
  const result = await action();
  const [elapsed, used] = [performance.now() - start, processorMs() - processor];
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  console.log(
    `${name}: ${elapsed.toFixed(0)} ms, ${used.toFixed(0)} ms of processors, event loop held up ${(delay.max / 1e6).toFixed(1)} ms at most`,
  );
  return result;
}

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const plain = best(() => parts.machine.run({ instructions: INSTRUCTIONS }));
const travel = new TimeTravel(parts, { hostTime: { monotonicNs: () => performance.now() * 1e6 } });
const recorded = best(() => travel.run({ instructions: INSTRUCTIONS }));
const back = best(() => travel.stepBack());
console.log(
  `100 million instructions ${plain.toFixed(0)} ms, with time travel ${recorded.toFixed(0)} ms; step back ${back.toFixed(1)} ms (wanted: below 200)`,
);
