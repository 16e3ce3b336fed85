import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PANELS, type Panel } from '../../../../src-preload/contract/layouts/PanelTitles.ts';
import {
  bringToFront,
  float,
  isFloating,
  move,
  placeFloating,
  resize,
  stackWith,
  stacksOf,
  type DockNode,
  type Layout,
  type Target,
} from '../../../../src-renderer/features/dock/layout.ts';
import { PRESETS, presetLayout } from '../../../../src-renderer/features/dock/presets.ts';

const panel = fc.constantFrom(...PANELS);
const side = fc.constantFrom('start', 'end', 'top', 'bottom');
const box = fc.record({ x: fc.integer(), y: fc.integer(), width: fc.nat(), height: fc.nat() });
const target: fc.Arbitrary<Target> = fc.oneof(
  fc.record({ kind: fc.constant('inside'), at: panel, before: fc.option(panel, { nil: undefined }) }),
  fc.record({ kind: fc.constant('beside'), at: panel, side }),
  fc.record({ kind: fc.constant('edge'), side }),
);
type Edit = (layout: Layout) => Layout;
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(panel, target).map(
    ([moved, to]): Edit =>
      (layout) =>
        move(layout, moved, to),
  ),
  fc.tuple(panel, box).map(
    ([moved, to]): Edit =>
      (layout) =>
        float(layout, moved, to),
  ),
  fc.tuple(panel, box).map(
    ([moved, to]): Edit =>
      (layout) =>
        placeFloating(layout, moved, to),
  ),
  panel.map(
    (shown): Edit =>
      (layout) =>
        bringToFront(layout, shown),
  ),
  fc.tuple(fc.array(fc.nat(2), { maxLength: 3 }), fc.nat(2), fc.double({ min: 0.1, max: 0.9, noNaN: true })).map(
    ([path, index, fraction]): Edit =>
      (layout) =>
        withinBounds(layout, path, index) ? resize(layout, path, index, fraction) : layout,
  ),
);

/** Whether `path` leads to a split with a line behind part `index`. */
function withinBounds({ docked }: Layout, path: readonly number[], index: number): boolean {
  let node: DockNode | undefined = docked;
  for (const step of path) node = node?.kind === 'split' ? node.parts[step] : undefined;
  return node?.kind === 'split' && index + 1 < node.parts.length;
}

function splitsOf(node: DockNode): Extract<DockNode, { kind: 'split' }>[] {
  return node.kind === 'stack' ? [] : [node, ...node.parts.flatMap(splitsOf)];
}

test.each(PRESETS)('the preset %s has every panel once', (preset) => {
  const panels = stacksOf(presetLayout(preset)).flatMap((each) => each.panels);
  expect(panels.toSorted()).toEqual(PANELS.toSorted());
});

test('whatever is done to it, a layout keeps every panel once, in stacks and splits that are none for nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PRESETS), fc.array(edit, { maxLength: 24 }), (preset, edits) => {
      const layout = edits.reduce((each, change) => change(each), presetLayout(preset));
      const stacks = stacksOf(layout);
      expect(stacks.flatMap(({ panels }) => panels).toSorted()).toEqual(PANELS.toSorted());
      for (const { panels, front } of stacks) expect(panels).toContain(front);
      for (const { axis, parts, shares } of splitsOf(layout.docked)) {
        expect(parts.length).toBeGreaterThan(1);
        expect(shares).toHaveLength(parts.length);
        expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1);
        expect(parts.every((part) => part.kind === 'stack' || part.axis !== axis)).toBe(true);
      }
    }),
  );
});

describe('moving a panel', () => {
  const run = presetLayout('run');

  test('to a side of its own stack splits it', () => {
    const moved = move(run, 'memory', { kind: 'beside', at: 'memory', side: 'end' });
    expect(stacksOf(moved).map(({ front }) => front)).toEqual(['screen', 'memory']);
    expect(moved.docked).toMatchObject({ kind: 'split', axis: 'row', shares: [0.5, 0.5] });
  });

  test('to the left or above puts it first', () => {
    const moved = move(run, 'memory', { kind: 'beside', at: 'screen', side: 'top' });
    expect(moved.docked).toMatchObject({ axis: 'column' });
    expect(stacksOf(moved)[0]?.panels).toEqual(['memory']);
  });

  test('before another one puts it there, in front', () => {
    const moved = move(run, 'exits', { kind: 'inside', at: 'screen', before: 'console' });
    expect(stackWith(moved, 'exits').panels.slice(0, 3)).toEqual(['screen', 'exits', 'console']);
    expect(stackWith(moved, 'exits').front).toBe('exits');
  });

  test('away from its stack leaves its neighbour in front', () => {
    const shown = bringToFront(run, 'console');
    const moved = move(shown, 'console', { kind: 'edge', side: 'bottom' });
    expect(stacksOf(moved)[0]?.front).toBe('processor');
  });

  test('that is alone to a side of itself changes nothing', () => {
    const alone = move(run, 'code', { kind: 'edge', side: 'end' });
    expect(move(alone, 'code', { kind: 'beside', at: 'code', side: 'top' })).toBe(alone);
  });

  test('beside one that floats joins it', () => {
    const floating = float(run, 'code', { x: 0, y: 0, width: 10, height: 10 });
    const joined = move(floating, 'memory', { kind: 'beside', at: 'code', side: 'end' });
    expect(stackWith(joined, 'code').panels).toEqual(['code', 'memory']);
    expect(isFloating(joined, 'memory')).toBe(true);
  });
});

test('the last docked panel does not float', () => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  const most = PANELS.slice(1).reduce((layout, each: Panel) => float(layout, each, box), presetLayout('run'));
  expect(float(most, PANELS[0], box)).toBe(most);
});

test('of two that float, the one in use lies above', () => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  const both = float(float(presetLayout('run'), 'code', box), 'memory', box);
  expect(bringToFront(both, 'code').floating.map(({ stack }) => stack.front)).toEqual(['memory', 'code']);
});
