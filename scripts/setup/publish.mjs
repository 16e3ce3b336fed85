import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Moves a finished build into the folder from which programs start, file by file, so that a program that starts
 * meanwhile finds every file it loads. Each file is replaced in one rename. What lies in folders has its hash in
 * its name and comes first; the entries that name it come last. Files that the new build no longer has stay for
 * one build more, for programs that were just loading them; `note` says which.
 */
export async function publish(from, to, note) {
  const fresh = await filesIn(from);
  const outdated = (await readNote(note)).filter((file) => !fresh.includes(file));
  for (const file of outdated) await rm(path.join(to, file), { force: true });
  const superseded = (await filesIn(to)).filter((file) => !fresh.includes(file));
  await mkdir(path.dirname(note), { recursive: true });
  await writeFile(note, JSON.stringify(superseded));
  const isEntry = (file) => !file.includes('/');
  for (const file of [...fresh.filter((each) => !isEntry(each)), ...fresh.filter(isEntry)]) {
    await mkdir(path.dirname(path.join(to, file)), { recursive: true });
    await rename(path.join(from, file), path.join(to, file));
  }
  await rm(from, { recursive: true, force: true });
}

/** A note that is missing or damaged only lets files stay for longer. */
async function readNote(note) {
  try {
    return JSON.parse(await readFile(note, 'utf8'));
  } catch {
    return [];
  }
}

/** Relative to the folder, with `/`. */
async function filesIn(folder, below = '') {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries.map((entry) => {
      const name = path.posix.join(below, entry.name);
      return entry.isDirectory() ? filesIn(path.join(folder, entry.name), name) : [name];
    }),
  );
  return nested.flat();
}
