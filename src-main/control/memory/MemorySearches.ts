import { setImmediate } from 'node:timers/promises';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import { refuse, succeed } from '../outcomes.ts';
import { searchMemory, type MemorySearch } from '../../debug/MemorySearch.ts';
import type { HypervisorService, VmId } from '../../hypervisor/types.ts';
import { off } from '../Debugging.ts';
import { hasMemory, machineMemory } from './machineMemory.ts';

/** Searches of machines' memory: one at a time for each machine. */
export class MemorySearches {
  private readonly hypervisor: HypervisorService;
  private readonly latest = new Map<VmId, MemorySearch>();

  constructor(hypervisor: HypervisorService) {
    this.hypervisor = hypervisor;
    hypervisor.on('vm-removed', ({ id }) => void this.latest.delete(id));
  }

  /** The machine may run meanwhile: what it moves while it is looked for may be missed. */
  async search(id: VmId, search: MemorySearch): Promise<Outcome<{ physicalAddress: number | null }>> {
    const { hypervisor } = this;
    const isOn = (): boolean => hasMemory(hypervisor, id);
    if (!isOn()) return off();
    this.latest.set(id, search);
    const isLatest = (): boolean => this.latest.get(id) === search;
    const physicalAddress = await searchMemory(machineMemory(hypervisor, id), search, async () => {
      await setImmediate();
      return isLatest() && isOn();
    });
    if (!isLatest()) return refuse('cancelled', 'Another search has begun.');
    this.latest.delete(id);
    return isOn() ? succeed({ physicalAddress }) : off();
  }
}
