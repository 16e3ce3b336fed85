import { PAGING, TLB, TLB_FLAG, TLB_INVALID, VCPU_BLOCK } from '../state/layout.ts';

const PAGE_MASK = 0xffff_f000 | 0;
const LIST_WORDS = TLB.entries * 2;

/**
 * The entries of a vCPU's two TLBs. Generated code fills them, and lists which: a flush costs what was filled
 * since the last one, not what there is. An entry is in the list of global pages, in that of others, or, when
 * it changed from one to the other, in both.
 */
export class TlbEntries {
  private readonly i32: Int32Array;
  /** Host addresses of both TLBs. */
  private readonly tlbs: readonly number[];
  /** Index of PAGING's first word. */
  private readonly block: number;

  /** @param cpu host address of the vCPU's block */
  constructor(buffer: ArrayBufferLike, cpu: number) {
    this.i32 = new Int32Array(buffer);
    this.tlbs = [cpu + VCPU_BLOCK.supervisorTlb, cpu + VCPU_BLOCK.userTlb];
    this.block = (cpu + VCPU_BLOCK.paging) >> 2;
    for (const tlb of this.tlbs) {
      for (let entry = tlb >> 2; entry < (tlb >> 2) + TLB.entries * (TLB.size >> 2); entry += TLB.size >> 2) {
        this.drop(entry);
      }
    }
    const empty = (cpu + VCPU_BLOCK.emptyTlb) >> 2;
    this.i32.fill(TLB_INVALID, empty, empty + TLB.entries * (TLB.size >> 2));
  }

  /** Host address of a linear one that an entry lets be read or written; 0 when none does. */
  readableHost(tlb: number, linear: number): number {
    const entry = entryIndex(tlb, linear);
    return this.i32[entry] === (linear & PAGE_MASK) ? (linear + this.i32[entry + 2]) >>> 0 : 0;
  }

  writableHost(tlb: number, linear: number): number {
    const entry = entryIndex(tlb, linear);
    return this.i32[entry + 1] === (linear & PAGE_MASK) ? (linear + this.i32[entry + 2]) >>> 0 : 0;
  }

  flush(): void {
    this.forEachListed((entry) => this.drop(entry));
    this.i32[this.block + (PAGING.listedCount >> 2)] = 0;
    this.i32[this.block + (PAGING.listedGlobalCount >> 2)] = 0;
    const large = this.block + (PAGING.largePages >> 2);
    this.i32.fill(0, large, large + 32);
  }

  flushNonGlobal(): void {
    const { i32 } = this;
    const counter = this.block + (PAGING.listedCount >> 2);
    const list = this.block + (PAGING.lists >> 2);
    for (let at = list; at < list + i32[counter]; at++) {
      const entry = i32[at] >> 2;
      if (i32[entry + 3] & TLB_FLAG.global) i32[entry + 3] &= ~TLB_FLAG.listed;
      else this.dropButListed(entry);
    }
    i32[counter] = 0;
  }

  /**
   * Drops all that is cached of the page that holds a linear address, however large it is (SDM vol. 3A, 4.10.4.1).
   * @returns false when everything was dropped
   */
  flushPage(linear: number): boolean {
    const word = this.i32[this.block + (PAGING.largePages >> 2) + (linear >>> 27)];
    if ((word >>> ((linear >>> 22) & 31)) & 1) {
      this.flush();
      return false;
    }
    for (const tlb of this.tlbs) {
      const entry = entryIndex(tlb, linear);
      if (this.i32[entry] !== (linear & PAGE_MASK)) continue;
      this.i32[entry] = TLB_INVALID;
      this.i32[entry + 1] = TLB_INVALID;
    }
    return true;
  }

  /** Writes to a physical page have to be compared with the code in it. */
  watchWrites(physicalPage: number): void {
    const { i32 } = this;
    this.forEachListed((entry) => {
      if (i32[entry + 1] === TLB_INVALID || ((i32[entry + 3] ^ physicalPage) & PAGE_MASK) !== 0) return;
      i32[entry + 1] = TLB_INVALID;
      i32[entry + 3] |= TLB_FLAG.watched;
    });
  }

  /** Withdraws the permission to write host addresses in a range. */
  forbidWrites(start: number, end: number): void {
    const { i32 } = this;
    this.forEachListed((entry) => {
      if (i32[entry + 1] === TLB_INVALID) return;
      const host = (i32[entry + 1] + i32[entry + 2]) >>> 0;
      if (host >= start && host < end) i32[entry + 1] = TLB_INVALID;
    });
  }

  private forEachListed(visit: (entry: number) => void): void {
    const { i32, block } = this;
    for (const [index, counter] of [PAGING.listedCount, PAGING.listedGlobalCount].entries()) {
      const list = block + (PAGING.lists >> 2) + index * LIST_WORDS;
      const end = list + i32[block + (counter >> 2)];
      for (let at = list; at < end; at++) visit(i32[at] >> 2);
    }
  }

  private drop(entry: number): void {
    this.i32[entry] = TLB_INVALID;
    this.i32[entry + 1] = TLB_INVALID;
    this.i32[entry + 3] = 0;
  }

  /** Drops an entry that the list of global pages may hold too. */
  private dropButListed(entry: number): void {
    this.i32[entry] = TLB_INVALID;
    this.i32[entry + 1] = TLB_INVALID;
    this.i32[entry + 3] &= TLB_FLAG.listedGlobal;
  }
}

/** Index, in words, of the TLB entry for a linear address. */
function entryIndex(tlb: number, linear: number): number {
  return (tlb >> 2) + ((linear >>> 12) & (TLB.entries - 1)) * (TLB.size >> 2);
}
