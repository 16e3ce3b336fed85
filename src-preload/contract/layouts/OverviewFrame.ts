/**
 * Fields of one machine in `OverviewFrame.rows`, as doubles.
 * - `receivedShare`, `entitledShare`: of one pCPU, 0..1.
 * - `mips`: million instructions a second; `instructions`: retired since power-on.
 * - `exitsPerSecond`, all kinds together; `contained`: entries in the containment log.
 */
export const OVERVIEW_FIELDS = [
  'receivedShare',
  'entitledShare',
  'mips',
  'instructions',
  'exitsPerSecond',
  'contained',
] as const;
export type OverviewField = (typeof OVERVIEW_FIELDS)[number];

/** All machines at a glance, four times a second. */
export interface OverviewFrame {
  /** Host milliseconds on the hypervisor's monotonic clock. */
  readonly atMs: number;
  readonly pcpuCount: number;
  /** Busy fraction of all pCPUs, 0..1. */
  readonly load: number;
  readonly vms: readonly string[];
  /** `OVERVIEW_FIELDS.length` doubles per machine, in the order of `vms`. */
  readonly rows: Float64Array;
  /** Screens that changed since the last frame; the first frame brings all of them. */
  readonly thumbnails: readonly Thumbnail[];
}

export interface Thumbnail {
  readonly id: string;
  /** Null: off, nothing to show. */
  readonly picture: ThumbnailPicture | null;
}

/** A screen made small: R G B A bytes, line by line. */
export interface ThumbnailPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export function overviewValue(frame: OverviewFrame, vmIndex: number, field: OverviewField): number {
  return frame.rows[vmIndex * OVERVIEW_FIELDS.length + OVERVIEW_FIELDS.indexOf(field)] ?? 0;
}
