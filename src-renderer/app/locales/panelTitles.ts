import { PANEL_TITLES, PANELS, type Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';

/** The panels' titles in one language, as the messages `panel.NAME`. */
export function panelTitles(language: 'en' | 'zh-CN'): Record<Panel, string> {
  const titles = PANELS.map((panel) => [panel, PANEL_TITLES[panel][language]] as const);
  return Object.fromEntries(titles) as Record<Panel, string>; // one entry of every panel
}
