/**
 * Guest memory as a bus master reaches it: DMA controllers, disk controllers, virtual queues.
 *
 * Nothing throws and nothing leaves RAM: bytes outside of it read as ones and are dropped when written.
 * Translations of code that is overwritten are dropped, and pages count as written.
 */
export interface DeviceMemory {
  /** RAM in bytes: addresses from here on are nobody's. */
  readonly size: number;
  /** Fills `target` with the bytes from `physicalAddress` on. */
  read(physicalAddress: number, target: Uint8Array): void;
  /** Stores `source` from `physicalAddress` on. */
  write(physicalAddress: number, source: Uint8Array): void;
}
