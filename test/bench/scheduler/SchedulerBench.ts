import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Hypervisor } from '../../../src-main/hypervisor/Hypervisor.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import type { CreateVmRequest, HypervisorStatistics } from '../../../src-main/hypervisor/types.ts';
import { bundleVcpuThread } from '../../support/hypervisor/bundle.ts';
import { unwrap } from '../../support/hypervisor/openTestHypervisor.ts';

const [threadEntry, handlers] = await Promise.all([
  bundleVcpuThread(),
  compileThreadedHandlers().then(({ module }) => module),
]);

/** Processor time of this process, in microseconds: what else the host does is left out. */
export function processorUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The same for each thread of this process, where the host tells; else all in one. */
export function processorUsByThread(): ReadonlyMap<string, number> {
  const threads = '/proc/self/task';
  if (!existsSync(threads)) return new Map([['all', processorUs()]]);
  return new Map(
    readdirSync(threads).map((id) => {
      const [nanoseconds] = readFileSync(path.join(threads, id, 'schedstat'), 'latin1').split(' ');
      return [id, Number(nanoseconds) / 1000];
    }),
  );
}

/** A hypervisor with machines that run small programs. */
export class SchedulerBench {
  readonly hypervisor: Hypervisor;
  readonly #folder: string;
  readonly pcpuCount: number;

  private constructor(hypervisor: Hypervisor, folder: string, pcpuCount: number) {
    this.pcpuCount = pcpuCount;
    this.hypervisor = hypervisor;
    this.#folder = folder;
  }

  static async open(pcpuCount: number, sliceMs = 5): Promise<SchedulerBench> {
    const folder = await mkdtemp(path.join(tmpdir(), 'vivarium-bench-'));
    const scheduler = { pcpuCount, sliceMs };
    const options = { folder, threadEntry, handlers, stepOverEnd: () => null, scheduler };
    return new SchedulerBench(unwrap(await Hypervisor.open(options)), folder, pcpuCount);
  }

  async start(text: string, settings: CreateVmRequest = {}): Promise<string> {
    const bytes = new TextEncoder().encode(text);
    const program = { kind: 'bytes', bytes, fileName: 'bench.asm', format: 'asm' } as const;
    const { id } = unwrap(await this.hypervisor.create({ memoryMiB: 2, ...settings, program }));
    unwrap(await this.hypervisor.start(id));
    return id;
  }

  /** Instructions that all machines together have retired. */
  retired(): number {
    let sum = 0;
    for (const { id } of this.hypervisor.list()) sum += this.hypervisor.registers(id)?.retiredInstructions ?? 0;
    return sum;
  }

  async dispose(): Promise<void> {
    await this.hypervisor.dispose();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What a machine had of the host's processors. */
export function receivedMs(statistics: HypervisorStatistics, id: string): number {
  const times = statistics.vms.find(({ vmId }) => vmId === id)?.vcpus[0];
  return times === undefined ? 0 : times.runMs - times.stolenMs;
}

/** What it has retired. */
export function instructionsOf(statistics: HypervisorStatistics, id: string): number {
  return statistics.vms.find(({ vmId }) => vmId === id)?.retiredInstructions ?? 0;
}
