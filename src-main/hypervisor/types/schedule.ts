import type { ExitRecord } from '../statistics/ExitTrace.ts';
import type { VmId } from './definition.ts';

export interface SchedulerSettings {
  /** 1 .. 64; the host's cores by default. */
  readonly pcpuCount: number;
  /** SLICE_MS_RANGE. */
  readonly sliceMs: number;
}

/** One uninterrupted stay on a pCPU. Times are milliseconds on the hypervisor's monotonic clock. */
export interface ScheduleSlice {
  readonly vmId: VmId;
  readonly vcpu: number;
  readonly pcpu: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Why it ended. */
  readonly end: SliceEnd;
  /** How long it was ready before, in milliseconds. */
  readonly waitedMs?: number;
}
export const SLICE_ENDS = ['slice', 'halt', 'stop', 'capped', 'preempted', 'died', 'moved'] as const;
export type SliceEnd = (typeof SLICE_ENDS)[number];

/** Exits of one kind by one vCPU: one, or as many as there were within the time. */
export interface ScheduledExit extends ExitRecord {
  readonly vmId: VmId;
}

export interface ScheduledExits {
  /** In the order of their ends. */
  readonly exits: readonly ScheduledExit[];
  /** Pass as `since` to the next call: how many of each run of a machine have been read, by the run's number. */
  readonly cursor: ReadonlyMap<number, number>;
}

export interface ScheduleTrace {
  readonly slices: readonly ScheduleSlice[];
  /** Pass as `since` to the next call. */
  readonly cursor: number;
  /** Slices that were overwritten before they could be read. */
  readonly lost: number;
  readonly nowMs: number;
}
