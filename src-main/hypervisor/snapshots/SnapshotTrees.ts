import { readFile } from 'node:fs/promises';
import { errorCode, replaceFile } from '../storage/files.ts';
import type { VmId } from '../types.ts';
import { listSnapshotFiles, type SnapshotFilePlace, snapshotFileIn, treeFileOf } from './snapshotFiles.ts';
import { NO_SNAPSHOTS, serialiseTree, type SnapshotEntry, type SnapshotId, type SnapshotTree } from './SnapshotTree.ts';

interface TreeAside {
  /** Where the machine's folder lies meanwhile. */
  readonly folder: string;
  readonly tree: SnapshotTree;
}

/** Which snapshots the machines of a store have, in memory as on disk; those of machines put aside are kept too. */
export class SnapshotTrees {
  readonly #folder: string;
  /** Of every machine that was opened or made. */
  readonly #trees: Map<VmId, SnapshotTree>;
  readonly #aside = new Map<VmId, TreeAside>();

  /** @param folder the store's */
  constructor(folder: string, trees: ReadonlyMap<VmId, SnapshotTree>) {
    this.#folder = folder;
    this.#trees = new Map(trees);
  }

  of(id: VmId): SnapshotTree {
    return this.#trees.get(id) ?? NO_SNAPSHOTS;
  }

  entry(id: VmId, snapshot: SnapshotId): SnapshotEntry | undefined {
    return this.of(id).entries.find((entry) => entry.id === snapshot);
  }

  /** What a machine's folder holds now. */
  note(id: VmId, tree: SnapshotTree): void {
    this.#trees.set(id, tree);
  }

  async replace(id: VmId, tree: SnapshotTree): Promise<void> {
    await replaceFile(treeFileOf(this.#folder, id), serialiseTree(tree));
    this.note(id, tree);
  }

  /** Whether a snapshot is in the tree on disk, in doubt yes. */
  async isStored(id: VmId, snapshot: SnapshotId): Promise<boolean> {
    try {
      return (await readFile(treeFileOf(this.#folder, id), 'utf8')).includes(snapshot);
    } catch (error) {
      return errorCode(error) !== 'ENOENT';
    }
  }

  /** The machine's folder lies elsewhere now: nobody finds its snapshots, and what they need is not to go. */
  putAside(id: VmId, folder: string): void {
    this.#aside.set(id, { folder, tree: this.of(id) });
    this.#trees.delete(id);
  }

  /** Its folder is back in its place, or has been since an earlier attempt whose end the host refused. */
  takeBack(id: VmId): void {
    const aside = this.#aside.get(id);
    if (aside === undefined) return;
    this.note(id, aside.tree);
    this.#aside.delete(id);
  }

  /** Its folder will not come back. Returns whether it had snapshots. */
  forgetAside(id: VmId): boolean {
    const hadSnapshots = (this.#aside.get(id)?.tree.entries.length ?? 0) > 0;
    this.#aside.delete(id);
    return hadSnapshots;
  }

  /** Every snapshot whose pages are needed, and where it lies. */
  async files(): Promise<readonly SnapshotFilePlace[]> {
    const aside = [...this.#aside.values()].flatMap(({ folder, tree }) =>
      tree.entries.map(({ id }) => ({ snapshot: id, file: snapshotFileIn(folder, id), isSetAside: false })),
    );
    return [...(await listSnapshotFiles(this.#folder, this.#trees)), ...aside];
  }
}
