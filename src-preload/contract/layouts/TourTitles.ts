/**
 * The guided tours, in the order in which they are offered, and what each is called: the main process's menu and the
 * window read this list. What a tour is made of is a file of src-renderer/features/tours/book.
 */
export const TOUR_TITLES = {
  processor: { en: 'What a virtual processor is', 'zh-CN': '虚拟处理器是什么' },
  translation: { en: 'Binary translation, live', 'zh-CN': '二进制翻译实况' },
  sensitive: { en: 'Sensitive instructions', 'zh-CN': '敏感指令' },
  isolation: { en: 'Isolation', 'zh-CN': '隔离' },
  schedule: { en: 'Scheduling', 'zh-CN': '调度' },
} as const satisfies Readonly<Record<string, Readonly<{ en: string; 'zh-CN': string }>>>;

export type TourId = keyof typeof TOUR_TITLES;

export const TOURS = Object.keys(TOUR_TITLES) as readonly TourId[]; // Object.keys says string of every object
