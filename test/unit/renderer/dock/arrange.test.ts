import { describe, expect, test } from 'vitest';
import { arrange } from '../../../../src-renderer/features/dock/arrange.ts';
import { dropAt } from '../../../../src-renderer/features/dock/dropTarget.ts';
import { float, resize, split, stack, type Layout } from '../../../../src-renderer/features/dock/layout.ts';
import { PRESETS, presetLayout } from '../../../../src-renderer/features/dock/presets.ts';

const beside: Layout = {
  docked: split('row', [stack(['screen', 'console']), stack(['code'])], [0.75, 0.25]),
  floating: [],
};
const size = { width: 1001, height: 600 };

describe('the arrangement', () => {
  test('gives each stack its share, and the line between them a pixel', () => {
    const { stacks, handles } = arrange(beside, size);
    expect(stacks.map(({ box }) => [box.x, box.width, box.height])).toEqual([
      [0, 750, 600],
      [751, 250, 600],
    ]);
    expect(handles).toMatchObject([
      { axis: 'row', box: { x: 750, width: 1 }, span: 1000, position: 750, least: 160, most: 840 },
    ]);
  });

  test('lets nothing get too small while there is room', () => {
    const { stacks } = arrange(resize(beside, [], 0, 0.99), size);
    expect(stacks.map(({ box }) => box.width)).toEqual([840, 160]);
  });

  test.each(PRESETS)('of the preset %s fills the dock without a gap, at any size', (preset) => {
    for (const [width, height] of [
      [1016, 560],
      [2296, 1300],
      [300, 120],
      [97, 41],
    ] as const) {
      const { stacks, handles } = arrange(presetLayout(preset), { width, height });
      const covered = [...stacks, ...handles].reduce((sum, { box }) => sum + box.width * box.height, 0);
      expect(covered).toBe(width * height);
    }
  });

  test('keeps what floats within reach when the window shrinks', () => {
    const floating = float(beside, 'console', { x: 900, y: 580, width: 400, height: 300 });
    expect(arrange(floating, size).stacks.at(-1)).toMatchObject({
      isFloating: true,
      box: { x: 601, y: 300, width: 400, height: 300 },
    });
  });
});

describe('letting a tab go', () => {
  const { stacks } = arrange(beside, size);
  test.each([
    { where: 'in the middle of a panel', x: 300, y: 300, target: { kind: 'inside', at: 'screen' } },
    { where: 'over its tabs', x: 300, y: 20, target: { kind: 'inside', at: 'screen' } },
    { where: 'near its right side', x: 700, y: 300, target: { kind: 'beside', at: 'screen', side: 'end' } },
    { where: 'near its bottom', x: 300, y: 540, target: { kind: 'beside', at: 'screen', side: 'bottom' } },
    { where: 'at the edge of the dock', x: 990, y: 300, target: { kind: 'edge', side: 'end' } },
  ])('$where', ({ x, y, target }) => {
    expect(dropAt(stacks, size, x, y)?.target).toEqual(target);
  });

  test('outside of the dock is no place', () => {
    expect(dropAt(stacks, size, -5, 300)).toBeNull();
  });

  test('over a panel that floats goes into it, not into what lies beneath', () => {
    const floating = float(beside, 'console', { x: 100, y: 100, width: 300, height: 300 });
    expect(dropAt(arrange(floating, size).stacks, size, 110, 250)?.target).toEqual({ kind: 'inside', at: 'console' });
  });
});
