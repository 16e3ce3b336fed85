import { copyFile, link, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, syncFolder, writeDurably } from '../storage/files.ts';
import type { VmId } from '../types.ts';
import { snapshotFileOf, snapshotFolderOf, treeFileOf } from './snapshotFiles.ts';
import { serialiseTree, type SnapshotId, type SnapshotTree } from './SnapshotTree.ts';

/** Some of a tree's snapshots; one whose parent is not among them is a child of the nearest one above it that is. */
export function subtree({ current, entries }: SnapshotTree, ids: ReadonlySet<SnapshotId>): SnapshotTree {
  const parents = new Map(entries.map(({ id, parent }) => [id, parent]));
  const nearest = (id: SnapshotId | null): SnapshotId | null => {
    while (id !== null && !ids.has(id)) id = parents.get(id) ?? null;
    return id;
  };
  const kept = entries.filter(({ id }) => ids.has(id));
  return { current: nearest(current), entries: kept.map((entry) => ({ ...entry, parent: nearest(entry.parent) })) };
}

/**
 * Puts snapshots of one machine into the folder of another one that is being made, durably. Pages are shared, and the
 * files, which are never changed, are linked where the file system can: it takes no time however large the machine is.
 * Throws what the file system throws.
 * @param target the machine's folder, whatever it is called so far
 */
export async function copySnapshots(folder: string, from: VmId, tree: SnapshotTree, target: string): Promise<void> {
  if (tree.entries.length === 0) return;
  const inside = path.join(target, path.basename(snapshotFolderOf(folder, from)));
  await mkdir(inside);
  for (const { id } of tree.entries) {
    const file = snapshotFileOf(folder, from, id);
    await linkOrCopy(file, path.join(inside, path.basename(file)));
  }
  await syncFolder(inside);
  await writeDurably(path.join(target, path.basename(treeFileOf(folder, from))), serialiseTree(tree));
}

/** A file that is never changed under another name as well. */
export async function linkOrCopy(file: string, target: string): Promise<void> {
  try {
    await link(file, target);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EXDEV', 'EMLINK'].includes(errorCode(error))) throw error;
    await copyFile(file, target);
  }
}
