import { PANEL_TITLES, type Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import { useLayouts } from '../../stores/layouts.ts';
import { float, isFloating, move, stackWith, stacksOf, type Box, type Layout, type Side } from './layout.ts';

/** Where a panel floats at first, in CSS pixels. */
const FIRST_BOX: Box = { x: 96, y: 72, width: 440, height: 320 };
/** So much further on for each that floats already. */
const CASCADE_PX = 28;

interface PanelActions {
  /** Gives a panel a place of its own beside its stack. */
  split(machine: string, panel: Panel, side: Side): void;
  /** Into the next stack in reading order. */
  moveOn(machine: string, panel: Panel): void;
  toggleFloating(machine: string, panel: Panel): void;
}

/** What menus, the palette and shortcuts do with panels; each also keeps the focus on the panel. */
export function usePanelActions(): PanelActions {
  const layouts = useLayouts();

  function change(machine: string, panel: Panel, edit: (layout: Layout) => Layout): void {
    layouts.rearrange(machine, edit);
    layouts.focus(machine, panel);
  }

  return {
    split: (machine, panel, side) =>
      change(machine, panel, (layout) =>
        isFloating(layout, panel)
          ? move(layout, panel, { kind: 'edge', side })
          : move(layout, panel, { kind: 'beside', at: panel, side }),
      ),
    moveOn: (machine, panel) =>
      change(machine, panel, (layout) => {
        const stacks = stacksOf(layout);
        const next = stacks[(stacks.indexOf(stackWith(layout, panel)) + 1) % stacks.length];
        return next && !next.panels.includes(panel) ? move(layout, panel, { kind: 'inside', at: next.front }) : layout;
      }),
    toggleFloating: (machine, panel) =>
      change(machine, panel, (layout) =>
        isFloating(layout, panel)
          ? move(layout, panel, { kind: 'inside', at: homeOf(layout, panel) })
          : float(layout, panel, cascaded(layout.floating.length)),
      ),
  };
}

/** A docked panel of its group, else any. */
function homeOf(layout: Layout, panel: Panel): Panel {
  const docked = stacksOf({ ...layout, floating: [] }).flatMap(({ panels }) => panels);
  return docked.find((each) => PANEL_TITLES[each].group === PANEL_TITLES[panel].group) ?? docked[0] ?? panel;
}

function cascaded(count: number): Box {
  return { ...FIRST_BOX, x: FIRST_BOX.x + count * CASCADE_PX, y: FIRST_BOX.y + count * CASCADE_PX };
}
