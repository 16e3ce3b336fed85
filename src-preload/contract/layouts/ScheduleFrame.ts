/**
 * Fields of one entry in `ScheduleFrame.slices`, as doubles: a vCPU had a pCPU without interruption. Times are
 * host milliseconds on the hypervisor's monotonic clock. `vm` indexes the frame's `vms`; `end` indexes `SLICE_ENDS`;
 * `waitedMs` is how long it was ready before.
 */
export const SLICE_FIELDS = ['startMs', 'endMs', 'pcpu', 'vm', 'vcpu', 'end', 'waitedMs'] as const;
export type SliceField = (typeof SLICE_FIELDS)[number];

/** Why a slice ended: time up, HLT, stopped, cap spent, pCPU taken away early, thread died, went on on another pCPU. */
export const SLICE_ENDS = ['slice', 'halt', 'stop', 'capped', 'preempted', 'died', 'moved'] as const;
export type SliceEnd = (typeof SLICE_ENDS)[number];

/**
 * Fields of one entry in `ScheduleFrame.bands`, as doubles: how long a vCPU was in each condition between
 * `startMs` and `endMs`; what is missing from the sum, it was stopped. `entitledMs` stands beside `runMs`: what weights
 * and caps entitled it to while it wanted to run. Of `runMs` the host took `stolenMs` for something else. `exits` and
 * `interrupts`, delivered ones, are counts.
 */
export const BAND_FIELDS = [
  'startMs',
  'endMs',
  'vm',
  'vcpu',
  'runMs',
  'readyMs',
  'haltedMs',
  'cappedMs',
  'entitledMs',
  'stolenMs',
  'exits',
  'interrupts',
] as const;
export type BandField = (typeof BAND_FIELDS)[number];

/**
 * Fields of one entry in `ScheduleFrame.exits`, as doubles: why a vCPU needed the hypervisor, as often as `times` says
 * between `startMs` and `endMs`, which are the same for one exit. `kind` indexes `EXIT_KINDS`; `detail` is the port,
 * vector or physical address of the first, -1 where the kind has none. They come in the order of their ends, but for a
 * millisecond or two.
 */
export const EXIT_FIELDS = ['startMs', 'endMs', 'vm', 'vcpu', 'kind', 'times', 'detail'] as const;
export type ExitField = (typeof EXIT_FIELDS)[number];

/** Who ran where since the last frame; ten times a second, bands four times. The first frame brings what is kept of the past. */
export interface ScheduleFrame {
  readonly atMs: number;
  readonly pcpuCount: number;
  readonly vms: readonly string[];
  readonly slices: Float64Array;
  readonly bands: Float64Array;
  /** None of the past before the first frame: they are noted only while a view looks. */
  readonly exits: Float64Array;
  /** Slices that were overwritten before they could be read. */
  readonly lost: number;
}

export function sliceCount(frame: ScheduleFrame): number {
  return frame.slices.length / SLICE_FIELDS.length;
}

export function sliceValue(frame: ScheduleFrame, index: number, field: SliceField): number {
  return frame.slices[index * SLICE_FIELDS.length + SLICE_FIELDS.indexOf(field)] ?? 0;
}

export function bandCount(frame: ScheduleFrame): number {
  return frame.bands.length / BAND_FIELDS.length;
}

export function bandValue(frame: ScheduleFrame, index: number, field: BandField): number {
  return frame.bands[index * BAND_FIELDS.length + BAND_FIELDS.indexOf(field)] ?? 0;
}

export function exitCount(frame: ScheduleFrame): number {
  return frame.exits.length / EXIT_FIELDS.length;
}

export function exitValue(frame: ScheduleFrame, index: number, field: ExitField): number {
  return frame.exits[index * EXIT_FIELDS.length + EXIT_FIELDS.indexOf(field)] ?? 0;
}
