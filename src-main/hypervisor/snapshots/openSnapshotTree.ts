import { copyFile, mkdir, readdir, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../results.ts';
import { describeFileError, errorCode, replaceFile, UNFINISHED } from '../storage/files.ts';
import type { StoredMachine } from '../storage/StoredMachine.ts';
import type { StoreProblem, VmId } from '../types.ts';
import { snapshotFileOf, snapshotFolderOf, snapshotOf, treeFileOf } from './snapshotFiles.ts';
import {
  NO_SNAPSHOTS,
  parseTree,
  serialiseTree,
  type SnapshotEntry,
  type SnapshotId,
  type SnapshotTree,
} from './SnapshotTree.ts';
import { readStoredEntry } from './StoredSnapshot.ts';

type OpenedTree =
  | { readonly kind: 'value'; readonly value: SnapshotTree }
  /** Written by a later Vivarium: the machine is to be left alone. */
  | { readonly kind: 'newer'; readonly version: number };

/**
 * Reads a machine's tree of snapshots, and removes what interrupted changes have left. A damaged tree is set aside and
 * made anew from the snapshots themselves, as they were taken.
 */
export async function openSnapshotTree(
  folder: string,
  machine: StoredMachine,
  problems: StoreProblem[],
): Promise<OpenedTree> {
  const file = treeFileOf(folder, machine.id);
  let tree = NO_SNAPSHOTS;
  try {
    const parsed = parseTree(await readFile(file, 'utf8'));
    if (parsed.kind === 'newer') return parsed;
    tree = parsed.kind === 'value' ? parsed.value : await recover(folder, machine, parsed.message, problems);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      const message = `The snapshots of “${machine.name}” cannot be read: ${describeFileError(error)}. They were left as they are.`;
      problems.push({ kind: 'set-aside', message, path: file });
      return { kind: 'value', value: tree };
    }
  }
  // A read-only store can be looked at all the same.
  await removeUnnamed(folder, machine.id, tree).catch(() => undefined);
  return { kind: 'value', value: tree };
}

async function recover(
  folder: string,
  machine: StoredMachine,
  reason: string,
  problems: StoreProblem[],
): Promise<SnapshotTree> {
  const file = treeFileOf(folder, machine.id);
  const aside = path.join(folder, 'set-aside', `${machine.id}-${new Date().toISOString().replaceAll(':', '-')}`);
  await mkdir(path.join(aside, path.basename(snapshotFolderOf(folder, machine.id))), { recursive: true });
  const entries: SnapshotEntry[] = [];
  const unreadable: string[] = [];
  for (const name of await readdir(snapshotFolderOf(folder, machine.id))) {
    const snapshot = snapshotOf(name);
    if (snapshot === undefined) continue;
    const from = snapshotFileOf(folder, machine.id, snapshot);
    try {
      entries.push(await readStoredEntry(from));
    } catch (error) {
      unreadable.push(`${name}: ${messageOf(error)}`);
      await rename(from, path.join(aside, path.relative(path.dirname(file), from)));
    }
  }
  const tree: SnapshotTree = { current: null, entries: linked(entries) };
  // The damaged list stays in its place until the new one takes it: without any, snapshots would count as left over.
  await copyFile(file, path.join(aside, path.basename(file)));
  await replaceFile(file, serialiseTree(tree));
  const lost = unreadable.length > 0 ? ` These could not be read: ${unreadable.join('; ')}.` : '';
  const message = `The list of the snapshots of “${machine.name}” was damaged: ${reason}. It was made anew from the ${entries.length} snapshots themselves, with the names that they were taken with; what is damaged is in ${aside}.${lost}`;
  problems.push({ kind: 'set-aside', message, path: aside });
  return tree;
}

/** Snapshots whose parents were deleted since they were taken have none now. */
function linked(entries: readonly SnapshotEntry[]): SnapshotEntry[] {
  const known = new Set<SnapshotId>();
  return entries
    .toSorted((a, b) => a.takenAt - b.takenAt)
    .map((entry) => {
      const parent = entry.parent !== null && known.has(entry.parent) ? entry.parent : null;
      known.add(entry.id);
      return { ...entry, parent };
    });
}

async function removeUnnamed(folder: string, machine: VmId, tree: SnapshotTree): Promise<void> {
  const inside = snapshotFolderOf(folder, machine);
  const named = new Set(tree.entries.map(({ id }) => id));
  for (const name of await readdir(inside)) {
    const snapshot = snapshotOf(name);
    const isLeftOver = name.startsWith(UNFINISHED) || (snapshot !== undefined && !named.has(snapshot));
    if (isLeftOver) await unlink(path.join(inside, name));
  }
}
