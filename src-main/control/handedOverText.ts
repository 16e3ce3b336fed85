import type { Language } from '../../src-preload/contract/application.ts';

/** Tells that a machine, which ran without a window, goes on in the one that was opened. */
export function handedOverText(name: string, language: Language): string {
  return language === 'zh-CN'
    ? `“${name}”原在后台运行，现已在此窗口中继续运行。`
    : `“${name}” ran in the background and goes on in this window.`;
}
