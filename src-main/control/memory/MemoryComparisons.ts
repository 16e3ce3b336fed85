import { setImmediate } from 'node:timers/promises';
import { DIFFERENCES_MOST } from '../../../src-preload/contract/layouts/MemoryLimits.ts';
import type { ComparedWith, MemoryDifferences } from '../../../src-preload/contract/memory.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import { refuse, refuseWith, succeed } from '../outcomes.ts';
import { compareMemory, type OtherMemory } from '../../debug/MemoryComparison.ts';
import type { HypervisorService, VmId } from '../../hypervisor/types.ts';
import { off } from '../Debugging.ts';
import { hasMemory, machineMemory } from './machineMemory.ts';

interface Comparison {
  /** What it is compared with: kept, since its bytes are asked for again where the differences are shown. */
  readonly key: string;
  readonly other: OtherMemory;
}

/** Compares machines' memory with another machine's, or with what a snapshot holds: one comparison at a time for each. */
export class MemoryComparisons {
  private readonly hypervisor: HypervisorService;
  private readonly latest = new Map<VmId, Comparison>();

  constructor(hypervisor: HypervisorService) {
    this.hypervisor = hypervisor;
    hypervisor.on('vm-removed', ({ id }) => void this.latest.delete(id));
  }

  /** The machines may run meanwhile: what they move while they are compared may be missed, or told twice. */
  async compare(id: VmId, compared: ComparedWith): Promise<Outcome<MemoryDifferences>> {
    const { hypervisor } = this;
    const isOn = (): boolean => hasMemory(hypervisor, id);
    if (!isOn()) return off();
    const opened = await this.open(id, compared);
    if (!opened.ok) return opened;
    const comparison: Comparison = { key: keyOf(compared), other: opened.value };
    this.latest.set(id, comparison);
    const isLatest = (): boolean => this.latest.get(id) === comparison;
    try {
      const found = await compareMemory(machineMemory(hypervisor, id), opened.value, DIFFERENCES_MOST, async () => {
        await setImmediate();
        return isLatest() && isOn() && this.isThere(compared);
      });
      if (!isLatest()) return refuse('cancelled', 'Another comparison has begun.');
      return found ? succeed({ ...found, ranges: [...found.ranges] }) : off();
    } catch (error) {
      return unreadable(error);
    }
  }

  /** What the other side holds, of what was compared last or of anything else. */
  async bytes(id: VmId, compared: ComparedWith, address: number, length: number): Promise<Outcome<Uint8Array>> {
    const known = this.latest.get(id);
    const opened = known?.key === keyOf(compared) ? succeed(known.other) : await this.open(id, compared);
    if (!opened.ok) return opened;
    try {
      const bytes = await opened.value.read(address, length);
      return this.isThere(compared) ? succeed(bytes) : off();
    } catch (error) {
      return unreadable(error);
    }
  }

  private isThere(compared: ComparedWith): boolean {
    return compared.kind === 'snapshot' || hasMemory(this.hypervisor, compared.id);
  }

  private async open(id: VmId, compared: ComparedWith): Promise<Outcome<OtherMemory>> {
    const { hypervisor } = this;
    if (compared.kind === 'snapshot') {
      const memory = await hypervisor.snapshotMemory(id, compared.snapshot);
      return memory.ok ? succeed(memory.value) : refuseWith(memory.error);
    }
    if (!this.isThere(compared)) return off();
    const { byteLength, read } = machineMemory(hypervisor, compared.id);
    return succeed({ byteLength, read: async (address, length) => read(address, length) });
  }
}

function keyOf(compared: ComparedWith): string {
  return compared.kind === 'snapshot' ? compared.snapshot : compared.id;
}

/** The snapshot was deleted meanwhile, or its file has gone bad. */
function unreadable(error: unknown): Outcome<never> {
  const reason = error instanceof Error ? error.message : String(error);
  return refuse(
    'file-unreadable',
    `The snapshot’s memory cannot be read: ${reason}`,
    { reason },
    'memory-compare-unreadable',
  );
}
