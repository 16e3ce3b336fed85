import { describe, expect, test } from 'vitest';
import { type CodeSite, CodeSites } from '../../../../src-main/engine/accelerators/translate/CodeSites.ts';
import { JumpCache } from '../../../../src-main/engine/accelerators/translate/JumpCache.ts';
import { JUMP_CACHE, VCPU_BLOCK } from '../../../../src-main/engine/state/layout.ts';

function site(linearPage: number, isGlobal: boolean, codeKey = 1): CodeSite {
  return {
    codeKey,
    isGlobal,
    linearPage,
    page: {
      physical: 0,
      key: 0,
      low: 0,
      high: 0,
      blocks: new Map(),
      steps: new Map(),
      singles: new Map(),
      stubs: new Map(),
      links: new Map(),
    },
    mode: { codeSize: 32, stackSize: 32, isFlat: true, hasX87: true, mode: 'protected' },
    isBelow64K: false,
    hasBreakpoints: false,
  };
}

describe('known pages of code', () => {
  test('are found by page and mode', () => {
    const sites = new CodeSites();
    const entered = sites.enter(site(0x4000, false));
    expect(sites.find(0x4fff, 1)).toBe(entered);
    expect([sites.find(0x4000, 2), sites.find(0x5000, 1), sites.find(0x10_4000, 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('are forgotten by flushes, global ones by full flushes alone', () => {
    const sites = new CodeSites();
    sites.enter(site(0x4000, false));
    const global = sites.enter(site(0x5000, true));
    sites.flush('non-global');
    expect([sites.find(0x4000, 1), sites.find(0x5000, 1)]).toEqual([undefined, global]);
    sites.flush('all');
    expect(sites.find(0x5000, 1)).toBeUndefined();
    const again = sites.enter(site(0x4000, false));
    expect(sites.find(0x4000, 1)).toBe(again);
  });

  test('are forgotten one by one', () => {
    const sites = new CodeSites();
    const other = sites.enter(site(0x5000, false));
    sites.enter(site(0x4000, false));
    sites.flushPage(0x4123);
    expect([sites.find(0x4000, 1), sites.find(0x5000, 1)]).toEqual([undefined, other]);
  });
});

describe('the jump cache', () => {
  const words = new Int32Array(VCPU_BLOCK.size >> 2);

  function recordAt(linear: number): number {
    const entry = (linear ^ (linear >>> 12)) & (JUMP_CACHE.entries - 1);
    const at = (VCPU_BLOCK.jumpCache + entry * JUMP_CACHE.size) >> 2;
    return words[at] === linear && words[at + 1] === 9 ? words[at + 2] : 0;
  }

  test('forgets what is not global, then the rest', () => {
    const cache = new JumpCache(words.buffer, 0);
    cache.enter(0x1000, 9, 64, false);
    cache.enter(0x2000, 9, 96, true);
    cache.clearNonGlobal();
    expect([recordAt(0x1000), recordAt(0x2000)]).toEqual([0, 96]);
    cache.clear();
    expect(recordAt(0x2000)).toBe(0);
  });

  test('forgets an entry that has become global, or has ceased to be', () => {
    const cache = new JumpCache(words.buffer, 0);
    cache.enter(0x1000, 9, 64, true);
    cache.enter(0x1000, 9, 64, false);
    cache.clearNonGlobal();
    expect(recordAt(0x1000)).toBe(0);
    cache.enter(0x1000, 9, 64, false);
    cache.enter(0x1000, 9, 64, true);
    cache.clearNonGlobal();
    expect(recordAt(0x1000)).toBe(64);
    cache.clear();
    expect(recordAt(0x1000)).toBe(0);
  });

  test('knows which pages it holds nothing of', () => {
    const cache = new JumpCache(words.buffer, 0);
    cache.enter(0x1004, 9, 64, false);
    expect([cache.clearPage(0x2000), recordAt(0x1004)]).toEqual([false, 64]);
    expect([cache.clearPage(0x1fff), recordAt(0x1004)]).toEqual([true, 0]);
  });
});
