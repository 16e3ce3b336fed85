import type { ReadableMemory } from './ReadableMemory.ts';

/** Compared before others get the thread. */
const SLICE_BYTES = 0x8_0000;
const PAGE_BYTES = 4096;
/** Equal bytes between two differences that are told as one: changes lie in the fields of one record. */
const GAP_BYTES = 8;

/** The other memory, of which a page may have to be fetched. */
export interface OtherMemory {
  readonly byteLength: number;
  /** True: the page at an address holds just these bytes, and need not be read. */
  isPage?(address: number, bytes: Uint8Array): boolean;
  read(address: number, byteLength: number): Promise<Uint8Array>;
}

export interface Difference {
  readonly address: number;
  readonly byteLength: number;
}

export interface Differences {
  /** Ascending; the first `most` of them. */
  readonly ranges: readonly Difference[];
  /** All ranges, and the bytes in them that differ. */
  readonly rangeCount: number;
  readonly byteCount: number;
  /** As far as both memories reach. */
  readonly comparedBytes: number;
  /** One of them reaches further. */
  readonly isCut: boolean;
}

/**
 * Compares two memories as far as both reach. `breathe` is called between two slices, so that large memories hold
 * nobody up; false from it gives up, as null.
 */
export async function compareMemory(
  memory: ReadableMemory,
  other: OtherMemory,
  most: number,
  breathe: () => Promise<boolean>,
): Promise<Differences | null> {
  const found = new DifferenceList(most);
  const end = Math.min(memory.byteLength, other.byteLength);
  for (let start = 0; start < end; start += SLICE_BYTES) {
    const bytes = memory.read(start, Math.min(SLICE_BYTES, end - start));
    await compareSlice(start, bytes, other, found);
    if (!(await breathe())) return null;
  }
  return { ...found.result(), comparedBytes: end, isCut: memory.byteLength !== other.byteLength };
}

async function compareSlice(
  start: number,
  bytes: Uint8Array,
  other: OtherMemory,
  found: DifferenceList,
): Promise<void> {
  const suspects: number[] = [];
  for (let at = 0; at < bytes.length; at += PAGE_BYTES)
    if (other.isPage?.(start + at, bytes.subarray(at, at + PAGE_BYTES)) !== true) suspects.push(at);
  const [first] = suspects;
  if (first === undefined) return;
  // At once: neighbours are often kept together.
  const others = await other.read(start + first, (suspects.at(-1) ?? first) + PAGE_BYTES - first);
  for (const at of suspects) {
    const page = bytes.subarray(at, at + PAGE_BYTES);
    const otherPage = others.subarray(at - first, at - first + PAGE_BYTES);
    if (Buffer.compare(page, otherPage) === 0) continue;
    for (let index = 0; index < page.length; index++)
      if (page[index] !== otherPage[index]) found.add(start + at + index);
  }
}

class DifferenceList {
  private readonly most: number;
  private readonly ranges: Difference[] = [];
  private rangeCount = 0;
  private byteCount = 0;
  private first = -1;
  private last = -1;

  constructor(most: number) {
    this.most = most;
  }

  /** @param address above those that were added */
  add(address: number): void {
    this.byteCount++;
    if (this.last >= 0 && address - this.last <= GAP_BYTES) {
      this.last = address;
      return;
    }
    this.end();
    this.first = this.last = address;
  }

  result(): Pick<Differences, 'ranges' | 'rangeCount' | 'byteCount'> {
    this.end();
    return { ranges: this.ranges, rangeCount: this.rangeCount, byteCount: this.byteCount };
  }

  private end(): void {
    if (this.last < 0) return;
    this.rangeCount++;
    if (this.ranges.length < this.most)
      this.ranges.push({ address: this.first, byteLength: this.last - this.first + 1 });
    this.last = -1;
  }
}
