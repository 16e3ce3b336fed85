import { PAGE_FLAG } from '../../engine/state/layout.ts';
import { PAGE_WRITES, type LoadedPages, type MachineViews } from '../threads/ThreadMachine.ts';
import type { MemoryActivity, MemoryIntegrity, VmId } from '../types.ts';
import { PAGE_BYTES, ZERO_PAGE_HASH, combine, hashPage, hashText } from './pageHash.ts';

/** Cells of a memory map: enough for a picture, few enough to send four times a second. */
const CELLS_MOST = 256;
/** Pages are verified and digested in blocks of this many. */
export const BLOCK_PAGES = 64;
/** Where the digest's second half begins, so that it is no copy of the first. */
const SEED = 0x9e37;
/** What is left of a cell's heat after a round in which nobody wrote there. */
const COOLING = 0.6;

/**
 * Watches one machine's memory from main, without asking its thread: which pages are written, and whether
 * those that the guest never wrote still hold what was loaded.
 */
export class IsolationMonitor {
  readonly #vmId: VmId;
  /** Where the machine's digest begins: two machines that guard equal pages show different ones. */
  readonly #seed: number;
  readonly #words: Uint32Array;
  readonly #flags: Uint8Array;
  readonly #writes: Uint8Array;
  readonly #expected = new Map<number, number>();
  readonly #pageCount: number;
  readonly #cellPages: number;
  readonly #heat: Float64Array;
  /** Pages found changed although the guest has not written them. */
  readonly #foreign = new Set<number>();
  /** Of each block, as it was verified last: its digest's two halves and its guarded pages. */
  readonly #blockLow: Int32Array;
  readonly #blockHigh: Int32Array;
  readonly #blockGuarded: Uint8Array;
  #nextBlock = 0;
  #passes = 0;

  constructor(vmId: VmId, views: MachineViews, loaded: LoadedPages) {
    this.#vmId = vmId;
    this.#seed = hashText(vmId);
    this.#pageCount = Math.floor(views.ramBytes / PAGE_BYTES);
    this.#words = new Uint32Array(views.buffer, views.ramOffset, (this.#pageCount * PAGE_BYTES) / 4);
    this.#flags = new Uint8Array(views.buffer, views.pageFlagsOffset, this.#pageCount);
    this.#writes = new Uint8Array(views.writes);
    for (const [index, page] of loaded.pages.entries()) this.#expected.set(page, loaded.hashes[index] ?? 0);
    this.#cellPages = Math.max(1, Math.ceil(this.#pageCount / CELLS_MOST));
    this.#heat = new Float64Array(Math.ceil(this.#pageCount / this.#cellPages));
    const blocks = Math.ceil(this.#pageCount / BLOCK_PAGES);
    this.#blockLow = new Int32Array(blocks);
    this.#blockHigh = new Int32Array(blocks);
    this.#blockGuarded = new Uint8Array(blocks);
    for (let block = 0; block < blocks; block++) this.#digestBlock(block);
  }

  /** Verifies the next pages: about so many, a microsecond each. */
  verify(pages: number): void {
    for (let left = pages; left > 0; left -= BLOCK_PAGES) {
      const first = this.#nextBlock * BLOCK_PAGES;
      const last = Math.min(this.#pageCount, first + BLOCK_PAGES);
      for (let page = first; page < last; page++) {
        if (this.#isWritten(page) || this.#isIntact(page)) this.#foreign.delete(page);
        // The guest may have written it for the first time in between: its flag comes before its write.
        else if (!this.#isWritten(page)) this.#foreign.add(page);
      }
      this.#digestBlock(this.#nextBlock);
      if (last < this.#pageCount) {
        this.#nextBlock++;
        continue;
      }
      this.#nextBlock = 0;
      this.#passes++;
      return;
    }
  }

  integrity(exactDigest: string | null): MemoryIntegrity {
    let guardedPages = 0;
    let low = this.#seed;
    let high = combine(SEED, this.#seed);
    for (let block = 0; block < this.#blockGuarded.length; block++) {
      guardedPages += this.#blockGuarded[block] ?? 0;
      low = combine(low, this.#blockLow[block] ?? 0);
      high = combine(high, this.#blockHigh[block] ?? 0);
    }
    return {
      vmId: this.#vmId,
      digest: hexadecimal(high) + hexadecimal(low),
      pageCount: this.#pageCount,
      guardedPages,
      passes: this.#passes,
      foreignWrites: this.#foreign.size,
      exactDigest,
    };
  }

  /** Heat of the cells since the last call. */
  activity(): MemoryActivity {
    const cells = this.#heat.length;
    const heat = new Uint8Array(cells);
    const code = new Uint8Array(cells);
    for (let cell = 0; cell < cells; cell++) {
      let isHot = false;
      const end = Math.min(this.#pageCount, (cell + 1) * this.#cellPages);
      for (let page = cell * this.#cellPages; page < end; page++) {
        const flags = this.#flags[page] ?? 0;
        if ((flags & PAGE_FLAG.code) !== 0) code[cell] = 1;
        if (this.#writes[page] !== PAGE_WRITES.recent) continue;
        // The thread may write it again just now: then it is hot once more in the next round.
        this.#writes[page] = PAGE_WRITES.before;
        isHot = true;
      }
      const value = isHot ? 255 : (this.#heat[cell] ?? 0) * COOLING;
      this.#heat[cell] = value;
      heat[cell] = value;
    }
    return { vmId: this.#vmId, cellBytes: this.#cellPages * PAGE_BYTES, heat, code };
  }

  /** Digest of all of RAM, the same for equal contents, in pieces between which main does other things. */
  async exactDigest(): Promise<string> {
    let low = 0;
    let high = SEED;
    for (let page = 0; page < this.#pageCount; page++) {
      const hash = hashPage(this.#words, (page * PAGE_BYTES) / 4);
      low = combine(low ^ page, hash);
      high = combine(high + page, hash);
      if (page % 1024 === 1023) await new Promise((resolve) => setImmediate(resolve));
    }
    return hexadecimal(high) + hexadecimal(low);
  }

  #digestBlock(block: number): void {
    let guarded = 0;
    let low = 0;
    let high = SEED;
    const last = Math.min(this.#pageCount, (block + 1) * BLOCK_PAGES);
    for (let page = block * BLOCK_PAGES; page < last; page++) {
      if (this.#isWritten(page)) continue;
      guarded++;
      // What was found there, not what is expected: a change shows in the digest too.
      const hash = this.#foreign.has(page)
        ? hashPage(this.#words, (page * PAGE_BYTES) / 4)
        : (this.#expected.get(page) ?? ZERO_PAGE_HASH);
      low = combine(low ^ page, hash);
      high = combine(high + page, hash);
    }
    this.#blockLow[block] = low;
    this.#blockHigh[block] = high;
    this.#blockGuarded[block] = guarded;
  }

  /** In this order: the thread moves a page's flag to `writes` before it clears the flag. */
  #isWritten(page: number): boolean {
    return ((this.#flags[page] ?? 0) & PAGE_FLAG.dirty) !== 0 || this.#writes[page] !== PAGE_WRITES.none;
  }

  #isIntact(page: number): boolean {
    return hashPage(this.#words, (page * PAGE_BYTES) / 4) === (this.#expected.get(page) ?? ZERO_PAGE_HASH);
  }
}

function hexadecimal(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
