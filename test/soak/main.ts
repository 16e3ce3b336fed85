import path from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { Command } from 'commander';
import { type Remains, Soak } from '../support/containment/Soak.ts';
import { wholeNumber } from '../support/wholeNumber.ts';

/**
 * Machines by the dozen, created, run, snapshotted, restored, suspended, cloned and deleted at random, rogues among them.
 * After each lap all are deleted, and nothing may be left: no thread, file or folder. What the process keeps of memory in
 * the last third of the laps is within 5 % of what it kept in the second: see `Remains`.
 * Exits with 1 and the seed where it is not so.
 */
const options = new Command('soak')
  .description('Makes, runs, snapshots and deletes machines at random, and looks after each lap for what they left.')
  .option('--minutes <n>', 'how long; at least three laps', wholeNumber(0, 10_000), 30)
  .option('--machines <n>', 'machines at a time', wholeNumber(1, 64), 16)
  .option('--lap <seconds>', 'after which all are deleted', wholeNumber(1, 3600), 60)
  .option('--seed <n>', 'does the same again (default: by the clock)', wholeNumber(0, 999_999_999))
  .option('--verbose', 'print each action')
  .option('--heaps <folder>', 'write what is in the heap after the third lap and after the last one, for DevTools')
  .parse()
  .opts<{ minutes: number; machines: number; lap: number; seed?: number; verbose?: true; heaps?: string }>();
const { minutes, seed = Date.now() % 1_000_000_000 } = options;
const MOST_GROWTH = 1.05;
const LAPS_LEAST = 3;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const soak = await Soak.open({
  seed,
  machines: options.machines,
  lap: { ms: options.lap * 1000 },
  ...(options.verbose && { log: print }),
});
print(`seed ${seed}, ${minutes} minutes`);
if (!soak.canTrim) print('without gcc and glibc what is kept is measured with what the allocator has for later use');

function findProblem(warm: Remains, now: Remains): string | undefined {
  if (now.folders.length > 0) return `${now.folders.length} folders of deleted machines are left`;
  if (now.threads > warm.threads) return `${now.threads - warm.threads} threads are left`;
  if (now.openFiles > warm.openFiles) return `${now.openFiles - warm.openFiles} files are open`;
  return undefined;
}

function writeHeap(name: string): void {
  if (options.heaps !== undefined) writeHeapSnapshot(path.join(options.heaps, `${name}.heapsnapshot`));
}

/** The median. */
function keptIn(laps: readonly Remains[]): number {
  const sorted = laps.map(({ keptMiB }) => keptMiB).toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

const end = Date.now() + minutes * 60_000;
const laps: Remains[] = [];
try {
  while (Date.now() < end || laps.length < LAPS_LEAST) {
    const now = await soak.lap();
    laps.push(now);
    const { keptMiB, rssMiB, heapMiB, threads, openFiles } = now;
    print(
      `lap ${laps.length}: ${keptMiB.toFixed(0)} MiB kept of ${rssMiB.toFixed(0)} resident, ${heapMiB.toFixed(1)} MiB heap, ${threads} threads, ${openFiles} files`,
    );
    const problem = findProblem(laps[Math.min(1, laps.length - 1)], now);
    if (problem !== undefined) throw new Error(`seed ${seed}, lap ${laps.length}: ${problem}`);
    if (laps.length === LAPS_LEAST) writeHeap('early');
  }
  writeHeap('late');
  print([...soak.counts].map(([name, count]) => `${name} ${count}`).join(', '));
  const third = Math.floor(laps.length / 3);
  const warm = keptIn(laps.slice(third, 2 * third));
  const last = keptIn(laps.slice(-third));
  if (last > warm * MOST_GROWTH)
    throw new Error(`seed ${seed}: memory grew from ${warm.toFixed(0)} to ${last.toFixed(0)} MiB`);
  print(`${laps.length} laps, no leak, no orphan, no machine lost`);
} catch (error) {
  print(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}
await soak.close();
