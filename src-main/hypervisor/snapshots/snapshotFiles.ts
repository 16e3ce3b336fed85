import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, UNFINISHED } from '../storage/files.ts';
import type { VmId } from '../types.ts';
import type { SnapshotId, SnapshotTree } from './SnapshotTree.ts';

/** In a store's folder: pages of all machines' snapshots. */
export const PAGES = 'pages';

const TREE = 'snapshots.json';
const FOLDER = 'snapshots';
const EXTENSION = '.snapshot';

/** In a machine's folder: its tree. */
export function treeFileIn(machineFolder: string): string {
  return path.join(machineFolder, TREE);
}

/** In a machine's folder: a snapshot. */
export function snapshotFileIn(machineFolder: string, snapshot: SnapshotId): string {
  return path.join(machineFolder, FOLDER, `${snapshot}${EXTENSION}`);
}

export function treeFileOf(folder: string, machine: VmId): string {
  return treeFileIn(path.join(folder, 'machines', machine));
}

export function snapshotFileOf(folder: string, machine: VmId, snapshot: SnapshotId): string {
  return snapshotFileIn(path.join(folder, 'machines', machine), snapshot);
}

export function snapshotFolderOf(folder: string, machine: VmId): string {
  return path.dirname(snapshotFileOf(folder, machine, ''));
}

/** Where machines and snapshots go that cannot be read. */
const SET_ASIDE = 'set-aside';

/** The snapshot that a file is; undefined: it is something else. */
export function snapshotOf(name: string): SnapshotId | undefined {
  return name.endsWith(EXTENSION) ? name.slice(0, -EXTENSION.length) : undefined;
}

export interface SnapshotFilePlace {
  readonly snapshot: SnapshotId;
  readonly file: string;
  readonly isSetAside: boolean;
}

/**
 * Every snapshot whose pages are needed: those that the trees of the opened machines name, and all that lie in machines
 * which could not be opened, or were set aside.
 */
export async function listSnapshotFiles(
  folder: string,
  trees: ReadonlyMap<VmId, SnapshotTree>,
): Promise<readonly SnapshotFilePlace[]> {
  const files = [...trees].flatMap(([machine, { entries }]) =>
    entries.map(({ id }): SnapshotFilePlace => {
      return { snapshot: id, file: snapshotFileOf(folder, machine, id), isSetAside: false };
    }),
  );
  for (const machines of ['machines', SET_ASIDE]) {
    for (const machine of await namesIn(path.join(folder, machines))) {
      // One that is being removed needs nothing any more.
      if (machine.startsWith(UNFINISHED) || (machines === 'machines' && trees.has(machine))) continue;
      const inside = path.join(folder, machines, machine, FOLDER);
      for (const name of await namesIn(inside)) {
        const snapshot = snapshotOf(name);
        if (snapshot !== undefined)
          files.push({ snapshot, file: path.join(inside, name), isSetAside: machines === SET_ASIDE });
      }
    }
  }
  return files;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return [];
    throw error;
  }
}
