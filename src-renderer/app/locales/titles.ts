import { PANEL_TITLES, PANELS, type Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import { TOUR_TITLES, TOURS, type TourId } from '../../../src-preload/contract/layouts/TourTitles.ts';

/** The panels' titles in one language, as the messages `panel.NAME`. */
export function panelTitles(language: 'en' | 'zh-CN'): Record<Panel, string> {
  const titles = PANELS.map((panel) => [panel, PANEL_TITLES[panel][language]] as const);
  return Object.fromEntries(titles) as Record<Panel, string>; // one entry of every panel
}

/** The tours' titles in one language, as the messages `tourTitle.NAME`. */
export function tourTitles(language: 'en' | 'zh-CN'): Record<TourId, string> {
  const titles = TOURS.map((tour) => [tour, TOUR_TITLES[tour][language]] as const);
  return Object.fromEntries(titles) as Record<TourId, string>; // one entry of every tour
}
