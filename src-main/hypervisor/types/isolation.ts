import type { VmId } from './definition.ts';

/** A machine's own memory under glass. */
export interface MemoryActivity {
  readonly vmId: VmId;
  /** Bytes of RAM that one cell stands for. */
  readonly cellBytes: number;
  /** Recent writes per cell, 0 (still) .. 255 (just written); decays. */
  readonly heat: Uint8Array;
  /** 1 where the cell holds translated code. */
  readonly code: Uint8Array;
}

/**
 * Evidence that nobody else wrote this machine's memory.
 *
 * The pages that the guest itself has never written since its program was loaded must still hold what was
 * loaded. They are hashed again and again and compared with hashes taken from the program image, not from
 * RAM. `digest` stands for the machine, for their numbers and contents: it changes only when the guest writes
 * a page for the first time, or when something foreign did, and no two machines show the same.
 */
export interface MemoryIntegrity {
  readonly vmId: VmId;
  /** Sixteen hexadecimal digits. */
  readonly digest: string;
  readonly pageCount: number;
  /** Pages that the guest has not written, hence guarded. */
  readonly guardedPages: number;
  /** Complete passes over the guarded pages since the start. */
  readonly passes: number;
  /** Guarded pages found changed: always 0 unless isolation is broken. */
  readonly foreignWrites: number;
  /** Digest of all of RAM, of a machine that stands still, the same for equal contents; null while it runs. */
  readonly exactDigest: string | null;
}

export interface IsolationSample {
  readonly at: number;
  readonly activity: readonly MemoryActivity[];
  readonly integrity: readonly MemoryIntegrity[];
}
