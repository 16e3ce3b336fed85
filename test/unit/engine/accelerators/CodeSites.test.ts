import { describe, expect, test } from 'vitest';
import { type CodeSite, CodeSites } from '../../../../src-main/engine/accelerators/translate/CodeSites.ts';

function site(linearPage: number, codeKey = 1): CodeSite {
  return {
    codeKey,
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
  test('are found by page and code key', () => {
    const sites = new CodeSites();
    const entered = sites.enter(site(0x4000));
    expect(sites.find(0x4fff, 1)).toBe(entered);
    expect([sites.find(0x4000, 2), sites.find(0x5000, 1), sites.find(0x10_4000, 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('are told under any code key, to be looked at again', () => {
    const sites = new CodeSites();
    const entered = sites.enter(site(0x4000));
    expect([sites.last(0x4fff), sites.last(0x5000), sites.last(0x10_4000)]).toEqual([entered, undefined, undefined]);
  });

  test('are forgotten one by one, or all', () => {
    const sites = new CodeSites();
    const other = sites.enter(site(0x5000));
    sites.enter(site(0x4000));
    sites.forgetPage(0x4123);
    expect([sites.find(0x4000, 1), sites.find(0x5000, 1)]).toEqual([undefined, other]);
    sites.clear();
    expect(sites.find(0x5000, 1)).toBeUndefined();
  });
});
