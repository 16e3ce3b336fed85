import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseTree, serialiseTree, type SnapshotTree } from '../snapshots/SnapshotTree.ts';
import type { ParsedJson } from './CheckedJson.ts';
import { replaceFileBy } from './files.ts';
import { jsonOf, jsonSection, type Section, SectionProblem } from './SectionFile.ts';
import { SectionFileReader } from './SectionFileReader.ts';
import { LAYER_NAME, parseMachine, serialiseMachine, type StoredMachine } from './StoredMachine.ts';
import { writeSectionFile } from './writeSectionFile.ts';

const VERSION = 1;
/** Disks are large, and read piece by piece. */
const MOST_BYTES = 2 ** 44;
/** Of a disk in a section. */
const PIECE_BYTES = 4 * 1024 * 1024;

const byteLength = z.int().nonnegative();

const contentsSchema = z.object({
  /** SHA-256 of the sections `file-0`, ...: programs and what belongs to them. */
  files: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(10_000),
  /** Content of images in drives, by what their paths were: `i0-0`, `i0-1`, ... */
  images: z.array(z.object({ path: z.string().min(1).max(4096), byteLength })).max(1000),
  /** Files of layers: `l0-0`, ... */
  layers: z.array(z.object({ name: z.string().regex(LAYER_NAME), byteLength })).max(10_000),
  /** Sections `pages-0`, ... */
  pageBatches: z.int().nonnegative(),
});

/** What there is in an archive beside the machine's definition and its tree of snapshots. */
export type ArchiveContents = z.infer<typeof contentsSchema>;

/** Anything that has bytes at positions: an image, or a file. */
export interface ByteSource {
  read(position: number, into: Uint8Array): void;
}

export interface ArchivedMachine {
  readonly machine: StoredMachine;
  readonly tree: SnapshotTree;
  readonly contents: ArchiveContents;
}

/** Where an archive's bytes come from; lists are as long as those of the contents. */
export interface ArchiveSources {
  /** Paths. */
  readonly files: readonly string[];
  /** Paths, one for each entry of the tree. */
  readonly snapshots: readonly string[];
  readonly images: readonly ByteSource[];
  readonly layers: readonly ByteSource[];
  readonly pages: () => AsyncIterable<Uint8Array>;
}

/**
 * Writes a machine with all that belongs to it as one file of sections, of the kind `MACH`; whatever happens, the file
 * is there as a whole or not at all. Throws what the file system and the sources throw.
 */
export function writeMachineArchive(file: string, archived: ArchivedMachine, sources: ArchiveSources): Promise<number> {
  const { tree, contents } = archived;
  const pieces = [...contents.images, ...contents.layers].reduce((sum, disk) => sum + pieceCount(disk.byteLength), 0);
  const count = 3 + contents.files.length + tree.entries.length + contents.pageBatches + pieces;
  return replaceFileBy(file, (unfinished) =>
    writeSectionFile(unfinished, 'MACH', VERSION, count, sectionsOf(archived, sources)),
  );
}

async function* sectionsOf(
  { machine, tree, contents }: ArchivedMachine,
  sources: ArchiveSources,
): AsyncGenerator<Section> {
  yield { name: 'machine', bytes: Buffer.from(serialiseMachine(machine)) };
  yield { name: 'snapshots', bytes: Buffer.from(serialiseTree(tree)) };
  yield jsonSection('contents', contents);
  for (const [index, file] of sources.files.entries()) yield { name: `file-${index}`, bytes: await readFile(file) };
  for (const [index, file] of sources.snapshots.entries())
    yield { name: `snapshot-${index}`, bytes: await readFile(file) };
  let batch = 0;
  for await (const bytes of sources.pages()) yield { name: `pages-${batch++}`, bytes };
  for (const [prefix, disks, of] of [
    ['i', contents.images, sources.images],
    ['l', contents.layers, sources.layers],
  ] as const) {
    for (const [index, disk] of disks.entries()) {
      for (let piece = 0; piece < pieceCount(disk.byteLength); piece++) {
        const position = piece * PIECE_BYTES;
        const bytes = new Uint8Array(Math.min(PIECE_BYTES, disk.byteLength - position));
        of[index]?.read(position, bytes);
        yield { name: `${prefix}${index}-${piece}`, bytes };
      }
    }
  }
}

function pieceCount(length: number): number {
  return Math.ceil(length / PIECE_BYTES);
}

/** An archive that is open for reading. Methods throw {@link SectionProblem}, and what the file system throws. */
export class MachineArchive implements ArchivedMachine {
  readonly machine: StoredMachine;
  readonly tree: SnapshotTree;
  readonly contents: ArchiveContents;
  readonly #reader: SectionFileReader;

  private constructor(reader: SectionFileReader, { machine, tree, contents }: ArchivedMachine) {
    this.#reader = reader;
    this.machine = machine;
    this.tree = tree;
    this.contents = contents;
  }

  static async open(file: string): Promise<MachineArchive> {
    const reader = await SectionFileReader.open(file, 'MACH', { newestVersion: VERSION, mostBytes: MOST_BYTES });
    try {
      const text = async (name: string): Promise<string> => Buffer.from(await sectionOf(reader, name)).toString();
      return new MachineArchive(reader, {
        machine: valueOf('machine', parseMachine(await text('machine'))),
        tree: valueOf('snapshots', parseTree(await text('snapshots'))),
        contents: jsonOf(new Map([['contents', await sectionOf(reader, 'contents')]]), 'contents', contentsSchema),
      });
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  file(index: number): Promise<Uint8Array> {
    return sectionOf(this.#reader, `file-${index}`);
  }

  snapshot(index: number): Promise<Uint8Array> {
    return sectionOf(this.#reader, `snapshot-${index}`);
  }

  async *pages(): AsyncGenerator<Uint8Array> {
    for (let batch = 0; batch < this.contents.pageBatches; batch++) yield sectionOf(this.#reader, `pages-${batch}`);
  }

  /** The pieces of an image or a layer, with their positions. */
  async *disk(kind: 'images' | 'layers', index: number): AsyncGenerator<{ position: number; bytes: Uint8Array }> {
    const length = this.contents[kind][index]?.byteLength ?? 0;
    for (let piece = 0; piece < pieceCount(length); piece++) {
      const bytes = await sectionOf(this.#reader, `${kind === 'images' ? 'i' : 'l'}${index}-${piece}`);
      const position = piece * PIECE_BYTES;
      if (bytes.length !== Math.min(PIECE_BYTES, length - position))
        throw new SectionProblem(`its section ${kind} ${index}-${piece} makes no sense: it has another length`);
      yield { position, bytes };
    }
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}

async function sectionOf(reader: SectionFileReader, name: string): Promise<Uint8Array> {
  const bytes = await reader.read(name);
  if (bytes === undefined) throw new SectionProblem(`its section ${name} is missing`);
  return bytes;
}

function valueOf<Value>(section: string, parsed: ParsedJson<Value>): Value {
  if (parsed.kind === 'value') return parsed.value;
  const reason =
    parsed.kind === 'newer' ? `a newer Vivarium has written it (version ${parsed.version})` : parsed.message;
  throw new SectionProblem(`its section ${section} makes no sense: ${reason}`);
}
