import type { BlockHash } from '../storage/BlockIndex.ts';
import { PAGE_BYTES, ZERO_PAGE } from './pages.ts';
import { hashBlock } from './pageTables.ts';

/** RAM as a snapshot holds it: pages are read when they are asked for, since most comparisons need few of them. */
export class SnapshotMemory {
  readonly byteLength: number;
  /** Pages that are not zero, by their numbers. */
  readonly #hashes: ReadonlyMap<number, BlockHash>;
  readonly #readBlocks: (hashes: readonly BlockHash[]) => Promise<ReadonlyMap<BlockHash, Uint8Array>>;

  /** @param readBlocks throws where the store cannot be read */
  constructor(
    byteLength: number,
    hashes: ReadonlyMap<number, BlockHash>,
    readBlocks: (hashes: readonly BlockHash[]) => Promise<ReadonlyMap<BlockHash, Uint8Array>>,
  ) {
    this.byteLength = byteLength;
    this.#hashes = hashes;
    this.#readBlocks = readBlocks;
  }

  /** Whether the page at an address, a multiple of 4 KiB, holds just these bytes. */
  isPage(address: number, bytes: Uint8Array): boolean {
    const hash = this.#hashes.get(address / PAGE_BYTES);
    return hash === undefined ? Buffer.compare(bytes, ZERO_PAGE) === 0 : hashBlock(bytes) === hash;
  }

  /** Bytes from an address on, fewer where the memory ends. Throws where a page cannot be read any more. */
  async read(address: number, byteLength: number): Promise<Uint8Array> {
    const end = Math.min(this.byteLength, address + byteLength);
    const bytes = new Uint8Array(Math.max(0, end - address));
    const first = Math.floor(address / PAGE_BYTES);
    const pages = Array.from({ length: Math.max(0, Math.ceil(end / PAGE_BYTES) - first) }, (_, index) => first + index);
    const hashes = pages.flatMap((page) => this.#hashes.get(page) ?? []);
    const blocks = hashes.length > 0 ? await this.#readBlocks(hashes) : new Map<BlockHash, Uint8Array>();
    for (const page of pages) {
      const hash = this.#hashes.get(page);
      if (hash === undefined) continue;
      const block = blocks.get(hash);
      if (block === undefined) throw new Error('it was deleted meanwhile.');
      const [from, to] = [Math.max(address, page * PAGE_BYTES), Math.min(end, (page + 1) * PAGE_BYTES)];
      bytes.set(block.subarray(from - page * PAGE_BYTES, to - page * PAGE_BYTES), from - address);
    }
    return bytes;
  }
}
