import { type Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import { type TourId } from '../../../src-preload/contract/layouts/TourTitles.ts';
/** The panels' titles in one language, as the messages `panel.NAME`. */
export declare function panelTitles(language: 'en' | 'zh-CN'): Record<Panel, string>;
/** The tours' titles in one language, as the messages `tourTitle.NAME`. */
export declare function tourTitles(language: 'en' | 'zh-CN'): Record<TourId, string>;
