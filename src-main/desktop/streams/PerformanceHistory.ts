import { HISTORY_FIELDS, type HistoryField } from '../../../src-preload/contract/layouts/HistoryFrame.ts';
import type { Disposer, HypervisorService, HypervisorStatistics, VmId, VmStatistics } from '../../hypervisor/types.ts';

/** A quarter of an hour at four samples a second; of a machine it takes 280 KiB. */
const SAMPLES_KEPT = 3600;

/** All machines that were on at one moment: `HISTORY_FIELDS.length` doubles for each of `vms`. */
export interface HistorySample {
  readonly atMs: number;
  readonly vms: readonly VmId[];
  readonly rows: Float64Array;
}

/** How the machines did, as far back as it is kept; recorded whether or not somebody looks. */
export class PerformanceHistory {
  private readonly unsubscribe: Disposer;
  private samples: HistorySample[] = [];
  /** Samples that are no longer kept. */
  private dropped = 0;

  constructor(hypervisor: HypervisorService) {
    this.unsubscribe = hypervisor.on('statistics', (statistics) => this.record(statistics));
  }

  /** Samples recorded so far; pass it to `since` to get what comes after. */
  get count(): number {
    return this.dropped + this.samples.length;
  }

  since(count: number): readonly HistorySample[] {
    return this.samples.slice(Math.max(0, count - this.dropped));
  }

  dispose(): void {
    this.unsubscribe();
  }

  private record({ at, vms }: HypervisorStatistics): void {
    const on = vms.filter(({ state }) => state === 'running' || state === 'paused');
    const rows = new Float64Array(on.length * HISTORY_FIELDS.length);
    on.forEach((vm, index) => rows.set(rowOf(vm, at, index), index * HISTORY_FIELDS.length));
    this.samples.push({ atMs: at, vms: on.map(({ vmId }) => vmId), rows });
    // Now and then, for each costs a copy.
    const surplus = this.samples.length - SAMPLES_KEPT;
    if (surplus < SAMPLES_KEPT / 10) return;
    this.samples = this.samples.slice(surplus);
    this.dropped += surplus;
  }
}

function rowOf(vm: VmStatistics, atMs: number, index: number): number[] {
  const values: Record<HistoryField, number> = {
    atMs,
    vm: index,
    receivedShare: vm.receivedShare,
    entitledShare: vm.entitledShare,
    mips: vm.mips,
    exits: Object.values(vm.exitRates).reduce((sum, rate) => sum + rate, 0),
    interrupts: vm.exitRates.interrupt ?? 0,
    pageFaults: vm.pageFaultRate,
    diskAccesses: vm.diskAccessRate,
    networkFrames: vm.networkFrameRate,
  };
  return HISTORY_FIELDS.map((field) => values[field]);
}
