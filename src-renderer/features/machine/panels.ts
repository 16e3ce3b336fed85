import { Camera, CodeXml, Cpu, DoorOpen, MemoryStick, Monitor, SquareTerminal } from '@lucide/vue';
import { defineAsyncComponent, type Component } from 'vue';
import type { Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';

/**
 * What a panel is about. Layouts arrange these groups rather than panels, so that a new panel has its place in
 * every one of them: `output` is what the guest shows, `code` what it executes, `state` what it is made of at this
 * moment, `history` what has happened.
 */
export type PanelGroup = 'output' | 'code' | 'state' | 'history';

export interface PanelRow {
  /** Takes the machine as its property `machine`, and its live data from `useFeed`. */
  readonly component: Component;
  readonly icon: Component;
  readonly group: PanelGroup;
}

/**
 * Everything a machine's page can show. A new panel is a row here and its title in `PANEL_TITLES`; tabs (with the test
 * id `tab-NAME`), the menu, the command `view.NAME` and all layouts follow.
 */
export const PANEL_ROWS: Readonly<Record<Panel, PanelRow>> = {
  screen: panel('output', Monitor, () => import('../screen/ScreenPanel.vue')),
  console: panel('output', SquareTerminal, () => import('../console/ConsolePanel.vue')),
  processor: panel('state', Cpu, () => import('../processor/ProcessorPanel.vue')),
  memory: panel('state', MemoryStick, () => import('../memory/MemoryPanel.vue')),
  code: panel('code', CodeXml, () => import('../code/CodePanel.vue')),
  exits: panel('history', DoorOpen, () => import('../exits/ExitsPanel.vue')),
  snapshots: panel('history', Camera, () => import('../snapshots/SnapshotsPanel.vue')),
};

/** The component is fetched when the panel is first shown. */
function panel(group: PanelGroup, icon: Component, load: () => Promise<{ readonly default: Component }>): PanelRow {
  return { group, icon, component: defineAsyncComponent(load) };
}
