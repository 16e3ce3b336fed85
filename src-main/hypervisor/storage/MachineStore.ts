import { access, mkdir, readFile, readdir, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { ImageError } from '../../machine/images/HostFile.ts';
import { MachineTurns } from '../MachineTurns.ts';
import { closing, done, refused } from '../results.ts';
import { copySnapshots, linkOrCopy, subtree } from '../snapshots/copySnapshots.ts';
import { openSnapshotTree } from '../snapshots/openSnapshotTree.ts';
import { SnapshotStore } from '../snapshots/SnapshotStore.ts';
import { NO_SNAPSHOTS, type SnapshotId, type SnapshotTree } from '../snapshots/SnapshotTree.ts';
import type { Result, StoreProblem, VmId } from '../types.ts';
import {
  UNFINISHED,
  describeFileError,
  errorCode,
  makeFolderBy,
  removeUnfinished,
  replaceFile,
  syncFolder,
  unfinishedName,
  writeDurably,
} from './files.ts';
import { hashBytes } from './CheckedJson.ts';
import { filesOf, parseMachine, serialiseMachine, type StoredMachine } from './StoredMachine.ts';
import { type ExportChoice, exportMachine } from './exportMachine.ts';
import { fillFolder, readSnapshotsOf } from './importMachine.ts';
import { MachineArchive } from './MachineArchive.ts';
import { SectionProblem } from './SectionFile.ts';
import { StoreLock } from './StoreLock.ts';

const DEFINITION = 'machine.json';

/** In a machine's folder: layers that take what it writes to images of the user's. */
const DISKS = 'disks';

/** What a new machine takes over of another one. */
export interface TakenOver {
  readonly from: VmId;
  readonly snapshots: readonly SnapshotId[];
  /** Files of layers, with all those that they name in turn. None of them is being written. */
  readonly layers: readonly string[];
}

/** Bytes that a machine's definition names by their hash. */
export type StoredBlobs = ReadonlyMap<string, Uint8Array>;

/**
 * Machines on disk.
 *
 * ```
 * <folder>/lock                          who has the store open
 * <folder>/machines/<id>/machine.json    the definition, see StoredMachine
 * <folder>/machines/<id>/<sha256>        the program, its initial RAM disk, and each file that it includes
 * <folder>/machines/<id>/snapshots...    see SnapshotStore
 * <folder>/pages/                        pages of snapshots, see BlockStore
 * <folder>/set-aside/<id>-<time>/        what could not be read
 * ```
 * Each change is one rename: of `machine.json`, or of a whole machine's folder when it is made, deleted or brought back.
 * Whatever kills the process, the next one finds every machine before the change or after it. Files that a
 * definition names are durable before it is; files that none names are removed.
 */
export class MachineStore {
  readonly folder: string;
  readonly problems: readonly StoreProblem[];
  /** As the store was opened, the oldest first. */
  readonly machines: readonly StoredMachine[];
  readonly snapshots: SnapshotStore;
  readonly #lock: StoreLock;
  /** Folders of machines that were put aside. */
  readonly #aside = new Map<VmId, string>();
  /** Operations on each machine: one at a time. */
  readonly #turns = new MachineTurns();
  #isClosed = false;

  private constructor(
    folder: string,
    lock: StoreLock,
    machines: readonly StoredMachine[],
    problems: readonly StoreProblem[],
    trees: ReadonlyMap<VmId, SnapshotTree>,
  ) {
    this.folder = folder;
    this.machines = machines;
    this.problems = problems;
    this.#lock = lock;
    this.snapshots = new SnapshotStore(folder, trees, (id, change) => this.#inTurn(id, change));
  }

  static async open(folder: string): Promise<Result<MachineStore>> {
    let lock: StoreLock | undefined;
    try {
      const machinesFolder = path.join(folder, 'machines');
      await mkdir(machinesFolder, { recursive: true });
      lock = await StoreLock.acquire(folder);
      if (lock === undefined) {
        return refused(
          'storage-locked',
          `Another Vivarium has the machines in ${folder} open. Close it, or set VIVARIUM_HOME to another folder. If none is running, delete the file ${StoreLock.fileOf(folder)}.`,
        );
      }
      await removeUnfinished(folder);
      await removeUnfinished(machinesFolder);
      const problems: StoreProblem[] = [];
      const machines: StoredMachine[] = [];
      const trees = new Map<VmId, SnapshotTree>();
      for (const id of (await readdir(machinesFolder)).toSorted()) {
        const opened = await openMachine(folder, id, problems);
        if (opened === undefined) continue;
        machines.push(opened.machine);
        trees.set(id, opened.tree);
      }
      machines.sort((left, right) => left.createdAt - right.createdAt);
      const store = new MachineStore(folder, lock, machines, problems, trees);
      store.snapshots.sweepIfInterrupted();
      return done(store);
    } catch (error) {
      await lock?.release().catch(() => undefined);
      return refused('storage-failed', `The machines in ${folder} cannot be opened: ${describeFileError(error)}.`);
    }
  }

  /** Adds a machine with the files that it names, and with what it takes over of another one. */
  create(machine: StoredMachine, blobs: StoredBlobs, taken?: TakenOver): Promise<Result<null>> {
    return this.#change(machine.id, `The machine “${machine.name}” cannot be stored`, async () => {
      const make = (): Promise<SnapshotTree> =>
        makeFolderBy(this.machineFolder(machine.id), async (unfinished) => {
          for (const [sha256, bytes] of blobs) await writeDurably(path.join(unfinished, sha256), bytes);
          const tree = taken === undefined ? NO_SNAPSHOTS : await this.#takeOver(taken, unfinished);
          await writeDurably(path.join(unfinished, DEFINITION), serialiseMachine(machine));
          return tree;
        });
      if (taken === undefined) await make();
      else await this.snapshots.addMachine(machine.id, make);
    });
  }

  /** Writes a machine with what belongs to it as one file. */
  exportMachine(machine: StoredMachine, file: string, choice: ExportChoice): Promise<Result<null>> {
    const folder = this.machineFolder(machine.id);
    return this.#change(machine.id, `“${machine.name}” cannot be exported to ${file}`, () =>
      this.snapshots.exportMachine(machine.id, (exported) =>
        exportMachine(machine, { folder, disks: path.join(folder, DISKS) }, exported, choice, file),
      ),
    );
  }

  /**
   * Makes a machine of a file that {@link exportMachine} has written, here or anywhere. Its drives hold what came along.
   * @param define gives the machine its id, and what else it is to have here
   */
  async importMachine(file: string, define: (machine: StoredMachine) => StoredMachine): Promise<Result<StoredMachine>> {
    const failure = `${file} cannot be imported`;
    let archive: MachineArchive;
    try {
      archive = await MachineArchive.open(file);
    } catch (error) {
      return refused('file-unreadable', `${failure}: ${describeProblem(error)}.`);
    }
    const machine = define(archive.machine);
    let imported = machine;
    const target = this.machineFolder(machine.id);
    const changed = await this.#change(machine.id, failure, async () => {
      const snapshots = await readSnapshotsOf(archive);
      await this.snapshots.importMachine(machine.id, { batches: archive.pages(), snapshots }, () =>
        makeFolderBy(target, async (unfinished) => {
          const places = { unfinished, target, disks: DISKS, definition: DEFINITION };
          const filled = await fillFolder(archive, machine, snapshots, places);
          imported = filled.machine;
          return filled.tree;
        }),
      );
    });
    await archive.close();
    return changed.ok ? done(imported) : changed;
  }

  /** Replaces a machine's definition; `blobs` are the files that it names and that are not stored yet. */
  update(machine: StoredMachine, blobs: StoredBlobs = new Map()): Promise<Result<null>> {
    return this.#change(machine.id, `The change of “${machine.name}” cannot be stored`, async () => {
      const folder = this.machineFolder(machine.id);
      for (const [sha256, bytes] of blobs) {
        const file = path.join(folder, sha256);
        if (!(await isThere(file))) await replaceFile(file, bytes);
      }
      await replaceFile(path.join(folder, DEFINITION), serialiseMachine(machine));
      // What stays behind is removed when the store is opened next.
      await removeUnnamed(folder, machine, this.snapshots.tree(machine.id)).catch(() => undefined);
    });
  }

  async delete(id: VmId, name: string): Promise<Result<null>> {
    const aside = await this.putAside(id, name);
    if (aside.ok) await this.#purge(id);
    return aside;
  }

  /**
   * Deletes a machine in a way that can be taken back, until the store is closed: for the next process it is not there,
   * whatever ends this one.
   */
  putAside(id: VmId, name: string): Promise<Result<null>> {
    return this.#change(id, `The machine “${name}” cannot be deleted`, async () => {
      const folder = this.machineFolder(id);
      const aside = unfinishedName(folder);
      await this.snapshots.putAside(id, aside, () => rename(folder, aside));
      this.#aside.set(id, aside);
      await syncFolder(path.dirname(folder));
    });
  }

  /** A machine that was put aside is there again, with all that it had. */
  takeBack(id: VmId, name: string): Promise<Result<null>> {
    return this.#change(id, `The machine “${name}” cannot be brought back`, async () => {
      const folder = this.machineFolder(id);
      const aside = this.#aside.get(id) ?? folder;
      await this.snapshots.takeBack(id, () => rename(aside, folder));
      this.#aside.delete(id);
      await syncFolder(path.dirname(folder));
    });
  }

  #purge(id: VmId): Promise<Result<null>> {
    return this.#turns.take(id, async () => {
      const aside = this.#aside.get(id);
      if (aside === undefined) return done(null);
      this.#aside.delete(id);
      this.snapshots.forgetAside(id);
      // What stays behind is removed when the store is opened next.
      await rm(aside, { recursive: true, force: true }).catch(() => undefined);
      return done(null);
    });
  }

  /** A file that a machine's definition names, verified. */
  async readBlob(id: VmId, sha256: string): Promise<Result<Uint8Array>> {
    const file = path.join(this.machineFolder(id), sha256);
    try {
      const bytes = new Uint8Array(await readFile(file));
      if (hashBytes(bytes) === sha256) return done(bytes);
      return refused('storage-failed', `The stored program ${file} is damaged: load its file again.`);
    } catch (error) {
      return refused('storage-failed', `The stored program ${file} cannot be read: ${describeFileError(error)}.`);
    }
  }

  /** What is under way is done; whoever asks for a change from now on is refused it: the store may be another process's. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turns.allEnded();
    await Promise.all([...this.#aside.keys()].map((id) => this.#purge(id)));
    await this.snapshots.close();
    await this.#lock.release();
  }

  /** Returns the tree of the snapshots that are in the new machine's folder now. */
  async #takeOver({ from, snapshots, layers }: TakenOver, unfinished: string): Promise<SnapshotTree> {
    const source = this.machineFolder(from);
    const tree = subtree(this.snapshots.tree(from), new Set(snapshots));
    await copySnapshots(this.folder, from, tree, unfinished);
    for (const sha256 of new Set(tree.entries.flatMap(({ files }) => files))) {
      const file = path.join(unfinished, sha256);
      if (!(await isThere(file))) await linkOrCopy(path.join(source, sha256), file);
    }
    if (layers.length === 0) return tree;
    const disks = path.join(unfinished, DISKS);
    await mkdir(disks);
    for (const layer of layers) await linkOrCopy(path.join(source, DISKS, layer), path.join(disks, layer));
    await syncFolder(disks);
    return tree;
  }

  /** Where a machine’s files lie. */
  machineFolder(id: VmId): string {
    return path.join(this.folder, 'machines', id);
  }

  #inTurn<T>(id: VmId, change: () => Promise<Result<T>>): Promise<Result<T>> {
    return this.#isClosed ? Promise.resolve(closing()) : this.#turns.take(id, change);
  }

  #change(id: VmId, failure: string, apply: () => Promise<void>): Promise<Result<null>> {
    return this.#inTurn(id, async () => {
      try {
        await apply();
        return done(null);
      } catch (error) {
        return refused('storage-failed', `${failure}: ${describeProblem(error)}. Nothing was changed.`);
      }
    });
  }
}

