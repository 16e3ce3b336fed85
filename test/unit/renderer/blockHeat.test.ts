import { describe, expect, test } from 'vitest';
import type { CodeBlock, CodeRegion } from '../../../src-preload/contract/inspection.ts';
import { BlockHeat } from '../../../src-renderer/features/translation/BlockHeat.ts';

function block(change: Partial<CodeBlock>): CodeBlock {
  return {
    linearAddress: 0x7c00,
    byteLength: 8,
    mode: 'real',
    codeSize: 16,
    isFlat: false,
    isPresent: true,
    tier: 'threaded',
    region: null,
    isRegionEntry: false,
    executions: 0,
    untilHot: null,
    ...change,
  };
}

const REGION: CodeRegion = {
  number: 3,
  linearAddress: 0x7c00,
  guestInstructions: 10,
  blocks: 2,
  instructions: 0,
  entries: 1,
  wasmBytes: 100,
  compileMs: 1,
};

/** The rate after a block was executed so often in the last second, having been cold before. */
function rateAfter(executions: number): number {
  const heat = new BlockHeat();
  heat.update([block({ executions: 0 })], [], 0);
  heat.update([block({ executions })], [], 1000);
  return heat.rate(block({}));
}

describe('the heat of a block', () => {
  test('is nothing before it has been looked at twice', () => {
    const heat = new BlockHeat();
    heat.update([block({ executions: 5000 })], [], 0);
    expect(heat.level(block({}))).toBe(0);
  });

  test('comes to its executions a second', () => {
    const heat = new BlockHeat();
    for (let second = 0; second <= 30; second++) {
      heat.update([block({ executions: second * 2000 })], [], second * 1000);
    }
    expect(heat.rate(block({}))).toBeCloseTo(2000, 0);
  });

  test('decays by half in its half-life when it stands still', () => {
    const heat = new BlockHeat();
    heat.update([block({ executions: 0 })], [], 0);
    heat.update([block({ executions: 1000 })], [], 1000);
    const before = heat.rate(block({}));
    heat.update([block({ executions: 1000 })], [], 2500);
    expect(heat.rate(block({})) / before).toBeCloseTo(0.5, 5);
  });

  test('grows with every tenfold alike, up to 1', () => {
    const heat = new BlockHeat();
    heat.update([block({ executions: 0 })], [], 0);
    heat.update([block({ executions: 4e9 })], [], 1000);
    expect(heat.level(block({}))).toBe(1);
    expect(rateAfter(10)).toBeLessThan(rateAfter(100));
  });

  test('goes on where the counter wraps, and begins anew with the block', () => {
    const heat = new BlockHeat();
    heat.update([block({ executions: 2 ** 32 - 10 })], [], 0);
    heat.update([block({ executions: 10 })], [], 1000);
    expect(heat.rate(block({}))).toBeCloseTo(20 * (1 - 2 ** (-1000 / 1500)), 5);
    heat.update([block({ executions: 1 })], [], 2000);
    expect(heat.rate(block({}))).toBeGreaterThan(0);
    expect(heat.rate(block({}))).toBeLessThan(20);
  });

  test('in a region is the mean of what retired there', () => {
    const heat = new BlockHeat();
    const held = block({ tier: 'region', region: 3, executions: 7 });
    heat.update([held], [REGION], 0);
    heat.update([held], [{ ...REGION, instructions: 10_000 }], 1000);
    expect(heat.rate(held)).toBeCloseTo(1000 * (1 - 2 ** (-1000 / 1500)), 5);
  });
});
