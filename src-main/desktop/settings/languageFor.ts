import type { Language } from '../../../src-preload/contract/application.ts';

/** The first of the user's languages that the app speaks. */
export function languageFor(systemLanguages: readonly string[]): Language {
  for (const tag of systemLanguages) {
    if (/^zh(?![a-z])/i.test(tag)) return 'zh-CN';
    if (/^en(?![a-z])/i.test(tag)) return 'en';
  }
  return 'en';
}
