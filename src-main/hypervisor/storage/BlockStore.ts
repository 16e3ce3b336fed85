import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../results.ts';
import { type BlockHash, BlockIndex, HASH_BYTES, readHashes, writeHash } from './BlockIndex.ts';
import { forEachBreathing } from './breathe.ts';
import { describeFileError, errorCode, removeUnfinished, replaceFileBy, syncFolder } from './files.ts';
import { type Section, SectionProblem } from './SectionFile.ts';
import { SectionFileReader } from './SectionFileReader.ts';
import { writeSectionFile } from './writeSectionFile.ts';

export const BLOCK_BYTES = 4096;

const VERSION = 1;
const EXTENSION = '.pack';
/** Blocks that are compressed together: a page alone compresses worse, and takes three times as long to unpack. */
const FRAME_BLOCKS = 128;
/** A pack holds what is new in a snapshot: RAM, video memory, disks. */
const MOST_BYTES = 2 ** 34;
const READS_AT_ONCE = 8;
/** Blocks that are looked up or noted before others get the thread: about two milliseconds' worth. */
const LOOKUPS_AT_ONCE = 4096;
/** A pack is written anew without its dead blocks when more than this part of it is dead. */
const DEAD_PART_MOST = 0.5;
/** Packs of several owners' blocks, whose first owner is gone. */
const SHARED = 'shared-';

/** What an addition has stored. */
export interface AddedPack {
  readonly name: string;
  /** On disk. */
  readonly byteLength: number;
}

/** Which of the wanted blocks lies where in a frame, in bytes. */
interface PlaceInFrame {
  readonly index: number;
  readonly at: number;
}

interface Pack {
  readonly name: string;
  readonly blockCount: number;
}

/**
 * Blocks of 4 KiB under their SHA-256, each stored once, in pack files.
 *
 * A pack is a file of sections (docs/file-formats.md): `index` holds the hashes of its blocks in order, the sections
 * `0`, `1`, ... 128 blocks each. Packs are never changed. Nobody else writes in the folder (the store's lock),
 * and whoever calls sees to it that nothing is read or added during {@link sweep}.
 */
export class BlockStore {
  private readonly folder: string;
  /** Packs that cannot be read, a sentence each. They are left alone. */
  private readonly problems: readonly string[];
  readonly #packs: Map<number, Pack>;
  #index: BlockIndex;
  #nextPack: number;

  private constructor(folder: string, packs: Map<number, Pack>, index: BlockIndex, problems: readonly string[]) {
    this.folder = folder;
    this.problems = problems;
    this.#packs = packs;
    this.#index = index;
    this.#nextPack = packs.size;
  }

  /** Throws what the file system throws. */
  static async open(folder: string): Promise<BlockStore> {
    await mkdir(folder, { recursive: true });
    // A read-only store can be looked at all the same.
    await removeUnfinished(folder).catch(() => undefined);
    const packs = new Map<number, Pack>();
    const index = new BlockIndex();
    const problems: string[] = [];
    for (const name of await packNames(folder)) {
      try {
        const hashes = await readIndex(fileOf(folder, name));
        hashes.forEach((hash, block) => index.add(hash, packs.size, block));
        packs.set(packs.size, { name, blockCount: hashes.length });
      } catch (error) {
        problems.push(`${fileOf(folder, name)} cannot be used: ${describeProblem(error)}.`);
      }
    }
    return new BlockStore(folder, packs, index, problems);
  }

  /**
   * Stores the blocks that are not there yet, durably, in a pack named for its owner; none when all are there.
   * Throws what the file system throws, and has stored nothing then.
   */
  async add(owner: string, blocks: ReadonlyMap<BlockHash, Uint8Array>): Promise<AddedPack | undefined> {
    const fresh: BlockHash[] = [];
    await forEachBreathing(blocks.keys(), LOOKUPS_AT_ONCE, (hash) => {
      if (!this.#index.has(hash)) fresh.push(hash);
    });
    if (fresh.length === 0) return undefined;
    const name = this.#freeName(owner);
    const byteLength = await this.#write(name, fresh, (hash) => blocks.get(hash));
    const number = this.#nextPack++;
    this.#packs.set(number, { name, blockCount: fresh.length });
    await forEachBreathing(fresh.entries(), LOOKUPS_AT_ONCE, ([block, hash]) => this.#index.add(hash, number, block));
    return { name, byteLength };
  }

  /** Takes back what {@link add} has stored, before anybody could rely on it. */
  async remove({ name }: AddedPack): Promise<void> {
    for (const [number, pack] of this.#packs) {
      if (pack.name !== name) continue;
      await unlink(fileOf(this.folder, name));
      this.#packs.delete(number);
      await this.#indexAgain();
    }
  }

  /**
   * Blocks by their hashes, verified. Throws {@link SectionProblem} with a whole sentence when one is missing or
   * damaged, and what the file system throws.
   */
  async read(hashes: Iterable<BlockHash>): Promise<ReadonlyMap<BlockHash, Uint8Array>> {
    const wanted = [...hashes];
    const blocks = new Map<BlockHash, Uint8Array>();
    await this.#visitFrames(wanted, (frame, places) => {
      for (const { index, at } of places) {
        // Not `subarray`, which makes slower buffers of Node's.
        blocks.set(wanted[index] ?? '', new Uint8Array(frame.buffer, frame.byteOffset + at, BLOCK_BYTES));
      }
    });
    return blocks;
  }

