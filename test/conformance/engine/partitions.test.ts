import { describe, expect, test } from 'vitest';
import { disagreement } from '../../support/engine/agreement.ts';
import { MODE_NAMES } from '../../support/engine/machineModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

const machine = createTestMachine({ ramBytes: 0x2_0000 });

/** Programs that once disagreed: budgets and steps were off by one behind rewritten code and at the end of CS. */
const FOUND: Partial<Record<string, readonly number[]>> = {
  real: [190],
  flat16: [11],
  segmented16: [11],
  flat32: [23, 40],
  segmented32: [23],
  user32: [23, 40],
};

describe.each(MODE_NAMES)('random programs with faults and self-modification in %s', (mode) => {
  test('end in the same state in whatever pieces they are run', { timeout: 60_000 }, () => {
    const seeds = [...(FOUND[mode] ?? []), ...Array.from({ length: 24 }, (_, index) => 1000 + index)];
    const found = seeds.map((seed) => disagreement(machine, { mode, seed }, 500)).filter((text) => text !== '');
    expect(found).toEqual([]);
  });

  test('do so with x87, MMX and SSE instructions among the others', { timeout: 60_000 }, () => {
    const found = Array.from({ length: 16 }, (_, index) =>
      disagreement(machine, { mode, seed: 2000 + index, ingredients: 'vector' }, 500),
    );
    expect(found.filter((text) => text !== '')).toEqual([]);
  });

  test('do so with breakpoints, alignment checks, and page tables that they change', { timeout: 60_000 }, () => {
    const found = Array.from({ length: 16 }, (_, index) =>
      disagreement(machine, { mode, seed: 3000 + index, ingredients: 'system' }, 400),
    );
    expect(found.filter((text) => text !== '')).toEqual([]);
  });
});

/** Shows a part of a row that leaves to the slow way without the flags of the part before it. */
const LEAVES_WITH_FLAGS = 300;

test.each(['flat32', 'user32'] as const)(
  'rows of instructions that one handler does end so in %s',
  { timeout: 60_000 },
  (mode) => {
    const seeds = [LEAVES_WITH_FLAGS, ...Array.from({ length: 16 }, (_, index) => 4000 + index)];
    const found = seeds.map((seed) => disagreement(machine, { mode, seed, ingredients: 'rows' }, 500));
    expect(found.filter((text) => text !== '')).toEqual([]);
  },
);
