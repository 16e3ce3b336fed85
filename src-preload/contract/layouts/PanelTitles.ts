/**
 * What a panel is about: `output` is what the guest shows, `code` what it executes, `state` what it is made of at
 * this moment, `history` what has happened. Layouts arrange these groups rather than panels, so that a new panel has
 * its place in every one of them.
 */
export type PanelGroup = 'output' | 'code' | 'state' | 'history';

/**
 * The panels of a machine's page, in the order of menus and tabs, and what each is called: the main process's menu,
 * the window's tabs and its commands (`view.NAME`) all read this list. What a panel is made of is a row of
 * src-renderer/features/machine/panels.ts.
 */
export const PANEL_TITLES = {
  screen: { group: 'output', en: 'Screen', 'zh-CN': '屏幕' },
  console: { group: 'output', en: 'Console', 'zh-CN': '控制台' },
  processor: { group: 'state', en: 'Processor', 'zh-CN': '处理器' },
  memory: { group: 'state', en: 'Memory', 'zh-CN': '内存' },
  devices: { group: 'state', en: 'Devices', 'zh-CN': '设备' },
  code: { group: 'code', en: 'Code', 'zh-CN': '代码' },
  translation: { group: 'code', en: 'Translation', 'zh-CN': '翻译' },
  debug: { group: 'code', en: 'Debug', 'zh-CN': '调试' },
  exits: { group: 'history', en: 'Exits', 'zh-CN': '退出' },
  history: { group: 'history', en: 'History', 'zh-CN': '历史' },
  snapshots: { group: 'history', en: 'Snapshots', 'zh-CN': '快照' },
} as const satisfies Readonly<Record<string, Readonly<{ group: PanelGroup; en: string; 'zh-CN': string }>>>;

export type Panel = keyof typeof PANEL_TITLES;

export const PANELS = Object.keys(PANEL_TITLES) as readonly Panel[]; // Object.keys says string of every object

export function isPanel(value: unknown): value is Panel {
  return (PANELS as readonly unknown[]).includes(value);
}
