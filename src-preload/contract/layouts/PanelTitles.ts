/**
 * The panels of a machine's page, in the order of menus and tabs, and what each is called: the main process's menu,
 * the window's tabs and its commands (`view.NAME`) all read this list. What a panel is made of is a row of
 * src-renderer/features/machine/panels.ts.
 */
export const PANEL_TITLES = {
  screen: { en: 'Screen', 'zh-CN': '屏幕' },
  console: { en: 'Console', 'zh-CN': '控制台' },
  processor: { en: 'Processor', 'zh-CN': '处理器' },
  memory: { en: 'Memory', 'zh-CN': '内存' },
  code: { en: 'Code', 'zh-CN': '代码' },
  exits: { en: 'Exits', 'zh-CN': '退出' },
  snapshots: { en: 'Snapshots', 'zh-CN': '快照' },
} as const;

export type Panel = keyof typeof PANEL_TITLES;

export const PANELS = Object.keys(PANEL_TITLES) as readonly Panel[]; // Object.keys says string of every object

export function isPanel(value: unknown): value is Panel {
  return (PANELS as readonly unknown[]).includes(value);
}
