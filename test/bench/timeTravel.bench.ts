/**
 * What time travel costs a busy guest of 64 MiB as its thread drives it, in slices of a millisecond, and how long a
 * step back takes at ten places of a run of ten seconds: milliseconds of processor time, and on the clock.
 */
import { monotonicNs } from '../../src-main/hypervisor/scheduler/hostClock.ts';
import { ThreadDrives } from '../../src-main/hypervisor/threads/ThreadDrives.ts';
import { ThreadHistory } from '../../src-main/hypervisor/threads/ThreadHistory.ts';
import { assembledMachine } from '../support/machine/assembledMachine.ts';

const MIB = 1024 * 1024;
const ROUNDS = 5;
const INSTRUCTIONS = 600_000_000;
const RUN_SECONDS = 10;
const SLICE_NS = 1e6;

/** Adds numbers all over 16 KiB, in real mode. */
const BUSY = 'xor ax, ax\nmov ds, ax\nnext: add [si + 0x1000], ax\nadd si, 6\nand si, 0x3ffe\nadd ax, si\njmp next';

// Slices end by the clock that the machine looks at.
const parts = await assembledMachine(BUSY, { memoryBytes: 64 * MIB, hostTime: { monotonicNs } });
const { machine, memory } = parts;
// As much in use as of a system's memory.
const ram = memory.ram(0, memory.ramBytes);
for (let page = 2048; page < 10_240; page++) ram.fill((page % 255) + 1, page * 4096, (page + 1) * 4096);
machine.run({ instructions: 50_000_000 });

const plain = rateOf((untilHostNs) => machine.run({ untilHostNs }));
const history = new ThreadHistory(parts, { drives: new ThreadDrives(true), onPages: () => undefined });
history.begin('power-on');
const recorded = rateOf((untilHostNs) => history.run({ untilHostNs }));
console.log(
  `${(INSTRUCTIONS / 1e6).toFixed(0)} million instructions ${plain.toFixed(0)} ms, recorded ${recorded.toFixed(0)} ms: ${((recorded / plain - 1) * 100).toFixed(1)} % (wanted: below 10 %)`,
);

history.begin('power-on');
const end = performance.now() + RUN_SECONDS * 1000;
while (performance.now() < end) history.run({ untilHostNs: monotonicNs() + SLICE_NS });
const { earliest, latest, keptBytes, checkpoints } = history.timeLine();
const places = Array.from({ length: 10 }, (_, index) =>
  Math.round(earliest.instructions + ((index + 1) / 10) * (latest.instructions - earliest.instructions)),
);
const times = places.reverse().map((place) => {
  history.goTo(place);
  const [start, before] = [performance.now(), processorMs()];
  history.stepBack();
  return { clock: performance.now() - start, processors: processorMs() - before };
});
const worst = (kind: 'clock' | 'processors'): string => Math.max(...times.map((time) => time[kind])).toFixed(0);
console.log(
  `step back in a run of ${RUN_SECONDS} s, ${((latest.instructions - earliest.instructions) / 1e6).toFixed(0)} million instructions: at worst ${worst('clock')} ms, ${worst('processors')} ms of processors (wanted: below 200)`,
);
console.log(`${checkpoints.length} checkpoints keep ${(keptBytes / MIB).toFixed(1)} MiB`);

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of processor time for so many instructions, best of some. */
function rateOf(run: (untilHostNs: number) => unknown): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const [from, before] = [machine.retiredInstructions, processorMs()];
    while (machine.retiredInstructions - from < INSTRUCTIONS) run(monotonicNs() + SLICE_NS);
    least = Math.min(least, ((processorMs() - before) / (machine.retiredInstructions - from)) * INSTRUCTIONS);
  }
  return least;
}
