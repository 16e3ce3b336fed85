import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { DriveSlot } from '../../machine/drives/DriveSlot.ts';
import { done, messageOf, refused } from '../results.ts';
import type { BlockHash } from '../storage/BlockIndex.ts';
import { BlockStore, hasOrphans } from '../storage/BlockStore.ts';
import { describeFileError, errorCode, isFullDisk } from '../storage/files.ts';
import { ReadersAndWriters } from '../storage/ReadersAndWriters.ts';
import { filesOf, type StoredMachine } from '../storage/StoredMachine.ts';
import type { Result, VmId } from '../types.ts';
import type { MachineSnapshot } from './MachineSnapshot.ts';
import { type ExportedPages, exportPages, type ImportedSnapshots, importPages } from './movedPages.ts';
import { neededBlocks } from './neededBlocks.ts';
import { pageHashes, tabulate, type TableRoots } from './pageTables.ts';
import type { PackedPages, PackedSnapshot } from './PackedSnapshot.ts';
import { PAGE_BYTES } from './pages.ts';
import { PAGES, snapshotFileOf } from './snapshotFiles.ts';
import {
  type SnapshotEntry,
  type SnapshotId,
  type SnapshotKind,
  type SnapshotTree,
  withChange,
  withoutSnapshot,
  withSnapshot,
} from './SnapshotTree.ts';
import {
  describingFile,
  readStoredSnapshot,
  readStoredThumbnail,
  type SerialPast,
  writeStoredSnapshot,
} from './StoredSnapshot.ts';
import { SnapshotMemory } from './SnapshotMemory.ts';
import { SnapshotTrees } from './SnapshotTrees.ts';

/** What is kept with a snapshot beside the machine. */
export interface AboutSnapshot {
  readonly name: string;
  readonly notes?: string;
  /** PNG. */
  readonly thumbnail?: Uint8Array | null;
  /** What it was taken after; the tree's `current` by default. */
  readonly parent?: SnapshotId | null;
  readonly kind?: SnapshotKind;
  readonly isPaused?: boolean;
  readonly layers?: Partial<Record<DriveSlot, string>>;
  readonly serial?: SerialPast;
}

/** What is read of a snapshot. */
export interface StoredCopy {
  readonly definition: StoredMachine;
  readonly snapshot: PackedSnapshot;
  readonly serial: SerialPast;
}

/** A machine's snapshots as they lie in the store. */
export interface ExportedSnapshots extends ExportedPages {
  readonly tree: SnapshotTree;
  /** One for each entry. */
  readonly files: readonly string[];
}

/** Runs changes of one machine one after the other. */
export type InTurn = <T>(id: VmId, change: () => Promise<Result<T>>) => Promise<Result<T>>;

/**
 * Snapshots on disk.
 *
 * ```
 * <folder>/machines/<id>/snapshots.json            the tree, see SnapshotTree
 * <folder>/machines/<id>/snapshots/<id>.snapshot   each one, see StoredSnapshot
 * <folder>/pages/<snapshot id>.pack                pages, see BlockStore: shared by all snapshots of the store
 * ```
 * A change is one rename, that of `snapshots.json`: what a tree names is durable before the tree is, what none names
 * is removed later. Reading needs all checksums right, and changes nothing.
 */
export class SnapshotStore {
  readonly #folder: string;
  readonly #inTurn: InTurn;
  readonly #trees: SnapshotTrees;
  /** Opened when it is first needed: most machines have no snapshots. */
  #blocks: Promise<BlockStore> | undefined;
  readonly #turns = new ReadersAndWriters();

  constructor(folder: string, trees: ReadonlyMap<VmId, SnapshotTree>, inTurn: InTurn) {
    this.#folder = folder;
    this.#trees = new SnapshotTrees(folder, trees);
    this.#inTurn = inTurn;
  }

  tree(id: VmId): SnapshotTree {
    return this.#trees.of(id);
  }

