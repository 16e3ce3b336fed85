import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { menuTexts } from '../../../src-main/desktop/menu/menuTexts.ts';
import { en } from '../../../src-renderer/app/locales/en/index.ts';
import { zhCN } from '../../../src-renderer/app/locales/zh-CN/index.ts';
import { guidePages, withoutCode } from '../../support/docs/guide.ts';

const english = { words: wordsOf(en, menuTexts.en), mark: /_([^_]+)_/g };
const chinese = { words: wordsOf(zhCN, menuTexts['zh-CN']), mark: /“([^”]+)”/g };

test('README calls what is in the window as the window does', async () => {
  expect(await unknownNames('README.md', english)).toEqual([]);
});

test.each(await guidePages())('the guide’s page %s does so, in both languages', async (page) => {
  expect(await unknownNames(path.join('docs/guide', page), english)).toEqual([]);
  expect(await unknownNames(path.join('docs/zh/guide', page), chinese)).toEqual([]);
});

/** Every text of the window and its menu. */
function wordsOf(...trees: object[]): ReadonlySet<string> {
  const texts = (tree: string | object): string[] =>
    typeof tree === 'string' ? [plain(tree)] : Object.values(tree).flatMap(texts);
  return new Set(trees.flatMap(texts));
}

/** Without what a menu adds for the keyboard, and for what asks more. */
function plain(text: string): string {
  return text
    .replace(/\(&\w\)/, '')
    .replace('&', '')
    .replace(/…$/, '');
}

/** What a page marks as a name of the window's, and the window does not have. */
async function unknownNames(file: string, { words, mark }: typeof english): Promise<string[]> {
  const page = withoutCode(await readFile(file, 'utf8')).replaceAll(/\s+/g, ' ');
  return [...page.matchAll(mark)].map(([, name = '']) => plain(name)).filter((name) => !words.has(name));
}
