import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import {
  checkUnpacked,
  decodeHead,
  HEADER_BYTES,
  headLengthOf,
  SectionProblem,
  SPARE_BYTES,
  unpackProblem,
  verifyBody,
  type SectionEntry,
  type SectionFileKind,
  type SectionFileLimits,
} from './SectionFile.ts';

const inflate = promisify(inflateRaw);

/**
 * A file of sections of which only some are wanted: the table of contents is verified when it is opened, each section
 * when it is read. Methods throw {@link SectionProblem}, and what the file system throws.
 */
export class SectionFileReader {
  readonly version: number;
  readonly entries: ReadonlyMap<string, SectionEntry>;
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, version: number, entries: readonly SectionEntry[]) {
    this.#handle = handle;
    this.version = version;
    this.entries = new Map(entries.map((entry) => [entry.name, entry]));
  }

  static async open(file: string, kind: SectionFileKind, limits: SectionFileLimits): Promise<SectionFileReader> {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const header = await readBytes(handle, 0, Math.min(size, HEADER_BYTES));
      const head = await readBytes(handle, 0, headLengthOf(header, kind, size));
      const { version, entries } = decodeHead(head, size, limits);
      return new SectionFileReader(handle, version, entries);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Undefined when there is no such section. */
  async read(name: string): Promise<Uint8Array | undefined> {
    const entry = this.entries.get(name);
    if (entry === undefined) return undefined;
    return unpack(await readBytes(this.#handle, entry.start, entry.end - entry.start), entry);
  }

  async readAll(): Promise<ReadonlyMap<string, Uint8Array>> {
    const sections = new Map<string, Uint8Array>();
    for (const [name, entry] of this.entries)
      sections.set(name, await unpack(await readBytes(this.#handle, entry.start, entry.end - entry.start), entry));
    return sections;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function unpack(body: Uint8Array, entry: SectionEntry): Promise<Uint8Array> {
  verifyBody(body, entry);
  const maxOutputLength = Math.max(1, entry.rawLength);
  // In one piece, and some room left: zlib asks again, with as much memory, when it has filled what it was given.
  const chunkSize = maxOutputLength + SPARE_BYTES;
  try {
    return checkUnpacked(await inflate(body, { maxOutputLength, chunkSize }), entry);
  } catch (error) {
    throw unpackProblem(entry, error);
  }
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0)
      throw new SectionProblem(`it ends at byte ${position + done}: it was cut off while it was read`);
    done += bytesRead;
  }
  return bytes;
}
