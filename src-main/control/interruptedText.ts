import type { Language } from '../../src-preload/contract/application.ts';

/**
 * Tells that a machine was resumed from a checkpoint.
 *
 * @param takenAt in ms since 1970
 */
export function interruptedText(name: string, takenAt: number, language: Language = 'en'): string {
  const taken = new Date(takenAt);
  const isToday = taken.toDateString() === new Date().toDateString();
  const time = taken.toLocaleString(language, { ...(!isToday && { dateStyle: 'short' }), timeStyle: 'short' });
  return language === 'zh-CN'
    ? `“${name}”已从 ${time} 的检查点恢复运行，因为 Vivarium 意外终止。此后的运行内容已丢失。`
    : `“${name}” was resumed from the checkpoint of ${time}, because Vivarium had ended unexpectedly. What it did after that is lost.`;
}
