/**
 * The scheduler's promises, measured: shares, the main process' event loop, wake-ups, idle machines, switches.
 * Figures of a host that does other things at the same time say little about the scheduler.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Hypervisor } from '../../src-main/hypervisor/Hypervisor.ts';
import { compileThreadedHandlers } from '../../src-main/hypervisor/threadedHandlers.ts';
import type { CreateVmRequest, HypervisorStatistics, VmStatistics } from '../../src-main/hypervisor/types.ts';
import { bundle } from '../support/hypervisor/bundle.ts';
import { sleep, unwrap } from '../support/hypervisor/openTestHypervisor.ts';

const ENDLESS_LOOP = 'bits 32\norg 100000h\nagain: add eax, 3\nxor ebx, eax\ndec ecx\njmp again';
const HALTED = 'bits 16\norg 100h\ncli\nhlt';
/** Wakes with each of the timer's interrupts, 18.2 times a second, and halts again. */
const TICKING = `bits 16
org 100h
xor ax, ax
mov es, ax
mov word [es:8 * 4], on_tick
mov [es:8 * 4 + 2], cs
mov al, 11h
out 20h, al
mov al, 8
out 21h, al
mov al, 4
out 21h, al
mov al, 1
out 21h, al
mov al, 0feh
out 21h, al
mov al, 34h
out 43h, al
mov ax, 11932
out 40h, al
mov al, ah
out 40h, al
sti
again: hlt
jmp again
on_tick: push ax
mov al, 20h
out 20h, al
pop ax
iret`;

interface Bench {
  readonly hypervisor: Hypervisor;
  start(text: string, settings?: CreateVmRequest): Promise<string>;
  dispose(): Promise<void>;
}

async function open(pcpuCount: number, sliceMs = 5): Promise<Bench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vivarium-bench-'));
  const hypervisor = unwrap(
    await Hypervisor.open({
      folder,
      threadEntry,
      handlers,
      stepOverEnd: () => null,
      scheduler: { pcpuCount, sliceMs },
    }),
  );
  return {
    hypervisor,
    async start(text, settings = {}) {
      const bytes = new TextEncoder().encode(text);
      const program = { kind: 'bytes', bytes, fileName: 'bench.asm', format: 'asm' } as const;
      const { id } = unwrap(await hypervisor.create({ memoryMiB: 2, ...settings, program }));
      unwrap(await hypervisor.start(id));
      return id;
    },
    async dispose() {
      await hypervisor.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function of(bench: Bench, id: string): VmStatistics {
  const found = bench.hypervisor.statistics().vms.find(({ vmId }) => vmId === id);
  if (found === undefined) throw new Error(`no machine ${id}`);
  return found;
}

const runMs = (statistics: HypervisorStatistics, id: string): number =>
  statistics.vms.find(({ vmId }) => vmId === id)?.vcpus[0]?.runMs ?? 0;

async function shares(): Promise<void> {
  const weights = [1, 1, 2, 4];
  const entitled = [0.25, 0.25, 0.5, 1];
  const seconds = 10;
  const bench = await open(2);
  const ids: string[] = [];
  for (const weight of weights) ids.push(await bench.start(ENDLESS_LOOP, { weight }));
  await sleep(500);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const before = bench.hypervisor.statistics();
  await sleep(seconds * 1000);
  const after = bench.hypervisor.statistics();
  const received = ids.map((id) => (runMs(after, id) - runMs(before, id)) / (after.at - before.at));
  delays.disable();
  print(`shares of four endless loops on two pCPUs over ${seconds} s`);
  for (const [index, share] of received.entries()) {
    const wanted = entitled[index] ?? 0;
    const deviation = (100 * (share - wanted)) / wanted;
    print(
      `  weight ${weights[index]}: received ${(100 * share).toFixed(2)} % of a pCPU, entitled to ${(100 * wanted).toFixed(2)} % (${deviation.toFixed(2)} % off)`,
    );
  }
  const milliseconds = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(2);
  // The monitor's own timer is late by its resolution.
  print(
    `event-loop delay of the main process meanwhile: p50 ${milliseconds(delays.percentile(50))} ms, p99 ${milliseconds(delays.percentile(99))} ms, most ${milliseconds(delays.max)} ms`,
  );
  await bench.dispose();
}

async function wakeUps(): Promise<void> {
  const bench = await open(2);
  for (let count = 0; count < 4; count++) await bench.start(ENDLESS_LOOP);
  const id = await bench.start(TICKING);
  await sleep(500);
  const { cursor } = bench.hypervisor.scheduleTrace();
  await sleep(6000);
  const waits = bench.hypervisor
    .scheduleTrace(cursor)
    .slices.filter(({ vmId }) => vmId === id)
    .map(({ waitedMs }) => waitedMs ?? 0)
    .toSorted((a, b) => a - b);
  const at = (fraction: number): string => (waits[Math.floor((waits.length - 1) * fraction)] ?? 0).toFixed(2);
  print(
    `wake-up to running among four endless loops on two pCPUs: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms, of ${waits.length}`,
  );
  await bench.dispose();
}

async function idle(): Promise<void> {
  const bench = await open(2);
  const count = 16;
  for (let index = 0; index < count; index++) await bench.start(HALTED);
  await sleep(500);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await sleep(3000);
  const { user, system } = process.cpuUsage(before);
  const percent = (user + system) / 10 / (performance.now() - startedAt);
  print(`${count} halted machines use ${percent.toFixed(2)} % of one host processor`);
  await bench.dispose();
}

/** Two endless loops on one pCPU, with long slices and with short ones. */
async function switches(): Promise<void> {
  const measure = async (sliceMs: number): Promise<{ rate: number; cpuUs: number; slices: number }> => {
    const bench = await open(1, sliceMs);
    const ids = [await bench.start(ENDLESS_LOOP), await bench.start(ENDLESS_LOOP)];
    await sleep(500);
    const retired = (): number => ids.reduce((sum, id) => sum + of(bench, id).retiredInstructions, 0);
    const before = retired();
    const { cursor } = bench.hypervisor.scheduleTrace();
    const cpuBefore = process.cpuUsage();
    await sleep(4000);
    const { user, system } = process.cpuUsage(cpuBefore);
    // By the processor's time, so that what else the host does is left out.
    const rate = (retired() - before) / (user + system);
    const slices = bench.hypervisor.scheduleTrace(cursor).cursor - cursor;
    await bench.dispose();
    return { rate, cpuUs: user + system, slices };
  };
  const long = await measure(20);
  const short = await measure(1);
  // Processor time that the same instructions would have taken with long slices.
  const lostUs = short.cpuUs * (1 - short.rate / long.rate);
  const perSwitch = lostUs / Math.max(1, short.slices - long.slices);
  print(
    `million instructions a second of host processor time: ${long.rate.toFixed(0)} in slices of 20 ms, ${short.rate.toFixed(0)} in slices of 1 ms; a switch costs about ${perSwitch.toFixed(0)} us`,
  );
}

const [threadEntry, handlers] = await Promise.all([
  bundle(path.resolve('src-main/hypervisor/threads/vcpuThread.ts')),
  compileThreadedHandlers().then(({ module }) => module),
]);
print(`load average before: ${(loadavg()[0] ?? 0).toFixed(2)}`);
await shares();
await wakeUps();
await idle();
await switches();
