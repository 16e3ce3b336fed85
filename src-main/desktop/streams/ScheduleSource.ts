import {
  BAND_FIELDS,
  EXIT_FIELDS,
  SLICE_ENDS,
  SLICE_FIELDS,
  type ScheduleFrame,
} from '../../../src-preload/contract/layouts/ScheduleFrame.ts';
import { EXIT_KINDS, type ExitKind } from '../../../src-preload/contract/layouts/ExitKinds.ts';
import type {
  Disposer,
  HypervisorService,
  HypervisorStatistics,
  ScheduledExits,
  VcpuTimes,
  VmId,
} from '../../hypervisor/types.ts';
import { isRecordedExit } from '../../hypervisor/statistics/ExitRecorder.ts';
import type { StreamSource } from '../../control/streams/StreamSource.ts';

interface Band {
  readonly vmId: VmId;
  readonly vcpu: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly times: VcpuTimes;
  readonly exits: number;
  readonly interrupts: number;
}

/** Who ran on which pCPU, and what each vCPU waited for. */
export class ScheduleSource implements StreamSource {
  private readonly hypervisor: HypervisorService;
  private readonly unsubscribe: Disposer;
  private cursor: number | undefined;
  private exitCursor: ScheduledExits['cursor'] = new Map();
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
    const made = this.hypervisor.scheduledExits(this.exitCursor);
    this.exitCursor = made.cursor;
    const isNothing = trace.slices.length === 0 && this.bands.length === 0 && made.exits.length === 0;
    if (!isFirst && isNothing) return null;

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
    this.bands.forEach(({ startMs, endMs, vmId, vcpu, times, exits, interrupts }, index) => {
      const { runMs, readyMs, haltedMs, cappedMs, entitledMs, stolenMs } = times;
      const spent = [runMs, readyMs, haltedMs, cappedMs, entitledMs, stolenMs];
      bands.set([startMs, endMs, indexOf(vmId), vcpu, ...spent, exits, interrupts], index * BAND_FIELDS.length);
    });
    this.bands = [];
    const exits = new Float64Array(made.exits.length * EXIT_FIELDS.length);
    made.exits.forEach(({ startMs, endMs, vmId, vcpu, kind, times, detail }, index) => {
      const row = [startMs, endMs, indexOf(vmId), vcpu, EXIT_KINDS.indexOf(kind), times, detail];
      exits.set(row, index * EXIT_FIELDS.length);
    });
    return {
      atMs: trace.nowMs,
      pcpuCount: this.hypervisor.schedulerSettings().pcpuCount,
      vms,
      slices,
      bands,
      exits,
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
    const { interrupts, exits } = countsBetween(old?.exits ?? {}, vm.exits);
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
        exits,
        interrupts,
      });
    });
  }
  return bands;
}

type ExitCounts = HypervisorStatistics['vms'][number]['exits'];

/** A machine that was started anew counts from 0 again. */
function countsBetween(before: ExitCounts, after: ExitCounts): { readonly exits: number; readonly interrupts: number } {
  const grown = (kind: ExitKind): number => {
    const [then, now] = [before[kind] ?? 0, after[kind] ?? 0];
    return now < then ? now : now - then;
  };
  const kinds = EXIT_KINDS.filter((kind) => isRecordedExit(kind) && kind !== 'interrupt');
  return { exits: kinds.reduce((sum, kind) => sum + grown(kind), 0), interrupts: grown('interrupt') };
}
