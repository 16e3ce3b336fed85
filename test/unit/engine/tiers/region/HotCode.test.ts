import { describe, expect, test } from 'vitest';
import { PhysicalMemory } from '../../../../../src-main/engine/mmu/PhysicalMemory.ts';
import { HotCode } from '../../../../../src-main/engine/tiers/region/HotCode.ts';
import type { Block } from '../../../../../src-main/engine/tiers/threaded/CodeCache.ts';
import { RECORD } from '../../../../../src-main/engine/tiers/threaded/record.ts';
import { STEP_KINDS } from '../../../../../src-main/engine/tiers/threaded/stepHandlers.ts';

const THRESHOLD = 100;
const HEAD = 0x1_0000;

/** A block's head with a count that is left before the block is hot, and what is known of it. */
function blockWithCount(left: number): { block: Block; code: HotCode } {
  const memory = PhysicalMemory.create(0x4000);
  memory.view.setUint32(HEAD + RECORD.handler, STEP_KINDS.indexOf('head'), true);
  memory.view.setInt32(HEAD + RECORD.immediate, left, true);
  const source = {
    memory,
    cpu: 0,
    mode: () => {
      throw new Error('not asked for');
    },
    blockAt: () => undefined,
    single: () => 0,
    physicalPageOf: () => undefined,
  };
  // Of a block only the place of its head is looked at.
  return { block: { firstRecord: HEAD } as Block, code: new HotCode(source, THRESHOLD) };
}

describe('a block', () => {
  test('is cold until it has been entered a few times, then warm', () => {
    const [cold, warm] = [blockWithCount(THRESHOLD - 1), blockWithCount(THRESHOLD * 0.9)];
    expect([cold.code.isWarm(cold.block), warm.code.isWarm(warm.block)]).toEqual([false, true]);
  });

  test('stays warm once it has been hot, while it is counted anew', () => {
    const { block, code } = blockWithCount(THRESHOLD * 8);
    code.noteHot(block);
    expect(code.isWarm(block)).toBe(true);
  });
});
