import { i18n, type LanguageCode } from './i18n.ts';
import { fileSummaryParts } from './locales/zh-CN/fileSummaries.ts';

/** What main says that a file is, in the user's language; parts that are not known stay in English. */
export function fileSummary(summary: string, language: LanguageCode = i18n.global.locale.value): string {
  return language === 'en' ? summary : summary.split(', ').map(translated).join('，');
}

function translated(part: string): string {
  for (const [pattern, inChinese] of fileSummaryParts) {
    const found = pattern.exec(part);
    if (found) return inChinese.replace(/\$(\d)/g, (_, number: string) => translated(found[Number(number)] ?? ''));
  }
  return part;
}
