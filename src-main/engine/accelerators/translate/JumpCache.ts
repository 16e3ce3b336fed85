import { JUMP_CACHE, VCPU_BLOCK } from '../../state/layout.ts';

const ENTRY_WORDS = JUMP_CACHE.size >> 2;
/** Set in the word behind an entry's record when the linear page is global. */
const GLOBAL = 1;
/** Tags that nothing equals: no code key is -1. */
const NONE = -1;

/**
 * The cache in which generated code looks up jumps out of a page, by linear address and mode. It has to forget
 * what the TLBs forget; so that this costs what was entered since the last time, entries are listed.
 */
export class JumpCache {
  private readonly i32: Int32Array;
  /** Index of the first entry's first word. */
  private readonly start: number;
  /** Indices of entries made since they were last cleared, those of global pages apart. Some may stand twice. */
  private readonly listed: number[] = [];
  private readonly listedGlobal: number[] = [];
  /** Linear pages of which there may be entries. */
  private readonly pages = new Set<number>();

  /** @param cpu host address of the vCPU's block */
  constructor(buffer: ArrayBufferLike, cpu: number) {
    this.i32 = new Int32Array(buffer);
    this.start = (cpu + VCPU_BLOCK.jumpCache) >> 2;
    this.clearAll();
  }

  enter(linear: number, codeKey: number, record: number, isGlobal: boolean): void {
    const { i32 } = this;
    const entry = this.start + ((linear ^ (linear >>> 12)) & (JUMP_CACHE.entries - 1)) * ENTRY_WORDS;
    const flags = isGlobal ? GLOBAL : 0;
    // An entry that is in use stands in the list of its kind already.
    if (i32[entry + 1] === NONE || i32[entry + 3] !== flags) (isGlobal ? this.listedGlobal : this.listed).push(entry);
    i32[entry] = linear;
    i32[entry + 1] = codeKey;
    i32[entry + 2] = record;
    i32[entry + 3] = flags;
    this.pages.add(linear >>> 12);
    const listed = this.listed.length + this.listedGlobal.length;
    if (this.pages.size > JUMP_CACHE.entries || listed > JUMP_CACHE.entries * 4) this.clear();
  }

  clear(): void {
    for (const entry of this.listed) this.forget(entry);
    for (const entry of this.listedGlobal) this.forget(entry);
    this.listed.length = 0;
    this.listedGlobal.length = 0;
    this.pages.clear();
  }

  clearNonGlobal(): void {
    for (const entry of this.listed) if (this.i32[entry + 3] !== GLOBAL) this.forget(entry);
    this.listed.length = 0;
  }

  /** @returns whether there may have been entries of the page */
  clearPage(linear: number): boolean {
    if (!this.pages.has(linear >>> 12)) return false;
    this.clear();
    return true;
  }

  private clearAll(): void {
    const { start } = this;
    for (let entry = start; entry < start + JUMP_CACHE.entries * ENTRY_WORDS; entry += ENTRY_WORDS) this.forget(entry);
    this.listed.length = 0;
    this.listedGlobal.length = 0;
    this.pages.clear();
  }

  private forget(entry: number): void {
    this.i32[entry] = NONE;
    this.i32[entry + 1] = NONE;
  }
}
