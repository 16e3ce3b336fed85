import { CONSOLE_PORT } from '../types.ts';
import { DRIVE_SLOTS, type DriveSlot } from '../../machine/drives/DriveSlot.ts';
import type { MachineState } from '../../machine/MachineState.ts';
import { replaceFileBy } from '../storage/files.ts';
import { decodeSections, jsonOf, jsonSection, type Section, SectionProblem } from '../storage/SectionFile.ts';
import { SectionFileReader } from '../storage/SectionFileReader.ts';
import { storedMachine, type StoredMachine } from '../storage/StoredMachine.ts';
import { writeSectionFile } from '../storage/writeSectionFile.ts';
import { machineStateSchema } from './machineStateSchema.ts';
import { PAGE_BYTES } from './pages.ts';
import { decodeRoots, encodeRoots, TABLE_PAGES, type TableRoots } from './pageTables.ts';
import { snapshotEntry, type SnapshotEntry } from './SnapshotTree.ts';

const VERSION = 1;
/** A machine's state is JSON of some hundred KiB; lists of tables of the largest disks some MiB. */
const MOST_BYTES = 2 ** 28;
const LIMITS = { newestVersion: VERSION, mostBytes: MOST_BYTES };
/** One block of the store may stand for any number of pages: a small file must not name more than a host can hold. */
const MOST_VIDEO_PAGES = 2 ** 14;
const MOST_DISK_TABLES = 2 ** 12;

/** A snapshot but for its pages, which are blocks of the store's: a file of sections of the kind `SREF`. */
export interface StoredSnapshot {
  /** As it was taken: for the day when the tree is lost. */
  readonly entry: SnapshotEntry;
  /** The machine as it was defined when the snapshot was taken. */
  readonly definition: StoredMachine;
  readonly state: MachineState;
  /** PNG; null: the machine showed nothing. */
  readonly thumbnail: Uint8Array | null;
  readonly ram: TableRoots;
  readonly video: TableRoots;
  /** Blocks of disks whose writes were kept in memory. */
  readonly disks: ReadonlyMap<DriveSlot, TableRoots>;
  /** By port: the newest of what the guest had sent. */
  readonly serial: SerialPast;
}

/** Bytes by the number of the serial port. */
export type SerialPast = ReadonlyMap<number, Uint8Array>;

const SERIAL_PORTS = [0, 1, 2, 3, CONSOLE_PORT];

/** Writes the file durably, or leaves none. Returns its length. Throws what the file system throws. */
export function writeStoredSnapshot(file: string, snapshot: StoredSnapshot): Promise<number> {
  const { entry, definition, state, thumbnail, ram, video, disks, serial } = snapshot;
  const sections: Section[] = [
    jsonSection('entry', entry),
    jsonSection('definition', definition),
    jsonSection('state', state),
    ...(thumbnail ? [{ name: 'thumbnail', bytes: thumbnail }] : []),
    { name: 'ram', bytes: encodeRoots(ram) },
    { name: 'video', bytes: encodeRoots(video) },
    ...[...disks].map(([name, roots]) => ({ name, bytes: encodeRoots(roots) })),
    ...[...serial].map(([port, bytes]) => ({ name: `serial-${port}`, bytes })),
  ];
  return replaceFileBy(file, (unfinished) => writeSectionFile(unfinished, 'SREF', VERSION, sections.length, sections));
}

/** Reads all of it, verified. Throws {@link SectionProblem}, and what the file system throws. */
export async function readStoredSnapshot(file: string): Promise<StoredSnapshot> {
  return storedSnapshotOf(await withFile(file, (reader) => reader.readAll()));
}

/** The same of a file's bytes; throws {@link SectionProblem}. */
export function decodeStoredSnapshot(bytes: Uint8Array): StoredSnapshot {
  const decoded = decodeSections(bytes, 'SREF', LIMITS);
  if (!decoded.ok) throw new SectionProblem(decoded.message);
  return storedSnapshotOf(decoded.sections);
}

function storedSnapshotOf(sections: ReadonlyMap<string, Uint8Array>): StoredSnapshot {
  const disks = DRIVE_SLOTS.filter((slot) => sections.has(slot));
  const definition = jsonOf(sections, 'definition', storedMachine);
  return {
    entry: jsonOf(sections, 'entry', snapshotEntry),
    definition,
    state: jsonOf(sections, 'state', machineStateSchema),
    thumbnail: sections.get('thumbnail') ?? null,
    ram: memoryOf(sections, 'ram', (definition.memoryMiB * 2 ** 20) / PAGE_BYTES),
    video: memoryOf(sections, 'video', MOST_VIDEO_PAGES),
    disks: new Map(disks.map((slot): [DriveSlot, TableRoots] => [slot, diskOf(sections, slot)])),
    serial: new Map(
      SERIAL_PORTS.flatMap((port) => {
        const bytes = sections.get(`serial-${port}`);
        return bytes ? [[port, bytes] as const] : [];
      }),
    ),
  };
}

/** All its lists of tables alone. Throws likewise. */
export async function readStoredRoots(file: string): Promise<readonly TableRoots[]> {
  return withFile(file, async (reader) => {
    const names = ['ram', 'video', ...DRIVE_SLOTS].filter((name) => reader.entries.has(name));
    const roots: TableRoots[] = [];
    for (const name of names) roots.push(decodeRoots(name, (await reader.read(name)) ?? new Uint8Array()));
    return roots;
  });
}

/** Throws likewise. */
export function readStoredEntry(file: string): Promise<SnapshotEntry> {
  return withFile(file, async (reader) => {
    const entry = await reader.read('entry');
    return jsonOf(new Map(entry && [['entry', entry]]), 'entry', snapshotEntry);
  });
}

/** Throws likewise. */
export function readStoredThumbnail(file: string): Promise<Uint8Array | undefined> {
  return withFile(file, (reader) => reader.read('thumbnail'));
}

/** Problems that a file's sections have, with the file's name in front. */
export async function describingFile<T>(file: string, read: (file: string) => Promise<T>): Promise<T> {
  try {
    return await read(file);
  } catch (error) {
    if (error instanceof SectionProblem) throw new SectionProblem(`${file} is damaged: ${error.message}`);
    throw error;
  }
}

async function withFile<T>(file: string, action: (reader: SectionFileReader) => Promise<T>): Promise<T> {
  const reader = await SectionFileReader.open(file, 'SREF', LIMITS);
  try {
    return await action(reader);
  } finally {
    await reader.close();
  }
}

function rootsOf(sections: ReadonlyMap<string, Uint8Array>, name: string): TableRoots {
  const bytes = sections.get(name);
  if (bytes === undefined) throw new SectionProblem(`its section ${name} is missing`);
  return decodeRoots(name, bytes);
}

function memoryOf(sections: ReadonlyMap<string, Uint8Array>, name: string, pageCount: number): TableRoots {
  const roots = rootsOf(sections, name);
  for (const table of roots.keys())
    if (table * TABLE_PAGES >= pageCount)
      throw new SectionProblem(`its section ${name} makes no sense: the machine has ${pageCount} pages, and no table ${table}`); // prettier-ignore
  return roots;
}

function diskOf(sections: ReadonlyMap<string, Uint8Array>, slot: DriveSlot): TableRoots {
  const roots = rootsOf(sections, slot);
  if (roots.size > MOST_DISK_TABLES)
    throw new SectionProblem(`its section ${slot} makes no sense: ${roots.size} tables were kept in no memory`);
  return roots;
}
