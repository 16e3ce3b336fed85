import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../../../scripts/docs/referencePages.ts';
import { guidePages, withoutCode } from '../../support/docs/guide.ts';

test('the reference says what the code says (npm run docs:reference writes it anew)', async () => {
  for (const [file, text] of await referencePages()) expect(await readFile(file, 'utf8'), file).toBe(text);
});

test('links between pages, and to pictures and headings, lead somewhere', async () => {
  const broken: string[] = [];
  for (const file of await pages()) {
    for (const link of linksOf(await readFile(file, 'utf8'))) {
      const [target = '', heading] = link.split('#');
      const place = target === '' ? file : path.join(path.dirname(file), target);
      if (!existsSync(place)) broken.push(`${file}: ${link}`);
      else if (heading !== undefined && !(await headingsOf(place)).includes(heading)) broken.push(`${file}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
});

test.each(await guidePages())('the guide’s page %s is there in Chinese, of the same parts', async (page) => {
  const chinese = await readFile(path.join('docs/zh/guide', page), 'utf8');
  expect(shapeOf(chinese)).toEqual(shapeOf(await readFile(path.join('docs/guide', page), 'utf8')));
});

test('the guide’s Chinese pages all belong to an English one', async () => {
  expect((await readdir('docs/zh/guide')).sort()).toEqual((await guidePages()).sort());
});

/** What is alike in a page and its translation: kinds of lines in order, with what no language changes. */
function shapeOf(page: string): string[] {
  const commands = [...page.matchAll(/^```[^]*?^```/gm)].map(([code]) => code.replaceAll(/ *#.*$/gm, ''));
  const lines = withoutCode(page).matchAll(/^(#+|\||- |!\[.*\]\([./]*\/images\/(?:zh\/)?(.*)\)$)/gm);
  return [...[...lines].map(([, kind, picture]) => picture ?? kind ?? ''), ...commands];
}

/** All Markdown of ours. */
async function pages(): Promise<string[]> {
  const inFolder = (await readdir('docs', { recursive: true }))
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules') && !file.startsWith('.vitepress'))
    .map((file) => path.join('docs', file));
  return [...(await readdir('.')).filter((file) => file.endsWith('.md')), ...inFolder];
}

/** Relative ones, outside of code. */
function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((link) => !/^[a-z]+:|^\//.test(link));
}

/** The names by which GitHub and the site refer to headings. */
async function headingsOf(file: string): Promise<string[]> {
  return [...(await readFile(file, 'utf8')).matchAll(/^#+ (.*)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
