import { CODE_LINE_BYTES, PAGE_BYTES, PAGE_FLAG } from '../../state/layout.ts';
import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import { PageBytes } from './PageBytes.ts';
import { RECORD } from './record.ts';

/** Bytes, a multiple of a record's. */
const ZEROED_AT_ONCE = 0x1_0000;

const LINE_SHIFT = Math.log2(CODE_LINE_BYTES);
/**
 * Code pages kept at most, of some kilobytes of the host's memory each: a guest may run one physical page under any
 * number of segments' bases and limits. Whole systems have a few thousand.
 */
export const MOST_CODE_PAGES = 0x8000;

/** Translated instructions of one page under one mode, and one position of CS's bounds in the page. */
export interface CodePage {
  /** Physical address of the page. */
  readonly physical: number;
  /** Mode, and the page offsets that lie within CS, see `codePageKey`. */
  readonly key: number;
  /** First and last page offset within CS; the last may lie in the next page, so far as an instruction may reach. */
  readonly low: number;
  readonly high: number;
  /** First record of the block that starts at a page offset. */
  readonly blocks: Map<number, Block>;
  /** Single-step pairs by page offset. */
  readonly steps: Map<number, Block>;
  /** Instructions that come back to a region, by page offset. */
  readonly singles: Map<number, Block>;
  /** The record that stands for each jump target that is not translated yet. */
  readonly stubs: Map<number, number>;
  /** Fields that name the block at a page offset, its stub, or its first record before it went stale. */
  readonly links: Map<number, Set<number>>;
}

/** A field of a record that names the first record at a page offset. */
export interface Link {
  readonly field: number;
  readonly offset: number;
}

/** A `step` is one instruction followed by a stop, a `single` one followed by `yield`. */
export type BlockKind = 'block' | 'step' | 'single';

/** Records that were translated together from consecutive bytes. */
export interface Block {
  readonly page: CodePage;
  readonly firstRecord: number;
  /** Records that stand for instructions: without the one behind them that goes on elsewhere. */
  readonly recordCount: number;
  /** Page offset of the first byte, and behind the last: beyond 0x1000 when it reaches into the next page. */
  readonly start: number;
  readonly end: number;
  /** Physical address of the next page when `end` lies in it, else -1. */
  readonly nextPhysical: number;
  readonly kind: BlockKind;
  /** What its records link to in their page. */
  readonly links: readonly Link[];
}

/** What is known of one physical page that code was translated from. */
interface WatchedPage {
  /** By their keys. */
  readonly pages: Map<number, CodePage>;
  readonly blocks: Set<Block>;
  /** How many blocks were made from bytes of each line. */
  readonly lineUsers: Uint16Array;
  /** Holds all bytes that its blocks were made from, and may hold some of blocks that were dropped. */
  readonly code: PageBytes;
}

/** Handler indices that the cache writes into records by itself. */
export interface CacheHandlers {
  readonly stale: number;
  readonly goto: number;
}

/** Told what the cache gives up. */
export interface CacheWatcher {
  onDropped(block: Block): void;
  /** Every record becomes invalid. */
  onCleared(): void;
}

/**
 * All translations of one vCPU: records in a bump-allocated arena, found by physical page and mode, and
 * dropped by physical range.
 */
export class CodeCache {
  private readonly physicalMemory: PhysicalMemory;
  private readonly handlers: CacheHandlers;
  private readonly view: DataView;
  private readonly start: number;
  private readonly end: number;
  private next: number;
  /** Behind the last byte that has been zeroed for records to come. */
  private zeroed: number;
  private readonly watched = new Map<number, WatchedPage>();
  private pageCount = 0;
  watcher: CacheWatcher | undefined;
  /** Blocks dropped since power-on because their bytes were written. */
  invalidatedBlocks = 0;

  constructor(physicalMemory: PhysicalMemory, handlers: CacheHandlers, start: number, end: number) {
    this.physicalMemory = physicalMemory;
    this.handlers = handlers;
    this.view = physicalMemory.view;
    this.start = start;
    this.end = end;
    this.next = start;
    this.zeroed = start;
  }