/** Of a file's content, or of the file system. */
function describeProblem(error: unknown): string {
  if (error instanceof SectionProblem || error instanceof ImageError) return error.message.replace(/\.$/, '');
  return describeFileError(error);
}

interface OpenedMachine {
  readonly machine: StoredMachine;
  readonly tree: SnapshotTree;
}

async function openMachine(folder: string, id: string, problems: StoreProblem[]): Promise<OpenedMachine | undefined> {
  const machineFolder = path.join(folder, 'machines', id);
  let content: string;
  try {
    content = await readFile(path.join(machineFolder, DEFINITION), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return undefined;
    if (errorCode(error) !== 'ENOENT') {
      const message = `The machine in ${machineFolder} cannot be read: ${describeFileError(error)}. It was left as it is.`;
      problems.push({ kind: 'set-aside', message, path: machineFolder });
      return undefined;
    }
    return setAside(folder, id, 'its machine.json is missing', problems);
  }
  const parsed = parseMachine(content);
  switch (parsed.kind) {
    case 'damaged':
      return setAside(folder, id, `its machine.json is damaged: ${parsed.message}`, problems);
    case 'newer':
      return leftAlone(machineFolder, parsed.version, problems);
    case 'value': {
      const machine = parsed.value;
      if (machine.id !== id) return setAside(folder, id, 'its machine.json is another machine’s', problems);
      const opened = await openSnapshotTree(folder, machine, problems);
      if (opened.kind === 'newer') return leftAlone(machineFolder, opened.version, problems);
      // A read-only store can be looked at all the same.
      await removeUnnamed(machineFolder, machine, opened.value).catch(() => undefined);
      return { machine, tree: opened.value };
    }
  }
}

function leftAlone(machineFolder: string, version: number, problems: StoreProblem[]): undefined {
  const message = `The machine in ${machineFolder} was stored by a newer Vivarium (version ${version} of the format). It was left as it is.`;
  problems.push({ kind: 'set-aside', message, path: machineFolder });
}

/** Moves a machine that cannot be read out of the way; nothing of it is removed. */
async function setAside(folder: string, id: string, reason: string, problems: StoreProblem[]): Promise<undefined> {
  const from = path.join(folder, 'machines', id);
  const to = path.join(folder, 'set-aside', `${id}-${new Date().toISOString().replaceAll(':', '-')}`);
  try {
    await mkdir(path.dirname(to), { recursive: true });
    await rename(from, to);
    const message = `A machine could not be read: ${reason}. Its files were moved to ${to}.`;
    problems.push({ kind: 'set-aside', message, path: to });
  } catch (error) {
    const message = `A machine could not be read: ${reason}. Its files stay in ${from}, since ${describeFileError(error)}.`;
    problems.push({ kind: 'set-aside', message, path: from });
  }
  return undefined;
}

/** Removes files that interrupted or replaced versions of a definition have left. */
async function removeUnnamed(machineFolder: string, machine: StoredMachine, tree: SnapshotTree): Promise<void> {
  const files = filesOf(machine.program).map(({ sha256 }) => sha256);
  const named = new Set([...files, ...tree.entries.flatMap((entry) => entry.files)]);
  for (const name of await readdir(machineFolder)) {
    const isBlob = /^[0-9a-f]{64}$/.test(name);
    if ((isBlob && !named.has(name)) || name.startsWith(UNFINISHED)) await unlink(path.join(machineFolder, name));
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
