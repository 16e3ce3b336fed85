import { mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';

/** In the names of files and folders that are not finished; a store removes what a crash has left of them. */
export const UNFINISHED = '.unfinished-';
let unfinishedCount = 0;

/** A name beside `target` that nobody else uses. */
export function unfinishedName(target: string): string {
  unfinishedCount++;
  return path.join(path.dirname(target), `${UNFINISHED}${process.pid}-${unfinishedCount}-${path.basename(target)}`);
}

/** Makes the entries of a folder (created, renamed, removed) durable. Windows and some file systems cannot, and need not. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(errorCode(error))) throw error;
  }
}

/** Writes a new file and makes its content durable. */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  // Only the owner: programs may be private.
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a file as a whole: whoever reads, or whatever crash comes, finds the old content or the new.
 * (write-file-atomic neither notices a short write on a full disk nor syncs the folder.)
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  await replaceFileBy(file, (unfinished) => writeDurably(unfinished, content));
}

/** The same with a file that `write` makes under another name, durably. */
export async function replaceFileBy<T>(file: string, write: (unfinished: string) => Promise<T>): Promise<T> {
  const unfinished = unfinishedName(file);
  let result: T;
  try {
    result = await write(unfinished);
    await rename(unfinished, file);
  } catch (error) {
    await unlink(unfinished).catch(() => undefined);
    throw error;
  }
  await syncFolder(path.dirname(file));
  return result;
}

/** The same for a new folder, which `fill` fills with what is durable. */
export async function makeFolderBy<T>(folder: string, fill: (unfinished: string) => Promise<T>): Promise<T> {
  const unfinished = unfinishedName(folder);
  let result: T;
  try {
    await mkdir(unfinished);
    result = await fill(unfinished);
    await syncFolder(unfinished);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(path.dirname(folder));
  return result;
}

/** Removes what interrupted writes have left in a folder. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(UNFINISHED)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Removes what interrupted replacements of one file have left, in a folder that others use as well. */
export async function removeUnfinishedOf(file: string): Promise<void> {
  const folder = path.dirname(file);
  for (const name of await readdir(folder)) {
    if (isUnfinishedOf(name, path.basename(file))) await unlink(path.join(folder, name));
  }
}

/** See {@link unfinishedName}. */
function isUnfinishedOf(name: string, target: string): boolean {
  return name.startsWith(UNFINISHED) && name.slice(UNFINISHED.length).replace(/^\d+-\d+-/, '') === target;
}

/** `ENOENT` and the like; empty for anything else. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export function isFullDisk(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errorCode(error));
}

/** What went wrong with a file, in the user's words. */
export function describeFileError(error: unknown): string {
  if (isFullDisk(error)) return 'the disk is full; free some space and try again';
  switch (errorCode(error)) {
    case 'EROFS':
      return 'the disk is read-only';
    case 'EACCES':
    case 'EPERM':
      return 'permission was denied; check who owns the folder';
    case 'ENOENT':
      return 'there is no such file';
    case 'ENOTDIR':
      return 'a part of its path is a file and no folder';
    case 'EISDIR':
      return 'it is a folder';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open';
    case 'EIO':
      return 'the disk reports an error';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
