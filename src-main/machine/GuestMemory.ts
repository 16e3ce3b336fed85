/**
 * Guest RAM as the machine's own parts see it: the loader writes programs into it, the video adapter reads
 * text memory from it. Addresses are guest-physical and lie below `size`; writes do not tell the translator,
 * so the machine calls `VirtualProcessor.invalidatePhysical` after those that may hit code.
 */
export interface GuestMemory {
  /** In bytes. */
  readonly size: number;
  /** A window on the bytes themselves, not a copy. */
  view(physicalAddress: number, byteLength: number): Uint8Array;
}

/** The gate on address line 20: closed, each odd mebibyte shows the even one below it. */
export interface AddressLine20 {
  setA20(enabled: boolean): void;
}
