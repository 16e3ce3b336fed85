import { describe, expect, test } from 'vitest';
import { PhysicalMemory } from '../../../../src-main/engine/mmu/PhysicalMemory.ts';
import { PAGE_FLAG } from '../../../../src-main/engine/state/layout.ts';
import {
  type Block,
  CodeCache,
  type Link,
  MOST_CODE_PAGES,
} from '../../../../src-main/engine/tiers/threaded/CodeCache.ts';
import { RECORD } from '../../../../src-main/engine/tiers/threaded/record.ts';

const STALE = 7,
  GOTO = 8,
  HANDLER = 99;

function createCache(records = 64): { cache: CodeCache; memory: PhysicalMemory } {
  const memory = PhysicalMemory.create(0x4000);
  const start = memory.layout.records(0);
  return { cache: new CodeCache(memory, { stale: STALE, goto: GOTO }, start, start + records * RECORD.size), memory };
}

/** A block of `count` records made from bytes start..end of the page at 1000h. */
function addBlock(
  cache: CodeCache,
  memory: PhysicalMemory,
  start: number,
  end: number,
  count = 2,
  links: Link[] = [],
): Block {
  const page = cache.page(0x1000, 1, 0, 0xfff);
  const records = Array.from({ length: count }, () => cache.allocate());
  for (const record of records) memory.view.setUint32(record + RECORD.handler, HANDLER, true);
  const nextPhysical = end > 0x1000 ? 0x3000 : -1;
  const block = {
    page,
    firstRecord: records[0],
    recordCount: count,
    start,
    end,
    nextPhysical,
    kind: 'block' as const,
    links,
  };
  cache.add(block);
  return block;
}

function handlers(memory: PhysicalMemory, { firstRecord, recordCount }: Block): number[] {
  return Array.from({ length: recordCount }, (_, index) =>
    memory.view.getUint32(firstRecord + index * RECORD.size + RECORD.handler, true),
  );
}

describe('the code cache', () => {
  test('watches the pages that blocks were made from until none is left', () => {
    const { cache, memory } = createCache();
    addBlock(cache, memory, 0x100, 0x110);
    expect(memory.flagsOf(0x1000) & PAGE_FLAG.code).toBe(PAGE_FLAG.code);
    cache.invalidate(0x1105, 1);
    expect(memory.flagsOf(0x1000) & PAGE_FLAG.code).toBe(0);
  });

  test('is full when a page has run under too many segments, and has room again when cleared', () => {
    const { cache } = createCache();
    for (let key = 0; key < MOST_CODE_PAGES; key++) cache.page(0x1000, key, 0, 0xfff);
    expect(cache.page(0x1000, 7, 0, 0xfff)).toBe(cache.knownPage(0x1000, 7));
    expect(cache.hasRoom(1)).toBe(true);
    cache.page(0x1000, MOST_CODE_PAGES, 0, 0xfff);
    expect(cache.hasRoom(1)).toBe(false);
    cache.clear();
    expect(cache.hasRoom(1)).toBe(true);
    expect(cache.knownPage(0x1000, 7)).toBeUndefined();
  });

  test('drops exactly the blocks that hold a written byte', () => {
    const { cache, memory } = createCache();
    const before = addBlock(cache, memory, 0x100, 0x110),
      hit = addBlock(cache, memory, 0x110, 0x120),
      behind = addBlock(cache, memory, 0x120, 0x130);
    cache.invalidate(0x1110, 16);
    expect(handlers(memory, before)).toEqual([HANDLER, HANDLER]);
    expect(handlers(memory, hit)).toEqual([STALE, STALE]);
    expect(handlers(memory, behind)).toEqual([HANDLER, HANDLER]);
    expect(cache.invalidatedBlocks).toBe(1);
  });

  test('keeps all blocks for a variable between them, in the same line as their code, also where a block was once', () => {
    const { cache, memory } = createCache();
    addBlock(cache, memory, 0x112, 0x113);
    const before = addBlock(cache, memory, 0x100, 0x111),
      behind = addBlock(cache, memory, 0x113, 0x120);
    for (let time = 0; time < 3; time++) cache.invalidate(0x1111, 2);
    expect(handlers(memory, before)).toEqual([HANDLER, HANDLER]);
    expect(handlers(memory, behind)).toEqual([HANDLER, HANDLER]);
    expect(cache.invalidatedBlocks).toBe(1);
    cache.invalidate(0x1110, 1);
    cache.invalidate(0x1113, 1);
    expect([handlers(memory, before), handlers(memory, behind)]).toEqual([
      [STALE, STALE],
      [STALE, STALE],
    ]);
  });

  test('drops a block for a write to the page into which its last instruction reaches', () => {
    const { cache, memory } = createCache();
    const block = addBlock(cache, memory, 0xff8, 0x1002);
    cache.invalidate(0x3002, 1);
    expect(handlers(memory, block)).toEqual([HANDLER, HANDLER]);
    cache.invalidate(0x3001, 1);
    expect(handlers(memory, block)).toEqual([STALE, STALE]);
  });

  test('points whoever jumps to a dropped block at the next translation of its start, without a detour', () => {
    const { cache, memory } = createCache();
    const page = cache.page(0x1000, 1, 0, 0xfff);
    const link: Link = { field: cache.allocate() + RECORD.link, offset: 0x100 };
    page.links.set(link.offset, new Set([link.field]));
    for (let round = 0; round < 3; round++) {
      const block = addBlock(cache, memory, 0x100, 0x110);
      expect(memory.view.getUint32(link.field, true)).toBe(block.firstRecord);
      cache.invalidate(0x1100, 1);
      expect(handlers(memory, block)).toEqual([STALE, STALE]);
    }
  });

  test('forgets the links of a dropped block', () => {
    const { cache, memory } = createCache();
    const page = cache.page(0x1000, 1, 0, 0xfff);
    const link: Link = { field: cache.allocate() + RECORD.link, offset: 0x200 };
    page.links.set(link.offset, new Set([link.field]));
    addBlock(cache, memory, 0x100, 0x110, 2, [link]);
    cache.invalidate(0x1100, 1);
    expect(page.links.get(link.offset)).toEqual(new Set());
  });

  test('says when it is full, and forgets everything when cleared', () => {
    const { cache, memory } = createCache(4);
    addBlock(cache, memory, 0x100, 0x110);
    expect([cache.hasRoom(2), cache.hasRoom(3)]).toEqual([true, false]);
    cache.clear();
    expect([cache.hasRoom(4), cache.usedBytes]).toEqual([true, 0]);
    expect(memory.flagsOf(0x1000) & PAGE_FLAG.code).toBe(0);
  });
});