  /** Whether `records` more fit. When not, the caller calls `clear` and every record becomes invalid. */
  hasRoom(records: number): boolean {
    return this.pageCount <= MOST_CODE_PAGES && this.next + records * RECORD.size <= this.end;
  }

  /** Address of a new record, zeroed. */
  allocate(): number {
    const record = this.next;
    this.next += RECORD.size;
    if (this.next > this.zeroed) {
      const end = Math.min(this.end, this.zeroed + ZEROED_AT_ONCE);
      this.physicalMemory.bytes.fill(0, this.zeroed, end);
      this.zeroed = end;
    }
    return record;
  }

  /** Bytes of the arena in use. */
  get usedBytes(): number {
    return this.next - this.start;
  }

  clear(): void {
    this.watcher?.onCleared();
    for (const physical of this.watched.keys()) {
      this.physicalMemory.clearFlags(physical, PAGE_FLAG.code);
      const lines = physical / CODE_LINE_BYTES / 8;
      this.physicalMemory.codeLines.fill(0, lines, lines + PAGE_BYTES / CODE_LINE_BYTES / 8);
    }
    this.watched.clear();
    this.pageCount = 0;
    this.next = this.start;
    this.zeroed = this.start;
  }

  page(physical: number, key: number, low: number, high: number): CodePage {
    const { pages } = this.watch(physical);
    const known = pages.get(key);
    if (known) return known;
    const page: CodePage = {
      physical,
      key,
      low,
      high,
      blocks: new Map(),
      steps: new Map(),
      singles: new Map(),
      stubs: new Map(),
      links: new Map(),
    };
    pages.set(key, page);
    this.pageCount++;
    return page;
  }

  /** The page under a key when anything of it has been translated. */
  knownPage(physical: number, key: number): CodePage | undefined {
    return this.watched.get(physical)?.pages.get(key);
  }

  /** Everything that has been translated from a physical page. */
  pagesAt(physical: number): Iterable<CodePage> {
    return this.watched.get(physical)?.pages.values() ?? [];
  }

  *allPages(): Generator<CodePage> {
    for (const { pages } of this.watched.values()) yield* pages.values();
  }

  /**
   * Registers a finished block.
   * @returns the physical pages that have come under watch with it: cached write permissions are to be withdrawn
   */
  add(block: Block): number[] {
    const { page } = block;
    const fresh: number[] = [];
    this.watchFor(block, page.physical, 0, fresh);
    if (block.nextPhysical >= 0) this.watchFor(block, block.nextPhysical, PAGE_BYTES, fresh);
    ofKind(page, block.kind).set(block.start, block);
    if (block.kind === 'block') this.link(page, block);
    return fresh;
  }

  /**
   * Notes that a block was made from bytes of a page.
   * @param base the block's page offset there; @param fresh takes the page in where it comes under watch
   */
  private watchFor(block: Block, physical: number, base: number, fresh: number[]): void {
    const watched = this.watch(physical);
    watched.blocks.add(block);
    addBytes(watched, physical, block);
    this.useLines(watched, physical, block, base, 1);
    if ((this.physicalMemory.flagsOf(physical) & PAGE_FLAG.code) !== 0) return;
    this.physicalMemory.setFlags(physical, PAGE_FLAG.code);
    fresh.push(physical);
  }

  /** Drops every block that was made from one of these bytes. Physical, within one page. */
  invalidate(physical: number, byteLength: number): void {
    const pageAddress = (physical & ~0xfff) >>> 0;
    const watched = this.watched.get(pageAddress);
    if (!watched) return;
    const start = physical - pageAddress,
      end = start + byteLength;
    // A variable that shares a line with code is written over and over.
    if (!watched.code.holdsAny(start, end)) return;
    const dropped: Block[] = [];
    for (const block of watched.blocks) if (overlaps(block, pageAddress, start, end)) dropped.push(block);
    for (const block of dropped) this.drop(block);
    if (dropped.length === 0) {
      watched.code.clear();
      for (const block of watched.blocks) addBytes(watched, pageAddress, block);
    }
    if (watched.blocks.size === 0) this.physicalMemory.clearFlags(pageAddress, PAGE_FLAG.code);
  }

