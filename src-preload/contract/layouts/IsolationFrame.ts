/** The memory of every machine that is on, side by side; four times a second. */
export interface IsolationFrame {
  /** Host milliseconds on the hypervisor's monotonic clock. */
  readonly atMs: number;
  readonly machines: readonly IsolationRow[];
}

export interface IsolationRow {
  readonly id: string;
  readonly activity: MemoryActivity | null;
  readonly integrity: MemoryIntegrity | null;
  /** Of one pCPU, 0..1, over the last sample. */
  readonly receivedShare: number;
  readonly entitledShare: number;
  /** Times that this machine was stopped at its walls. */
  readonly contained: number;
}

/** Guest RAM from address 0 upwards, cut into equal cells; one byte per cell in each array. */
export interface MemoryActivity {
  readonly cellBytes: number;
  /** Recent writes, 0 (still) .. 255 (just written); decays. */
  readonly heat: Uint8Array;
  /** 1 where the cell holds translated code. */
  readonly code: Uint8Array;
}

/**
 * Evidence that nobody else wrote this machine's memory: the pages that its guest has never written still hold
 * what was loaded. They are hashed again and again.
 */
export interface MemoryIntegrity {
  /** Sixteen hexadecimal digits; changes when the guest writes a page for the first time, or when something foreign did. */
  readonly digest: string;
  readonly pageCount: number;
  /** Pages that the guest has not written, hence guarded. */
  readonly guardedPages: number;
  /** Complete passes over the guarded pages since the start: the steady tick. */
  readonly passes: number;
  /** Guarded pages found changed: always 0 unless isolation is broken. */
  readonly foreignWrites: number;
  /** Digest of all of RAM, of a machine that stands still; null while it runs. */
  readonly exactDigest: string | null;
}