  /** Stores a snapshot, from which its machine goes on. The copy in memory may be changed once this has answered. */
  async put(machine: StoredMachine, snapshot: MachineSnapshot, about: AboutSnapshot): Promise<Result<SnapshotEntry>> {
    const blocks = new Map<BlockHash, Uint8Array>();
    const ram = await tabulate(snapshot.ram, blocks);
    const video = await tabulate(snapshot.video, blocks);
    const disks = new Map<DriveSlot, TableRoots>();
    for (const [slot, layer] of snapshot.disks) disks.set(slot, await tabulate(layer, blocks));
    const id: SnapshotId = `sn-${randomBytes(8).toString('hex')}`;
    const failure = `The snapshot “${about.name}” of “${machine.name}” cannot be stored`;
    return this.#inTurn(machine.id, () =>
      this.#adding(failure, async (store) => {
        const tree = this.tree(machine.id);
        const parent = about.parent === undefined ? tree.current : about.parent;
        const file = this.#fileOf(machine.id, id);
        const added = await store.add(id, blocks);
        const entry: SnapshotEntry = {
          id,
          parent,
          name: about.name,
          notes: about.notes ?? '',
          kind: about.kind ?? 'taken',
          isPaused: about.isPaused ?? false,
          takenAt: Date.now(),
          instructions: retiredBy(snapshot),
          hasThumbnail: Boolean(about.thumbnail),
          storedBytes: added?.byteLength ?? 0,
          files: filesOf(machine.program).map(({ sha256 }) => sha256),
          layers: { ...about.layers },
        };
        try {
          await makeFolder(path.dirname(file));
          await writeStoredSnapshot(file, {
            entry,
            definition: machine,
            state: snapshot.state,
            thumbnail: about.thumbnail ?? null,
            ram,
            video,
            disks,
            serial: about.serial ?? new Map(),
          });
          await this.#trees.replace(machine.id, withSnapshot(tree, entry));
          return entry;
        } catch (error) {
          if (await this.#trees.isStored(machine.id, id)) throw error;
          await unlink(file).catch(() => undefined);
          if (added) await store.remove(added).catch(() => undefined);
          throw error;
        }
      }),
    );
  }

  /** A snapshot, every byte of it verified, in memory that threads share: it may be restored more than once. */
  async read(id: VmId, snapshot: SnapshotId): Promise<Result<StoredCopy>> {
    return this.#reading(id, snapshot, async (file) => {
      const { definition, state, ram, video, disks, serial } = await describingFile(file, readStoredSnapshot);
      const store = await this.#blockStore();
      const all = [ram, video, ...disks.values()];
      const tables = await store.read(all.flatMap((roots) => [...roots.values()]));
      const pagesOf = async (roots: TableRoots): Promise<PackedPages> => {
        const hashes = await pageHashes(roots, tables);
        const bytes = new Uint8Array(new SharedArrayBuffer(hashes.size * PAGE_BYTES));
        await store.readInto([...hashes.values()], bytes);
        return { numbers: Uint32Array.from(hashes.keys()), bytes };
      };
      const layers = new Map<DriveSlot, PackedPages>();
      for (const [slot, roots] of disks) layers.set(slot, await pagesOf(roots));
      return {
        definition,
        serial,
        snapshot: { state, ram: await pagesOf(ram), video: await pagesOf(video), disks: layers },
      };
    });
  }

  /** What RAM was; its pages are read, each verified, when they are asked for. */
  async readMemory(id: VmId, snapshot: SnapshotId): Promise<Result<SnapshotMemory>> {
    return this.#reading(id, snapshot, async (file) => {
      const { definition, ram } = await describingFile(file, readStoredSnapshot);
      const store = await this.#blockStore();
      const hashes = await pageHashes(ram, await store.read([...ram.values()]));
      return new SnapshotMemory(definition.memoryMiB * 2 ** 20, hashes, (wanted) =>
        this.#turns.read(() => store.read(wanted)),
      );
    });
  }

  /** The machine as it was defined when a snapshot was taken. */
  async readDefinition(id: VmId, snapshot: SnapshotId): Promise<Result<StoredMachine>> {
    return this.#reading(id, snapshot, async (file) => (await describingFile(file, readStoredSnapshot)).definition);
  }

  /** PNG; null: the machine showed nothing. */
  async readThumbnail(id: VmId, snapshot: SnapshotId): Promise<Result<Uint8Array | null>> {
    return this.#reading(id, snapshot, async (file) => (await describingFile(file, readStoredThumbnail)) ?? null);
  }

  async annotate(
    id: VmId,
    snapshot: SnapshotId,
    change: { readonly name?: string; readonly notes?: string },
  ): Promise<Result<SnapshotEntry>> {
    return this.#inTurn(id, async () => {
      const entry = this.#trees.entry(id, snapshot);
      if (entry === undefined) return unknownSnapshot();
      const changed: SnapshotEntry = { ...entry, name: change.name ?? entry.name, notes: change.notes ?? entry.notes };
      return attempt(`The change of the snapshot “${entry.name}” cannot be stored`, async () => {
        await this.#trees.replace(id, withChange(this.tree(id), changed));
        return changed;
      });
    });
  }

  /** Notes what the machine's present state comes from; null: from power-on. */
  async setCurrent(id: VmId, current: SnapshotId | null): Promise<Result<null>> {
    return this.#inTurn(id, async () => {
      if (current !== null && this.#trees.entry(id, current) === undefined) return unknownSnapshot();
      return attempt('Where the machine stands among its snapshots cannot be stored', async () => {
        await this.#trees.replace(id, { ...this.tree(id), current });
        return null;
      });
    });
  }

  /** Its children, and `current`, move to its parent. */
  async delete(id: VmId, snapshot: SnapshotId): Promise<Result<null>> {
    return this.#inTurn(id, async () => {
      const entry = this.#trees.entry(id, snapshot);
      if (entry === undefined) return unknownSnapshot();
      return attempt(`The snapshot “${entry.name}” cannot be deleted`, async () => {
        const rest = withoutSnapshot(this.tree(id), entry);
        try {
          await this.#trees.replace(id, rest);
          // What stays behind is removed when the store is opened next.
          const removed = this.#turns.remove(() => unlink(this.#fileOf(id, snapshot))).catch(() => undefined);
          // An export of minutes is nothing to wait for: no tree names the file any more.
          if (!this.#turns.isRead) await removed;
        } catch (error) {
          if (!isFullDisk(error)) throw error;
          await this.#deleteFirst(id, snapshot, rest);
        }
        void this.sweep();
        return null;
      });
    });
  }

  /**
   * On a full disk: the snapshot's file goes first, which makes room for the tree. When that is not told all the same,
   * the tree names a snapshot that cannot be read, and can be deleted again.
   */
  async #deleteFirst(id: VmId, snapshot: SnapshotId, rest: SnapshotTree): Promise<void> {
    await this.#turns.remove(async () => {
      await rm(this.#fileOf(id, snapshot), { force: true });
      this.#trees.note(id, rest);
      await this.#sweepNow().catch(() => undefined);
    });
    await this.#trees.replace(id, rest).catch(() => undefined);
  }

  /** Lets `make` put a machine's folder into its place, and returns with the tree that is in it: no sweep comes in between. */
  async addMachine(id: VmId, make: () => Promise<SnapshotTree>): Promise<void> {
    await this.#turns.add(async () => this.#trees.note(id, await make()));
  }

  /** The same with pages that come from elsewhere. They are known by what they hold, whatever anybody says of them. */
  async importMachine(id: VmId, imported: ImportedSnapshots, make: () => Promise<SnapshotTree>): Promise<void> {
    await this.#turns.add(async () => {
      const store = await this.#blockStore();
      const remove = await importPages(store, imported);
      try {
        this.#trees.note(id, await make());
      } catch (error) {
        await remove();
        throw error;
      }
    });
  }

  /** Hands out what a machine's snapshots consist of; nothing of it is removed meanwhile. */
  async exportMachine<T>(id: VmId, action: (exported: ExportedSnapshots) => Promise<T>): Promise<T> {
    return this.#turns.read(async () => {
      const tree = this.tree(id);
      const places = tree.entries.map((entry) => {
        return { snapshot: entry.id, file: this.#fileOf(id, entry.id), isSetAside: false };
      });
      const pages = await exportPages(await this.#blockStore(), places);
      return action({ tree, files: places.map(({ file }) => file), ...pages });
    });
  }

  /** Lets `move` put a machine's folder elsewhere while nobody sweeps. Its snapshots are being read by nobody. */
  async putAside(id: VmId, folder: string, move: () => Promise<void>): Promise<void> {
    const put = async (): Promise<void> => {
      await move();
      this.#trees.putAside(id, folder);
    };
    await (this.tree(id).entries.length > 0 ? this.#turns.add(put) : put());
  }

  /** Lets `move` put it back. */
  async takeBack(id: VmId, move: () => Promise<void>): Promise<void> {
    await this.#turns.add(async () => {
      await move();
      this.#trees.takeBack(id);
    });
  }

  /** It will not come back: what nobody else needs goes. */
  forgetAside(id: VmId): void {
    if (this.#trees.forgetAside(id)) void this.sweep();
  }

  /** Removes pages that an interrupted change has left, if there are any: it can be told from the files' names. */
  sweepIfInterrupted(): void {
    void this.#turns
      .remove(async () => {
        const names = await readdir(path.join(this.#folder, PAGES)).catch(() => []);
        if (names.length === 0) return;
        const files = await this.#trees.files();
        const owners = new Set(files.map(({ snapshot }) => snapshot));
        if (hasOrphans(names, owners)) await this.#sweepNow();
      })
      .catch(() => undefined);
  }

  /** Removes pages that no snapshot needs any more. What cannot be removed stays for the next time. */
  async sweep(): Promise<void> {
    await this.#turns.remove(() => this.#sweepNow()).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#turns.idle();
  }

  async #sweepNow(): Promise<void> {
    const store = await this.#blockStore();
    const files = await this.#trees.files();
    const needed = await neededBlocks(store, files);
    const owners = new Set(files.map(({ snapshot }) => snapshot));
    await store.sweep(
      (hash) => needed.has(hash),
      (name) => owners.has(name),
    );
  }

  #blockStore(): Promise<BlockStore> {
    const opened = (this.#blocks ??= BlockStore.open(path.join(this.#folder, PAGES)));
    // One that failed is tried again.
    opened.catch(() => (this.#blocks = undefined));
    return opened;
  }

  #adding<T>(failure: string, add: (store: BlockStore) => Promise<T>): Promise<Result<T>> {
    return this.#turns.add(() => attempt(failure, async () => add(await this.#blockStore())));
  }

  async #reading<T>(id: VmId, snapshot: SnapshotId, read: (file: string) => Promise<T>): Promise<Result<T>> {
    return this.#turns.read(async () => {
      const entry = this.#trees.entry(id, snapshot);
      if (entry === undefined) return unknownSnapshot();
      return attempt(`The snapshot “${entry.name}” cannot be read`, () => read(this.#fileOf(id, snapshot)));
    });
  }

  #fileOf(id: VmId, snapshot: SnapshotId): string {
    return snapshotFileOf(this.#folder, id, snapshot);
  }
}

function unknownSnapshot(): Result<never> {
  return refused('not-found', 'There is no such snapshot any more: it was deleted.');
}

function retiredBy({ state }: MachineSnapshot): number {
  return state.processors.reduce((sum, { retired }) => sum + retired, state.instructionsBefore);
}

/** A folder inside one that must be there: of a machine that was deleted none is made. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

async function attempt<T>(failure: string, action: () => Promise<T>): Promise<Result<T>> {
  try {
    return done(await action());
  } catch (error) {
    const reason = errorCode(error) === '' ? messageOf(error) : describeFileError(error);
    return refused('storage-failed', `${failure}: ${reason.replace(/\.$/, '')}. Nothing was changed.`);
  }
}
