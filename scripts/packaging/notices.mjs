import { readFile, writeFile } from 'node:fs/promises';
import { inRoot } from '../setup/paths.mjs';

const RULE = '='.repeat(78);

/** Writes the third-party notices of the build in out/ (its parts' packages.json) as one text. */
export async function writeNotices(file) {
  const parts = ['main', 'preload', 'renderer'].map((part) => readFile(inRoot('out', part, 'packages.json'), 'utf8'));
  const lists = (await Promise.all(parts)).map((text) => JSON.parse(text));
  await writeFile(file, noticesText(lists.flat()));
}

/** @param {readonly { name: string, version: string, licence: string, text: string }[]} packages */
export function noticesText(packages) {
  const byName = new Map(packages.map((each) => [`${each.name} ${each.version}`, each]));
  const titles = [...byName.keys()].sort();
  const chapters = titles.map((title) => {
    const { licence, text } = byName.get(title);
    return `${RULE}\n${title} (${licence})\n${RULE}\n\n${text.trim()}\n`;
  });
  return [
    'Vivarium holds code of the packages below, under these licences. It runs in Electron, whose own licence',
    "and Chromium's are in LICENSE.electron.txt and LICENSES.chromium.html.\n",
    ...chapters,
  ].join('\n');
}
