import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { JsonFile } from '../../../src-main/desktop/settings/JsonFile.ts';

let folder: string;
let problems: string[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium json '));
  problems = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (version = 1) =>
  JsonFile.open({
    path: path.join(folder, 'deep', 'file.json'),
    schema: z.object({ a: z.number() }),
    initial: { a: 0 },
    version,
    onProblem: (message) => problems.push(message),
  });

test('keeps its content over a restart', async () => {
  const file = await open();
  file.set({ a: 1 });
  file.set({ a: 2 });
  await file.flush();
  expect((await open()).value).toEqual({ a: 2 });
  expect(problems).toEqual([]);
});

test.each([
  ['no JSON', '{"version":1,"content":{"a":'],
  ['a wrong content', '{"version":1,"content":{"a":"x"}}'],
  ['another version', '{"version":2,"content":{"a":1}}'],
  ['no object', 'null'],
])('a file with %s is set aside, not overwritten', async (_, text) => {
  const file = await open();
  file.set({ a: 5 });
  await file.flush();
  await writeFile(path.join(folder, 'deep', 'file.json'), text);
  const again = await open();
  expect(again.value).toEqual({ a: 0 });
  expect(problems).toHaveLength(1);
  const [aside] = await readdir(path.join(folder, 'deep'));
  expect(await readFile(path.join(folder, 'deep', aside ?? ''), 'utf8')).toBe(text);
});

test('a folder that cannot be written is reported and loses nothing in memory', async () => {
  await writeFile(path.join(folder, 'deep'), 'a file where the folder should be');
  const file = await open();
  file.set({ a: 3 });
  await file.flush();
  expect(file.value).toEqual({ a: 3 });
  expect(problems.length).toBeGreaterThan(0);
});
