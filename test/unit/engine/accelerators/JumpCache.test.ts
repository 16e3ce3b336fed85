import { beforeEach, describe, expect, test } from 'vitest';
import { JumpCache, type JumpPlace } from '../../../../src-main/engine/accelerators/translate/JumpCache.ts';
import { JUMP_CACHE, JUMP_CACHE_NOWHERE, VCPU_BLOCK } from '../../../../src-main/engine/state/layout.ts';

const KEY = 0x1c7;
const HERE = 0x1000,
  ELSEWHERE = 0x2abc;
const PLAIN: JumpPlace = { physicalPage: 0xfff0_0000, isPlain: true };

let buffer: ArrayBuffer;
let cache: JumpCache;

beforeEach(() => {
  buffer = new ArrayBuffer(VCPU_BLOCK.size);
  cache = new JumpCache(buffer, 0);
});

/** As generated code finds it. */
function entryOf(linear: number): { record: number | undefined; place: number } {
  const index = (linear ^ (linear >>> 12)) & (JUMP_CACHE.entries - 1);
  const [tag, key, record, place = 0] = new Int32Array(buffer, VCPU_BLOCK.jumpCache + index * JUMP_CACHE.size, 4);
  return { record: tag === linear && key === KEY ? record : undefined, place: place >>> 0 };
}

test('an entry tells the physical page and the mode that it is good for under other keys', () => {
  cache.enter(HERE, KEY, 10, PLAIN);
  expect(entryOf(HERE)).toEqual({ record: 10, place: 0xfff0_0007 });
});

test('code in segments, and code with breakpoints, is found under its own key alone', () => {
  cache.enter(HERE, KEY, 10, { physicalPage: 0x3000, isPlain: false });
  expect(entryOf(HERE)).toEqual({ record: 10, place: JUMP_CACHE_NOWHERE });
});

test('clearing forgets everything for good', () => {
  cache.enter(HERE, KEY, 10, PLAIN);
  cache.clear();
  expect(entryOf(HERE)).toEqual({ record: undefined, place: JUMP_CACHE_NOWHERE });
});

describe('the pages that it may hold something of', () => {
  test('are those of its entries', () => {
    cache.enter(HERE, KEY, 10, PLAIN);
    expect([cache.mayHold(HERE + 0xfff), cache.mayHold(ELSEWHERE)]).toEqual([true, false]);
    cache.clear();
    expect(cache.mayHold(HERE)).toBe(false);
  });

  test('are not more than it has entries for', () => {
    let pages = 0;
    for (; pages === 0 || cache.mayHold(HERE); pages++) cache.enter(HERE + pages * 0x1000, KEY, 10, PLAIN);
    expect(pages).toBeLessThanOrEqual(JUMP_CACHE.entries + 2);
  });
});
