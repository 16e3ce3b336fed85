/**
 * Fields of one entry in `HistoryFrame.samples`, as doubles: how a machine did over the second before `atMs`, on the
 * hypervisor's monotonic clock.
 * - `vm` indexes the frame's `vms`.
 * - `receivedShare`, `entitledShare`: of one pCPU, 0..1. `mips`: million instructions a second.
 * - The others are counts per second: exits of all kinds, interrupts delivered, page faults, reads and writes of
 *   drives, network frames both ways.
 */
export const HISTORY_FIELDS = [
  'atMs',
  'vm',
  'receivedShare',
  'entitledShare',
  'mips',
  'exits',
  'interrupts',
  'pageFaults',
  'diskAccesses',
  'networkFrames',
] as const;
export type HistoryField = (typeof HISTORY_FIELDS)[number];

/** Samples since the last frame, oldest first, of machines that are on; four a second. The first frame brings all that is kept. */
export interface HistoryFrame {
  /** Main's clock. */
  readonly atMs: number;
  readonly vms: readonly string[];
  readonly samples: Float64Array;
}

export function historySampleCount(frame: HistoryFrame): number {
  return frame.samples.length / HISTORY_FIELDS.length;
}

export function historyValue(frame: HistoryFrame, index: number, field: HistoryField): number {
  return frame.samples[index * HISTORY_FIELDS.length + HISTORY_FIELDS.indexOf(field)] ?? 0;
}
