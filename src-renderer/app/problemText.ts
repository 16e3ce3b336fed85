import type { ExpressionFault } from '../../src-preload/contract/debugging.ts';
import type { Problem } from '../../src-preload/contract/Outcome.ts';
import { i18n, type LanguageCode } from './i18n.ts';
import { refusals, refusalWords } from './locales/zh-CN/refusals.ts';

/** What a problem says, in the user's language where the window has a sentence for it, else in English. */
export function problemText(problem: Problem, language: LanguageCode = i18n.global.locale.value): string {
  const { text, message, values = {} } = problem;
  const sentence = language === 'zh-CN' && text !== undefined ? refusals[text] : undefined;
  if (sentence === undefined) return message;
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(values[name] ?? '');
    return refusalWords[name]?.[value] ?? value;
  });
}

/** The same of an expression that has no value, or names nothing. */
export function faultText({ message, text: { id, values } }: ExpressionFault): string {
  return problemText({ code: 'invalid-value', message, text: id, values });
}
