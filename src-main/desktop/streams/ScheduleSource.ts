import {
  BAND_FIELDS,
  SLICE_ENDS,
  SLICE_FIELDS,
  type ScheduleFrame,
} from '../../../src-preload/contract/layouts/ScheduleFrame.ts';
import type { Disposer, HypervisorService, HypervisorStatistics, VcpuTimes, VmId } from '../../hypervisor/types.ts';
import type { StreamSource } from '../../control/streams/StreamSource.ts';

interface Band {
  readonly vmId: VmId;
  readonly vcpu: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly times: VcpuTimes;
}

/** Who ran on which pCPU, and what each vCPU waited for. */
export class ScheduleSource implements StreamSource {
  private readonly hypervisor: HypervisorService;
  private readonly unsubscribe: Disposer;
  private cursor: number | undefined;
  private before: HypervisorStatistics;
  private bands: Band[] = [];

  constructor(hypervisor: HypervisorService) {
    this.hypervisor = hypervisor;
    this.before = hypervisor.statistics();
    this.unsubscribe = hypervisor.on('statistics', (statistics) => {
      this.bands.push(...bandsBetween(this.before, statistics));
      this.before = statistics;
    });
  }

  next(): ScheduleFrame | null {
    const trace = this.hypervisor.scheduleTrace(this.cursor);
    const isFirst = this.cursor === undefined;
    this.cursor = trace.cursor;
    if (!isFirst && trace.slices.length === 0 && this.bands.length === 0) return null;

    const vms: VmId[] = [];
    const indexOf = (id: VmId): number => {
      const known = vms.indexOf(id);
      return known >= 0 ? known : vms.push(id) - 1;
    };
    const slices = new Float64Array(trace.slices.length * SLICE_FIELDS.length);
    trace.slices.forEach((slice, index) => {
      const { startMs, endMs, pcpu, vmId, vcpu, end, waitedMs = 0 } = slice;
      const row = [startMs, endMs, pcpu, indexOf(vmId), vcpu, SLICE_ENDS.indexOf(end), waitedMs];
      slices.set(row, index * SLICE_FIELDS.length);
    });
    const bands = new Float64Array(this.bands.length * BAND_FIELDS.length);
    this.bands.forEach(({ startMs, endMs, vmId, vcpu, times }, index) => {
      const { runMs, readyMs, haltedMs, cappedMs, entitledMs, stolenMs } = times;
      const row = [startMs, endMs, indexOf(vmId), vcpu, runMs, readyMs, haltedMs, cappedMs, entitledMs, stolenMs];
      bands.set(row, index * BAND_FIELDS.length);
    });
    this.bands = [];
    return {
      atMs: trace.nowMs,
      pcpuCount: this.hypervisor.schedulerSettings().pcpuCount,
      vms,
      slices,
      bands,
      lost: trace.lost,
    };
  }

  restart(): void {
    this.bands = [];
  }

  dispose(): void {
    this.unsubscribe();
  }
}

/** What each vCPU did between two samples. */
export function bandsBetween(before: HypervisorStatistics, after: HypervisorStatistics): Band[] {
  const bands: Band[] = [];
  for (const vm of after.vms) {
    const old = before.vms.find(({ vmId }) => vmId === vm.vmId);
    vm.vcpus.forEach((now, vcpu) => {
      const then = old?.vcpus[vcpu];
      // A restarted machine counts from 0 again.
      const grown =
        then && now.runMs >= then.runMs
          ? then
          : { runMs: 0, stolenMs: 0, readyMs: 0, haltedMs: 0, cappedMs: 0, entitledMs: 0, slices: 0 };
      bands.push({
        vmId: vm.vmId,
        vcpu,
        startMs: before.at,
        endMs: after.at,
        times: {
          runMs: now.runMs - grown.runMs,
          stolenMs: now.stolenMs - grown.stolenMs,
          readyMs: now.readyMs - grown.readyMs,
          haltedMs: now.haltedMs - grown.haltedMs,
          cappedMs: now.cappedMs - grown.cappedMs,
          entitledMs: now.entitledMs - grown.entitledMs,
          slices: now.slices - grown.slices,
        },
      });
    });
  }
  return bands;
}
