import { mkdir, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { ImageError } from '../../machine/images/HostFile.ts';
import { hasQcow2Magic, readQcow2Header, renameBacking } from '../../machine/images/qcow2/Qcow2Header.ts';
import { serialiseTree, type SnapshotTree } from '../snapshots/SnapshotTree.ts';
import { snapshotFileIn, treeFileIn } from '../snapshots/snapshotFiles.ts';
import { decodeStoredSnapshot, type StoredSnapshot, writeStoredSnapshot } from '../snapshots/StoredSnapshot.ts';
import { hashBytes } from './CheckedJson.ts';
import { syncFolder, writeDurably } from './files.ts';
import type { MachineArchive } from './MachineArchive.ts';
import { NodeImageHost } from './NodeImageHost.ts';
import { SectionProblem } from './SectionFile.ts';
import { serialiseMachine, type StoredDrive, type StoredMachine } from './StoredMachine.ts';

/** Where a new machine's files are put, and where they will be once it is whole. */
interface Places {
  readonly unfinished: string;
  readonly target: string;
  /** The name of the folder of its disks. */
  readonly disks: string;
  /** The name of its definition. */
  readonly definition: string;
}

/**
 * Nothing in an archive is believed. Files are what their hashes say. A drive keeps an image only if its content came
 * along: an archive that somebody made could else name any file of the user's, and let a guest read it; for the same
 * reason images are raw, since a qcow2 image names another file, and a program has no source to be read again. Layers
 * lie in front of such an image, or of each other. No machine starts by itself because somebody else wanted that.
 */
export async function readSnapshotsOf(archive: MachineArchive): Promise<StoredSnapshot[]> {
  const snapshots: StoredSnapshot[] = [];
  for (const [index, entry] of archive.tree.entries.entries()) {
    const snapshot = decodeStoredSnapshot(await archive.snapshot(index));
    if (snapshot.entry.id !== entry.id)
      throw new SectionProblem(`its section snapshot-${index} makes no sense: it is another snapshot`);
    snapshots.push(snapshot);
  }
  return snapshots;
}

/**
 * Fills the folder of a machine that is being made from an archive. Returns the machine as it is now defined and its
 * tree. Throws {@link SectionProblem}, `ImageError`, and what the file system throws.
 */
export async function fillFolder(
  archive: MachineArchive,
  machine: StoredMachine,
  snapshots: readonly StoredSnapshot[],
  places: Places,
): Promise<{ readonly machine: StoredMachine; readonly tree: SnapshotTree }> {
  const { unfinished, definition } = places;
  for (const [index, sha256] of archive.contents.files.entries()) {
    const bytes = await archive.file(index);
    if (hashBytes(bytes) !== sha256)
      throw new SectionProblem(`its section file-${index} makes no sense: it has another hash`);
    await writeDurably(path.join(unfinished, sha256), bytes);
  }
  const moved = await moveDisks(archive, places);
  const settled = (from: StoredMachine): StoredMachine => ({
    ...from,
    program: from.program && { ...from.program, sourcePath: null },
    drives: from.drives.flatMap(moved),
    symbols: null,
    autostart: false,
  });
  const imported = settled(machine);
  const entries = archive.tree.entries.map((entry, index) => {
    const slots = new Set((snapshots[index]?.definition.drives ?? []).flatMap(moved).map(({ slot }) => slot as string));
    return { ...entry, layers: Object.fromEntries(Object.entries(entry.layers).filter(([slot]) => slots.has(slot))) };
  });
  const tree: SnapshotTree = { current: archive.tree.current, entries };
  if (entries.length > 0) {
    await mkdir(path.dirname(snapshotFileIn(unfinished, '')));
    for (const [index, entry] of entries.entries()) {
      const snapshot = snapshots[index];
      if (snapshot === undefined) continue;
      const then = { ...settled(snapshot.definition), id: machine.id };
      await writeStoredSnapshot(snapshotFileIn(unfinished, entry.id), { ...snapshot, entry, definition: then });
    }
    await writeDurably(treeFileIn(unfinished), serialiseTree(tree));
  }
  await writeDurably(path.join(unfinished, definition), serialiseMachine(imported));
  return { machine: imported, tree };
}

/** Unpacks images and layers. Returns what becomes of a drive: none, where its image did not come along. */
async function moveDisks(
  archive: MachineArchive,
  { unfinished, target, disks }: Places,
): Promise<(drive: StoredDrive) => StoredDrive[]> {
  const { images, layers } = archive.contents;
  const folder = path.join(unfinished, disks);
  if (images.length + layers.length > 0) await mkdir(folder);
  const bases = new Map<string, { readonly path: string; readonly base: NonNullable<StoredDrive['base']> }>();
  for (const [index, image] of images.entries()) {
    const name = `image-${index}.img`;
    await unpack(archive, 'images', index, path.join(folder, name));
    if (isQcow2(path.join(folder, name)))
      throw new SectionProblem(`its image ${index} begins as a qcow2 image does, which could name any file of yours`);
    const { size, mtimeNs } = await stat(path.join(folder, name), { bigint: true });
    const base = { byteLength: Number(size), modifiedNs: String(mtimeNs) };
    bases.set(image.path, { path: path.join(target, disks, name), base });
  }
  const names = new Set(layers.map(({ name }) => name));
  for (const [index, { name }] of layers.entries()) {
    await unpack(archive, 'layers', index, path.join(folder, name));
    settleLayer(path.join(folder, name), name, names, (backing) => bases.get(backing)?.path);
  }
  if (images.length + layers.length > 0) await syncFolder(folder);
  return (drive) => {
    const moved = bases.get(drive.path);
    if (moved === undefined || (drive.layer !== null && !names.has(drive.layer))) return [];
    return [{ ...drive, path: moved.path, base: drive.base && moved.base }];
  };
}

/** Lets a layer lie in front of what came along. */
function settleLayer(
  file: string,
  name: string,
  layers: ReadonlySet<string>,
  baseOf: (backing: string) => string | undefined,
): void {
  const opened = new NodeImageHost().open(file, 'read-write');
  try {
    if (!hasQcow2Magic(opened)) throw new SectionProblem(`its layer ${name} is no qcow2 image`);
    const { backing } = readQcow2Header(opened);
    if (backing === undefined || (layers.has(backing.name) && backing.name !== name)) return;
    const base = baseOf(backing.name);
    if (base === undefined)
      throw new SectionProblem(`its layer ${name} lies in front of ${backing.name}, which did not come along`);
    renameBacking(opened, { name: base, format: 'raw' });
    opened.flush();
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw new SectionProblem(`its layer ${name} cannot be used: ${error.message.replace(/\.$/, '')}`);
  } finally {
    opened.close();
  }
}

function isQcow2(file: string): boolean {
  const opened = new NodeImageHost().open(file, 'read-only');
  try {
    return hasQcow2Magic(opened);
  } finally {
    opened.close();
  }
}

async function unpack(archive: MachineArchive, kind: 'images' | 'layers', index: number, file: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const { position, bytes } of archive.disk(kind, index)) {
      // What is left out reads as zeros, and takes no room where files can have holes.
      const isZero = bytes.every((byte) => byte === 0);
      for (let done = 0; done < bytes.length && !isZero;)
        done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
    await handle.truncate(archive.contents[kind][index]?.byteLength ?? 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
