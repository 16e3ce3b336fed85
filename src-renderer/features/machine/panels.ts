import {
  Bug,
  Camera,
  CircuitBoard,
  ChartLine,
  CodeXml,
  Cpu,
  DoorOpen,
  Languages,
  MemoryStick,
  Monitor,
  SquareTerminal,
} from '@lucide/vue';
import type { Component } from 'vue';
import type { Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import { lazy } from '../../ui/lazy.ts';

export interface PanelRow {
  /** Takes the machine as its property `machine`, and its live data from `useFeed`. */
  readonly component: Component;
  readonly icon: Component;
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
  devices: panel(CircuitBoard, () => import('../devices/DevicesPanel.vue')),
  code: panel(CodeXml, () => import('../code/CodePanel.vue')),
  translation: panel(Languages, () => import('../translation/TranslationPanel.vue')),
  debug: panel(Bug, () => import('../debug/DebugPanel.vue')),
  exits: panel(DoorOpen, () => import('../exits/ExitsPanel.vue')),
  history: panel(ChartLine, () => import('../history/HistoryPanel.vue')),
  snapshots: panel(Camera, () => import('../snapshots/SnapshotsPanel.vue')),
};

/** The component is fetched when the panel is first shown. */
function panel(icon: Component, load: Parameters<typeof lazy>[0]): PanelRow {
  return { icon, component: lazy(load) };
}
