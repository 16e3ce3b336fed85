import { describe, expect, test } from 'vitest';
import { PANELS } from '../../../../src-preload/contract/layouts/PanelTitles.ts';
import { float, move, stacksOf, stackWith } from '../../../../src-renderer/features/dock/layout.ts';
import { presetLayout } from '../../../../src-renderer/features/dock/presets.ts';
import { layoutFrom } from '../../../../src-renderer/features/dock/savedLayout.ts';

const through = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('a layout is the same after it was kept', () => {
  const split = move(presetLayout('debug'), 'exits', { kind: 'beside', at: 'memory', side: 'end' });
  const layout = float(split, 'console', { x: 10, y: 20, width: 300, height: 200 });
  expect(layoutFrom(through(layout))).toEqual(layout);
});

describe('what another version kept', () => {
  test('gives a panel that it did not know its place beside those of its group', () => {
    const layout = layoutFrom({
      docked: { kind: 'stack', panels: ['screen', 'memory'], front: 'memory' },
      floating: [],
    });
    expect(
      layout &&
        stacksOf(layout)
          .flatMap(({ panels }) => panels)
          .toSorted(),
    ).toEqual(PANELS.toSorted());
    expect(layout && stackWith(layout, 'processor').front).toBe('memory');
  });

  test('loses panels that are unknown or named twice', () => {
    const layout = layoutFrom({
      docked: {
        kind: 'split',
        axis: 'row',
        shares: [0.5, 0.25, 0.25],
        parts: [
          { kind: 'stack', panels: ['screen', 'screen', 'hologram'], front: 'hologram' },
          { kind: 'stack', panels: ['hologram'], front: 'hologram' },
          { kind: 'stack', panels: ['screen', 'code'], front: 'code' },
        ],
      },
    });
    expect(layout && stacksOf(layout).map(({ front }) => front)).toEqual(['screen', 'code']);
  });
});

test.each([
  null,
  7,
  [],
  {},
  { docked: null },
  { docked: { kind: 'stack', panels: [] } },
  { docked: { kind: 'split' } },
])('this is no layout: %j', (saved) => expect(layoutFrom(saved)).toBeNull());