  /** The same, one after the other in the order of the hashes, each of which may come several times. */
  async readInto(hashes: readonly BlockHash[], into: Uint8Array): Promise<void> {
    await this.#visitFrames(hashes, (frame, places) => {
      for (let first = 0; first < places.length;) {
        const { index = 0, at = 0 } = places[first] ?? {};
        // Neighbours are copied at once.
        let count = 1;
        while (places[first + count]?.index === index + count && places[first + count]?.at === at + count * BLOCK_BYTES)
          count++;
        into.set(frame.subarray(at, at + count * BLOCK_BYTES), index * BLOCK_BYTES);
        first += count;
      }
    });
  }

  /** Reads the frames that hold these blocks, in no order, each once. */
  async #visitFrames(
    hashes: readonly BlockHash[],
    visit: (frame: Uint8Array, places: readonly PlaceInFrame[]) => void,
  ): Promise<void> {
    const wanted = new Map<number, Map<number, PlaceInFrame[]>>();
    await forEachBreathing(hashes.entries(), LOOKUPS_AT_ONCE, ([index, hash]) => {
      const place = this.#index.get(hash);
      if (place === undefined) throw this.#missing(hash);
      const frames = getOrAdd(wanted, place.pack, () => new Map<number, PlaceInFrame[]>());
      const frame = Math.floor(place.block / FRAME_BLOCKS);
      getOrAdd(frames, frame, () => []).push({ index, at: (place.block % FRAME_BLOCKS) * BLOCK_BYTES });
    });
    for (const [number, frames] of wanted) {
      await this.#withPack(number, async (reader) => {
        await inParallel([...frames], READS_AT_ONCE, async ([frame, places]) => {
          const bytes = await reader.read(`${frame}`);
          // One block may stand for every page of a memory: too many places for the arguments of a call.
          const end = places.reduce((most, { at }) => Math.max(most, at), 0) + BLOCK_BYTES;
          if (bytes === undefined || bytes.length < end)
            throw new SectionProblem(`its section ${frame} makes no sense: it holds less than ${end} bytes`);
          visit(bytes, places);
        });
      });
    }
  }

  has(hash: BlockHash): boolean {
    return this.#index.has(hash);
  }

  /** In the order in which they are read fastest. Hashes of blocks that are not there are left out. */
  inOrder(hashes: Iterable<BlockHash>): BlockHash[] {
    const places = [...hashes].flatMap((hash) => {
      const place = this.#index.get(hash);
      return place ? [{ hash, ...place }] : [];
    });
    return places.sort((a, b) => a.pack - b.pack || a.block - b.block).map(({ hash }) => hash);
  }

  /**
   * Removes blocks that nobody needs: packs without any that is needed, and those that are mostly dead after the rest
   * has been written elsewhere. A crash at any moment leaves every needed block.
   */
  async sweep(isNeeded: (hash: BlockHash) => boolean, isOwner: (name: string) => boolean): Promise<void> {
    const before = this.#nextPack;
    const count = this.#packs.size;
    let failure: unknown;
    for (const [number, pack] of [...this.#packs]) {
      // Where there is no room to pack anew, what is wholly dead goes all the same, and makes some.
      await this.#sweepPack(number, pack, isNeeded, isOwner).catch((error: unknown) => (failure ??= error));
    }
    if (this.#nextPack !== before || this.#packs.size !== count) await this.#indexAgain();
    if (failure !== undefined) throw failure;
    await syncFolder(this.folder);
  }

  async #sweepPack(
    number: number,
    { name, blockCount }: Pack,
    isNeeded: (hash: BlockHash) => boolean,
    isOwner: (name: string) => boolean,
  ): Promise<void> {
    const hashes = await readIndex(fileOf(this.folder, name));
    // Of a block that is there twice, as a crash can leave it, the one that is not read is dead.
    const live = hashes.filter((hash) => this.#index.get(hash)?.pack === number && isNeeded(hash));
    if (live.length > 0 && live.length >= blockCount * (1 - DEAD_PART_MOST)) {
      if (isOwned(name) && !isOwner(ownerOf(name))) await this.#rename(number, sharedName());
      return;
    }
    if (live.length > 0) {
      const blocks = await this.read(live);
      const fresh = sharedName();
      await this.#write(fresh, live, (hash) => blocks.get(hash));
      this.#packs.set(this.#nextPack++, { name: fresh, blockCount: live.length });
    }
    await unlink(fileOf(this.folder, name));
    this.#packs.delete(number);
  }

  #freeName(owner: string): string {
    const taken = new Set([...this.#packs.values()].map(({ name }) => name));
    let name = owner;
    for (let count = 1; taken.has(name); count++) name = `${owner}.${count}`;
    return name;
  }

  async #rename(number: number, name: string): Promise<void> {
    const pack = this.#packs.get(number);
    if (pack === undefined) return;
    await rename(fileOf(this.folder, pack.name), fileOf(this.folder, name));
    this.#packs.set(number, { ...pack, name });
  }

  async #write(
    name: string,
    hashes: readonly BlockHash[],
    bytesOf: (hash: BlockHash) => Uint8Array | undefined,
  ): Promise<number> {
    const count = 1 + Math.ceil(hashes.length / FRAME_BLOCKS);
    return replaceFileBy(fileOf(this.folder, name), (unfinished) =>
      writeSectionFile(unfinished, 'PACK', VERSION, count, packSections(hashes, bytesOf)),
    );
  }

  async #indexAgain(): Promise<void> {
    const index = new BlockIndex();
    for (const [number, { name }] of this.#packs)
      (await readIndex(fileOf(this.folder, name))).forEach((hash, block) => index.add(hash, number, block));
    this.#index = index;
  }

  async #withPack(number: number, action: (reader: SectionFileReader) => Promise<void>): Promise<void> {
    const file = fileOf(this.folder, this.#packs.get(number)?.name ?? '');
    try {
      const reader = await openPack(file);
      try {
        await action(reader);
      } finally {
        await reader.close();
      }
    } catch (error) {
      throw new SectionProblem(`${file} is damaged: ${describeProblem(error)}`);
    }
  }

  #missing(hash: BlockHash): SectionProblem {
    const name = Buffer.from(hash, 'latin1').toString('hex');
    const found = this.problems.length > 0 ? ` ${this.problems.join(' ')}` : '';
    return new SectionProblem(`the page ${name} is in no file of ${this.folder}.${found}`);
  }
}

