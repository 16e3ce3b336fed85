/** A memory from its first byte on, such as a machine's RAM. */
export interface ReadableMemory {
  /** Where it ends. */
  readonly byteLength: number;
  /** Bytes from an address on; fewer, or none, where it ends. */
  read(address: number, byteLength: number): Uint8Array;
}
