import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

// The set-up is plain JavaScript without types, since it runs before anything is installed.
const { publish } = (await import(pathToFileURL(path.resolve('scripts/setup/publish.mjs')).href)) as {
  publish(from: string, to: string, note: string): Promise<void>;
};

let folder: string;
const inFolder = (...parts: string[]): string => path.join(folder, ...parts);
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium build '));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Publishes a build whose entry loads the chunks of these names. */
async function build(...chunks: string[]): Promise<void> {
  await mkdir(inFolder('unfinished/chunks'), { recursive: true });
  await writeFile(inFolder('unfinished/entry'), chunks.join(' '));
  for (const chunk of chunks) await writeFile(inFolder('unfinished/chunks', chunk), chunk);
  await publish(inFolder('unfinished'), inFolder('main'), inFolder('note.json'));
}
const chunksThere = async (): Promise<string[]> => (await readdir(inFolder('main/chunks'))).toSorted();

test('a program that read the entry before a build finds its chunks after it; a build later they go', async () => {
  await build('a1', 'same');
  await build('a2', 'same');
  expect(await readFile(inFolder('main/entry'), 'utf8')).toBe('a2 same');
  expect(await chunksThere()).toEqual(['a1', 'a2', 'same']);
  await build('a3', 'same');
  expect(await chunksThere()).toEqual(['a2', 'a3', 'same']);
  expect((await readdir(folder)).toSorted()).toEqual(['main', 'note.json']);
});

test('what comes back from the build before the last is kept', async () => {
  for (const chunk of ['a', 'b', 'a']) await build(chunk);
  expect(await chunksThere()).toEqual(['a', 'b']);
});

test('a damaged note stops no build', async () => {
  await build('a');
  await writeFile(inFolder('note.json'), '["a');
  await build('b');
  expect(await chunksThere()).toEqual(['a', 'b']);
});
