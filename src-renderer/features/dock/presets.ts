import {
  PANEL_TITLES,
  PANELS,
  type Panel,
  type PanelGroup,
} from '../../../src-preload/contract/layouts/PanelTitles.ts';
import { split, stack, type DockNode, type Layout } from './layout.ts';

export const PRESETS = ['learn', 'debug', 'run', 'watch'] as const;
export type Preset = (typeof PRESETS)[number];

/** Layouts to start from. They speak of groups, so that a new panel has its place in all of them. */
export function presetLayout(preset: Preset): Layout {
  return { docked: ARRANGEMENTS[preset](), floating: [] };
}

export function isPreset(value: unknown): value is Preset {
  return (PRESETS as readonly unknown[]).includes(value);
}

const ARRANGEMENTS: Readonly<Record<Preset, () => DockNode>> = {
  // What the guest does, and beside it the instructions that do it.
  learn: () => split('row', [stack(of('output', 'state', 'history')), stack(of('code'))], [0.64, 0.36]),
  // Code has the room; what it changes stands beside it, what it prints below.
  debug: () =>
    split(
      'row',
      [
        split('column', [stack(of('code')), stack(of('output', 'history'))], [0.6, 0.4]),
        split('column', spread(of('state'), 2), [0.55, 0.45]),
      ],
      [0.56, 0.44],
    ),
  run: () => stack(PANELS),
  // As much at once as can be read.
  watch: () =>
    split(
      'row',
      [
        split('column', spread(of('output'), 2), [0.6, 0.4]),
        split('column', spread(of('code', 'history'), 2), [0.6, 0.4]),
        split('column', spread(of('state'), 2), [0.5, 0.5]),
      ],
      [0.4, 0.28, 0.32],
    ),
};

function of(...groups: readonly PanelGroup[]): readonly Panel[] {
  return PANELS.filter((panel) => groups.includes(PANEL_TITLES[panel].group));
}

/** Deals panels out to `count` stacks, so that the first ones are all in sight. */
function spread(panels: readonly Panel[], count: number): DockNode[] {
  const stacks = Array.from({ length: count }, (_, at) => panels.filter((_panel, index) => index % count === at));
  return stacks.filter((each) => each.length > 0).map((each) => stack(each));
}
