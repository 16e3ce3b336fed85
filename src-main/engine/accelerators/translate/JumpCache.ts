import { CODE_KEY_MODE, JUMP_CACHE, JUMP_CACHE_NOWHERE, VCPU_BLOCK } from '../../state/layout.ts';

const ENTRY_WORDS = JUMP_CACHE.size >> 2;
/** A key that no mode has. */
const NONE = -1;

/** Where a block was translated from. */
export interface JumpPlace {
  readonly physicalPage: number;
  /** The block is found right by its page and mode alone: code is flat, and breakpoints have no part in it. */
  readonly isPlain: boolean;
}

/**
 * The cache in which generated code looks up jumps out of a page, by linear address and code key. Keys change with
 * every flush; generated code then looks where the address leads now (`jumpMiss`), so nothing is forgotten here.
 */
export class JumpCache {
  private readonly i32: Int32Array;
  /** Index of the first entry's first word. */
  private readonly start: number;
  /** Linear pages of which there may be entries. */
  private readonly pages = new Set<number>();

  /** @param cpu host address of the vCPU's block */
  constructor(buffer: ArrayBufferLike, cpu: number) {
    this.i32 = new Int32Array(buffer);
    this.start = (cpu + VCPU_BLOCK.jumpCache) >> 2;
    this.clear();
  }

  enter(linear: number, codeKey: number, record: number, { physicalPage, isPlain }: JumpPlace): void {
    if (this.pages.size > JUMP_CACHE.entries) this.clear();
    this.pages.add(linear >>> 12);
    const { i32 } = this;
    const entry = this.start + ((linear ^ (linear >>> 12)) & (JUMP_CACHE.entries - 1)) * ENTRY_WORDS;
    i32[entry] = linear;
    i32[entry + 1] = codeKey;
    i32[entry + 2] = record;
    i32[entry + 3] = isPlain ? physicalPage | (codeKey & CODE_KEY_MODE) : JUMP_CACHE_NOWHERE;
  }

  /** Records become invalid, or are not what runs at their places any more. */
  clear(): void {
    const { i32, start } = this;
    for (let entry = start; entry < start + JUMP_CACHE.entries * ENTRY_WORDS; entry += ENTRY_WORDS) {
      i32[entry] = NONE;
      i32[entry + 1] = NONE;
      i32[entry + 3] = JUMP_CACHE_NOWHERE;
    }
    this.pages.clear();
  }

  /** Whether there may be entries of the linear page of an address. */
  mayHold(linear: number): boolean {
    return this.pages.has(linear >>> 12);
  }
}
