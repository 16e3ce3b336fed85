/** DATA SET MANAGEMENT takes its list in blocks of so many bytes, and here at most so many of them. */
export const TRIM_BLOCK_BYTES = 512;
export const MOST_TRIM_BLOCKS = 8;
const ENTRY_BYTES = 8;

export interface SectorRange {
  readonly first: number;
  readonly count: number;
}

/**
 * The ranges of a list of LBA range entries (ATA8-ACS, T13/1699D, 4.18.3.2): 48 bits of the first sector, 16 of their
 * number. Entries of no sectors fill the list up.
 */
export function trimRanges(list: Uint8Array): readonly SectorRange[] {
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength);
  return Array.from({ length: Math.floor(list.length / ENTRY_BYTES) }, (_, index) => {
    const at = index * ENTRY_BYTES;
    const first = view.getUint32(at, true) + view.getUint16(at + 4, true) * 2 ** 32;
    return { first, count: view.getUint16(at + 6, true) };
  }).filter(({ count }) => count > 0);
}
