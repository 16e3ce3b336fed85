/** Stable for the life of a snapshot. */
export type SnapshotId = string;

export const SNAPSHOT_NAME_LENGTH_MOST = 200;

/** A machine as it was at one moment, with the content of its disks. */
export interface VmSnapshot {
  readonly id: SnapshotId;
  /** What it was taken after; null: it is a root of its own. */
  readonly parent: SnapshotId | null;
  readonly name: string;
  readonly notes: string;
  /** The machine was paused. */
  readonly isPaused: boolean;
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  /** Retired by the machine since it was made. */
  readonly instructions: number;
  readonly hasThumbnail: boolean;
  /** What it has added to the store, in bytes. */
  readonly storedBytes: number;
}

/** RAM as a snapshot holds it. Pages are read as they are asked for; throws where they cannot be read any more. */
export interface SnapshotContent {
  readonly byteLength: number;
  /** Whether the page at an address, a multiple of 4 KiB, holds just these bytes. */
  isPage(address: number, bytes: Uint8Array): boolean;
  /** Fewer bytes where the memory ends. */
  read(address: number, byteLength: number): Promise<Uint8Array>;
}

export interface VmSnapshots {
  /** What the machine's present state comes from; null: from power-on. */
  readonly current: SnapshotId | null;
  /** Parents before their children. */
  readonly entries: readonly VmSnapshot[];
}

export interface SnapshotRequest {
  readonly name: string;
  readonly notes?: string;
}

/** A snapshot that was taken just now. */
export interface TakenSnapshot extends VmSnapshot {
  /** How long the guest stood still for it, in milliseconds. */
  readonly pauseMs: number;
}

/** What goes into a machine's file beside its definition and its program. */
export interface ExportOptions {
  readonly snapshots: boolean;
  /** What its drives hold; without it they are empty where the machine is imported. */
  readonly images: boolean;
}

/** What a machine does once a snapshot has been restored; `as-taken`: what it did when the snapshot was taken. */
export const AFTER_RESTORE = ['as-taken', 'run', 'pause'] as const;
export type AfterRestore = (typeof AFTER_RESTORE)[number];
