import { Bug, Camera, CodeXml, Cpu, DoorOpen, Languages, MemoryStick, Monitor, SquareTerminal } from '@lucide/vue';
import { defineAsyncComponent, type Component } from 'vue';
import type { Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';

export interface PanelRow {
  /** Takes the machine as its property `machine`, and its live data from `useFeed`. */
  readonly component: Component;
  readonly icon: Component;
  readonly load: () => Promise<{ readonly default: Component }>;
}

/**
 * Everything a machine's page can show. A new panel is a row here and its title in `PANEL_TITLES`; tabs (with the test
 * id `tab-NAME`), the menu, the command `view.NAME` and all layouts follow.
 */
export const PANEL_ROWS: Readonly<Record<Panel, PanelRow>> = {
  screen: panel(Monitor, () => import('../screen/ScreenPanel.vue')),
  console: panel(SquareTerminal, () => import('../console/ConsolePanel.vue')),
  processor: panel(Cpu, () => import('../processor/ProcessorPanel.vue')),
  memory: panel(MemoryStick, () => import('../memory/MemoryPanel.vue')),
  code: panel(CodeXml, () => import('../code/CodePanel.vue')),
  translation: panel(Languages, () => import('../translation/TranslationPanel.vue')),
  debug: panel(Bug, () => import('../debug/DebugPanel.vue')),
  exits: panel(DoorOpen, () => import('../exits/ExitsPanel.vue')),
  snapshots: panel(Camera, () => import('../snapshots/SnapshotsPanel.vue')),
};

/** Fetches every panel's code, so that the first look at one need not wait for it. For when nothing else is to do. */
export async function fetchPanels(): Promise<void> {
  for (const { load } of Object.values(PANEL_ROWS)) await load();
}

/** The component is fetched when the panel is first shown. */
function panel(icon: Component, load: PanelRow['load']): PanelRow {
  return { icon, load, component: defineAsyncComponent(load) };
}
