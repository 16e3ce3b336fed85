import { createI18n } from 'vue-i18n';
import { en, type Messages } from './locales/en/index.ts';
import { zhCN } from './locales/zh-CN/index.ts';

export type LanguageCode = 'en' | 'zh-CN';

export const i18n = createI18n<[Messages], LanguageCode, false>({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en, 'zh-CN': zhCN },
});

/** For code outside components; in them, `useI18n`. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  return i18n.global.t(key, values);
}

export function setLanguage(language: LanguageCode): void {
  i18n.global.locale.value = language;
  document.documentElement.lang = language;
}
