import { expect, test } from 'vitest';
import { languageFor } from '../../../src-main/desktop/settings/languageFor.ts';

test.each([
  { system: ['en-GB', 'zh-CN'], language: 'en' },
  { system: ['zh-Hans-CN'], language: 'zh-CN' },
  { system: ['zh_TW'], language: 'zh-CN' },
  { system: ['zh', 'en'], language: 'zh-CN' },
  { system: ['de-DE', 'zh-SG', 'en-US'], language: 'zh-CN' },
  { system: ['de-DE'], language: 'en' },
  { system: [], language: 'en' },
])('$system: $language', ({ system, language }) => {
  expect(languageFor(system)).toBe(language);
});
