/** Entries of L1, L2 and refcount tables: 64 bits, big-endian, handled as two words so that no BigInt is made. */

/** Bit 63 of an L1 or L2 entry: the refcount is exactly 1, so what it names may be written in place. */
const COPIED = 0x8000_0000;
/** Bit 62 of an L2 entry. */
export const COMPRESSED_HIGH = 0x4000_0000;
/** Bit 0 of an L2 entry, version 3: reads as zeros. */
const READS_AS_ZEROS = 1;
/** Bits 55..9: where the cluster lies. */
const OFFSET_HIGH = 0x00ff_ffff;
const OFFSET_LOW = 0xffff_fe00;

/** Where an entry points, in bytes; 0: nowhere. Bits 55..53 set give an unsafe integer, beyond any file. */
export function offsetOf(table: DataView, index: number): number {
  const high = table.getUint32(8 * index) & OFFSET_HIGH;
  return high * 2 ** 32 + ((table.getUint32(8 * index + 4) & OFFSET_LOW) >>> 0);
}

export function isCopied(table: DataView, index: number): boolean {
  return (table.getUint32(8 * index) & COPIED) !== 0;
}

export function readsAsZeros(table: DataView, index: number): boolean {
  return (table.getUint32(8 * index + 4) & READS_AS_ZEROS) !== 0;
}

/** The bytes of an entry that names a cluster of refcount 1. */
export function copiedEntry(offset: number): Uint8Array {
  const bytes = entry(offset);
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}

/** The bytes of an entry that names no cluster and reads as zeros, which version 3 has. */
export function zerosEntry(): Uint8Array {
  return entry(READS_AS_ZEROS);
}

/** The bytes of an entry of a refcount table. */
export function entry(offset: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(offset / 2 ** 32));
  view.setUint32(4, offset % 2 ** 32);
  return bytes;
}