/**
 * Whether a folder of packs holds some whose owner is gone (given the names of its files): a sweep was interrupted, or
 * never came, and has something to look for.
 */
export function hasOrphans(files: readonly string[], owners: ReadonlySet<string>): boolean {
  const names = files.filter((file) => file.endsWith(EXTENSION)).map((file) => file.slice(0, -EXTENSION.length));
  return names.some((name) => isOwned(name) && !owners.has(ownerOf(name)));
}

function* packSections(
  hashes: readonly BlockHash[],
  bytesOf: (hash: BlockHash) => Uint8Array | undefined,
): Generator<Section> {
  const index = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, block) => writeHash(index, block * HASH_BYTES, hash));
  yield { name: 'index', bytes: index };
  for (let first = 0; first < hashes.length; first += FRAME_BLOCKS) {
    const inFrame = hashes.slice(first, first + FRAME_BLOCKS);
    const bytes = new Uint8Array(inFrame.length * BLOCK_BYTES);
    inFrame.forEach((hash, block) => bytes.set(bytesOf(hash) ?? [], block * BLOCK_BYTES));
    yield { name: `${first / FRAME_BLOCKS}`, bytes };
  }
}

async function readIndex(file: string): Promise<BlockHash[]> {
  const reader = await openPack(file);
  try {
    const index = (await reader.read('index')) ?? new Uint8Array();
    if (
      index.length % HASH_BYTES !== 0 ||
      reader.entries.size !== 1 + Math.ceil(index.length / HASH_BYTES / FRAME_BLOCKS)
    )
      throw new SectionProblem('its section index makes no sense: it does not fit the pages that there are');
    return readHashes(index);
  } finally {
    await reader.close();
  }
}

function openPack(file: string): Promise<SectionFileReader> {
  return SectionFileReader.open(file, 'PACK', { newestVersion: VERSION, mostBytes: MOST_BYTES });
}

async function packNames(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(EXTENSION));
  return names.map((name) => name.slice(0, -EXTENSION.length)).toSorted();
}

function fileOf(folder: string, name: string): string {
  return path.join(folder, `${name}${EXTENSION}`);
}

function isOwned(name: string): boolean {
  return !name.startsWith(SHARED);
}

/** An owner's second pack is `<owner>.1`. */
function ownerOf(name: string): string {
  return name.split('.', 1)[0] ?? '';
}

function sharedName(): string {
  return `${SHARED}${randomBytes(8).toString('hex')}`;
}

function describeProblem(error: unknown): string {
  if (error instanceof SectionProblem) return error.message;
  return errorCode(error) === '' ? messageOf(error) : describeFileError(error);
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

async function inParallel<Item>(
  items: readonly Item[],
  most: number,
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const work = async (): Promise<void> => {
    for (const item of queue) await action(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
}
