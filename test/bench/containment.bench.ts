/**
 * What the programs of the hostile corpus cost their neighbours and the app, beside what is promised: one at a time runs
 * with two busy machines and one that wakes a hundred times a second, on two pCPUs, with everything shown that a window
 * shows. `npm run bench -- containment` runs all of the corpus; CONTAINMENT_ONLY=name and CONTAINMENT_SECONDS=n less of it.
 */
import { loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { CORPUS } from '../support/containment/corpus.ts';
import { Siege } from '../support/containment/Siege.ts';
import { sleep, unwrap } from '../support/hypervisor/openTestHypervisor.ts';
import { ENDLESS_LOOP, TICKING } from './scheduler/guests.ts';

const SECONDS = Number(process.env['CONTAINMENT_SECONDS'] ?? 4);
const SLICE_MS = 5;
const PROMISED = { shareOff: 3, wakeMs: SLICE_MS + 2, loopMs: 16, grownMiB: 768 } as const;
const MIB = 2 ** 20;

/** The largest and the smallest of what a figure was. */
interface Figures {
  readonly shareOff: number;
  readonly wakeMs: number;
  readonly loopMs: number;
  readonly loopMostMs: number;
  readonly grownMiB: number;
  readonly keptMiB: number;
  readonly end: string;
}

function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * fraction)] ?? 0;
}

async function measure(
  siege: Siege,
  name: string | undefined,
  busy: readonly string[],
  ticking: string,
): Promise<Figures> {
  const { hypervisor } = siege;
  const rssBefore = process.memoryUsage.rss();
  const rogue = name === undefined ? undefined : await siege.startRogue(name);
  const stopWatching = rogue === undefined ? (): void => undefined : hypervisor.console.watchScreen(rogue, 30);
  await sleep(700);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const { cursor } = hypervisor.scheduleTrace();
  const times = (): Map<string, { received: number; entitled: number }> =>
    new Map(
      hypervisor.statistics().vms.map((vm) => [vm.vmId, { received: vm.receivedShare, entitled: vm.entitledShare }]),
    );
  const received = new Map<string, number>(busy.map((id) => [id, 0]));
  const entitled = new Map<string, number>(busy.map((id) => [id, 0]));
  let rssMost = rssBefore;
  const waits: number[] = [];
  let from = cursor;
  for (let second = 0; second < SECONDS; second++) {
    await sleep(1000);
    const now = times();
    for (const id of busy) {
      received.set(id, (received.get(id) ?? 0) + (now.get(id)?.received ?? 0));
      entitled.set(id, (entitled.get(id) ?? 0) + (now.get(id)?.entitled ?? 0));
    }
    rssMost = Math.max(rssMost, process.memoryUsage.rss());
    const trace = hypervisor.scheduleTrace(from);
    from = trace.cursor;
    for (const { vmId, waitedMs } of trace.slices) if (vmId === ticking) waits.push(waitedMs ?? 0);
  }
  delays.disable();
  const offs = busy.map((id) => Math.abs((received.get(id) ?? 0) / (entitled.get(id) ?? 1) - 1) * 100);
  const end =
    rogue === undefined ? 'quiet' : (hypervisor.get(rogue)?.crash?.kind ?? hypervisor.get(rogue)?.state ?? '');
  stopWatching();
  if (rogue !== undefined) await siege.remove(rogue);
  await sleep(300);
  return {
    shareOff: Math.max(...offs),
    wakeMs: quantile(waits, 0.99),
    loopMs: delays.percentile(99) / 1e6,
    loopMostMs: delays.max / 1e6,
    grownMiB: (rssMost - rssBefore) / MIB,
    keptMiB: (process.memoryUsage.rss() - rssBefore) / MIB,
    end,
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function mark(figure: number, promised: number): string {
  return `${figure.toFixed(1)}${figure <= promised ? ' ' : '!'}`;
}

print(`load average before: ${(loadavg()[0] ?? 0).toFixed(2)}; figures beyond what is promised are marked with !`);
const siege = await Siege.open({ pcpuCount: 2, sliceMs: SLICE_MS });
const { hypervisor } = siege;
// As a window does.
for (const event of ['statistics', 'isolation', 'containment', 'vm-changed', 'vm-state', 'serial-output'] as const)
  hypervisor.on(event, () => undefined);
const busy: string[] = [];
for (let count = 0; count < 2; count++) busy.push((await siege.add(ENDLESS_LOOP, { memoryMiB: 2 })).id);
const { id: ticking } = await siege.add(TICKING, { memoryMiB: 2, network: { kind: 'segment', name: 'siege' } });
for (const id of [...busy, ticking]) unwrap(await hypervisor.start(id));

const only = process.env['CONTAINMENT_ONLY']?.split(',');
print(
  `${'program'.padEnd(18)} share off, % (${PROMISED.shareOff})  wake p99, ms (${PROMISED.wakeMs})  loop p99, ms (${PROMISED.loopMs})  most  grown, MiB (${PROMISED.grownMiB})  kept  main's heap`,
);
for (const name of [undefined, ...CORPUS.filter((each) => only === undefined || only.includes(each))]) {
  const { shareOff, wakeMs, loopMs, loopMostMs, grownMiB, keptMiB, end } = await measure(siege, name, busy, ticking);
  const cells = [
    mark(shareOff, PROMISED.shareOff).padStart(18),
    mark(wakeMs, PROMISED.wakeMs).padStart(18),
    mark(loopMs, PROMISED.loopMs).padStart(19),
    loopMostMs.toFixed(1).padStart(6),
    mark(grownMiB, PROMISED.grownMiB).padStart(17),
    keptMiB.toFixed(0).padStart(5),
    (process.memoryUsage().heapUsed / MIB).toFixed(0).padStart(12),
  ];
  print(`${(name ?? 'nobody').padEnd(18)}${cells.join(' ')}  ${end}`);
}
await siege.close();
