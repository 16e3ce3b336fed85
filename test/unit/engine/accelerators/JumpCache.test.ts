import { beforeEach, describe, expect, test } from 'vitest';
import { JumpCache } from '../../../../src-main/engine/accelerators/translate/JumpCache.ts';
import { JUMP_CACHE, VCPU_BLOCK } from '../../../../src-main/engine/state/layout.ts';

const KEY = 7;
/** Linear addresses of one entry. */
const HERE = 0x1000,
  SAME_ENTRY = HERE + (JUMP_CACHE.entries << 12);
const ELSEWHERE = 0x2abc;

let buffer: ArrayBuffer;
let cache: JumpCache;

beforeEach(() => {
  buffer = new ArrayBuffer(VCPU_BLOCK.size);
  cache = new JumpCache(buffer, 0);
});

/** As generated code looks: the record of an address, undefined when it is not known. */
function recordOf(linear: number): number | undefined {
  const index = (linear ^ (linear >>> 12)) & (JUMP_CACHE.entries - 1);
  const [tag, key, record] = new Int32Array(buffer, VCPU_BLOCK.jumpCache + index * JUMP_CACHE.size, 3);
  return tag === linear && key === KEY ? record : undefined;
}

describe('a change of address space', () => {
  test('forgets pages that are not global', () => {
    cache.enter(HERE, KEY, 10, false);
    cache.enter(ELSEWHERE, KEY, 20, true);
    cache.clearNonGlobal();
    expect([recordOf(HERE), recordOf(ELSEWHERE)]).toEqual([undefined, 20]);
  });

  test('keeps a global page that has taken the entry of another one', () => {
    cache.enter(SAME_ENTRY, KEY, 10, false);
    cache.enter(HERE, KEY, 20, true);
    cache.clearNonGlobal();
    expect(recordOf(HERE)).toBe(20);
    cache.clear();
    expect(recordOf(HERE)).toBeUndefined();
  });

  test('does not let the lists grow without bound where global pages share entries with others', () => {
    cache.enter(ELSEWHERE, KEY, 30, true);
    let switches = 0;
    for (; recordOf(ELSEWHERE) !== undefined && switches < JUMP_CACHE.entries * 8; switches++) {
      cache.enter(HERE, KEY, 20, true);
      cache.enter(SAME_ENTRY, KEY, 10, false);
      cache.clearNonGlobal();
    }
    expect(switches).toBeLessThanOrEqual(JUMP_CACHE.entries * 4);
  });
});

test('a page that is invalidated takes everything with it, but only where there may be an entry', () => {
  cache.enter(HERE, KEY, 10, false);
  expect([cache.clearPage(ELSEWHERE), recordOf(HERE)]).toEqual([false, 10]);
  expect([cache.clearPage(HERE), recordOf(HERE)]).toEqual([true, undefined]);
});