  /** Counts a block in or out of the lines it was made from. @param base the block's page offset at `physical` */
  private useLines(watched: WatchedPage, physical: number, block: Block, base: number, by: 1 | -1): void {
    const { lineUsers } = watched;
    const { codeLines } = this.physicalMemory;
    const first = Math.max(0, block.start - base) >>> LINE_SHIFT;
    const last = (Math.min(PAGE_BYTES, block.end - base) - 1) >>> LINE_SHIFT;
    const firstBit = physical / CODE_LINE_BYTES;
    for (let line = first; line <= last; line++) {
      const users = (lineUsers[line] += by);
      const bit = firstBit + line;
      if (users === 0) codeLines[bit >>> 3] &= ~(1 << (bit & 7));
      else codeLines[bit >>> 3] |= 1 << (bit & 7);
    }
  }

  private watch(physical: number): WatchedPage {
    let watched = this.watched.get(physical);
    if (!watched) {
      const lineUsers = new Uint16Array(PAGE_BYTES / CODE_LINE_BYTES);
      watched = { pages: new Map(), blocks: new Set(), lineUsers, code: new PageBytes() };
      this.watched.set(physical, watched);
    }
    return watched;
  }

  /**
   * Points everything that names this block's start at it. Links are pointed anew rather than forwarded from
   * the first record of a block that was dropped: code rewritten over and over would grow a chain of those.
   */
  private link(page: CodePage, block: Block): void {
    for (const field of page.links.get(block.start) ?? []) this.view.setUint32(field, block.firstRecord, true);
    const stub = page.stubs.get(block.start);
    if (stub === undefined) return;
    page.stubs.delete(block.start);
    this.forward(stub, block.firstRecord);
  }

  /** Makes a record pass control on before anything is charged. */
  private forward(record: number, to: number): void {
    this.view.setUint32(record + RECORD.handler, this.handlers.goto, true);
    this.view.setUint32(record + RECORD.link, to, true);
    this.view.setUint8(record + RECORD.count, 0);
  }

  private drop(block: Block): void {
    const { page } = block;
    this.invalidatedBlocks++;
    for (let i = 0; i < block.recordCount; i++) {
      this.view.setUint32(block.firstRecord + i * RECORD.size + RECORD.handler, this.handlers.stale, true);
    }
    for (const [index, physical] of [page.physical, block.nextPhysical].entries()) {
      const watched = this.watched.get(physical);
      if (watched === undefined) continue;
      watched.blocks.delete(block);
      this.useLines(watched, physical, block, index * PAGE_BYTES, -1);
    }
    for (const { field, offset } of block.links) page.links.get(offset)?.delete(field);
    ofKind(page, block.kind).delete(block.start);
    this.watcher?.onDropped(block);
  }
}

function ofKind(page: CodePage, kind: BlockKind): Map<number, Block> {
  return kind === 'block' ? page.blocks : kind === 'step' ? page.steps : page.singles;
}

function addBytes({ code }: WatchedPage, pageAddress: number, { page, start, end, nextPhysical }: Block): void {
  if (page.physical === pageAddress) code.add(start, Math.min(PAGE_BYTES, end));
  if (nextPhysical === pageAddress) code.add(0, end - PAGE_BYTES);
}

/** Whether a block was made from bytes of a page, from `start` to before `end`. */
function overlaps(block: Block, pageAddress: number, start: number, end: number): boolean {
  if (block.page.physical === pageAddress && start < block.end && end > block.start) return true;
  return block.nextPhysical === pageAddress && start < block.end - PAGE_BYTES;
}
