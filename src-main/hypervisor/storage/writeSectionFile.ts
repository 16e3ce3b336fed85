import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import {
  COMPRESSION_LEVEL,
  encodeHead,
  headLength,
  packedSection,
  SPARE_BYTES,
  type PackedSection,
  type Section,
  type SectionFileKind,
} from './SectionFile.ts';

const deflate = promisify(deflateRaw);

/** Sections that are compressed while others are written: as many as Node has threads for it, and some more. */
const AHEAD = 8;

/**
 * Writes a new file of sections, durably, with no more than a few of them in memory at a time; compression is done on
 * Node's own threads. Returns the file's length in bytes.
 * @param count how many sections there will be
 */
export async function writeSectionFile(
  file: string,
  kind: SectionFileKind,
  version: number,
  count: number,
  sections: Iterable<Section> | AsyncIterable<Section>,
): Promise<number> {
  const handle = await open(file, 'wx', 0o600);
  try {
    const done: PackedSection[] = [];
    const ahead: Promise<readonly [PackedSection, Uint8Array]>[] = [];
    let position = headLength(count);
    const writeNext = async (): Promise<void> => {
      const next = await ahead.shift();
      if (next === undefined) return;
      const [section, body] = next;
      await writeAt(handle, body, position);
      position += body.length;
      done.push(section);
    };
    for await (const section of sections) {
      ahead.push(pack(section));
      if (ahead.length >= AHEAD) await writeNext();
    }
    while (ahead.length > 0) await writeNext();
    if (done.length !== count) throw new RangeError(`${count} sections were announced, and ${done.length} came`);
    await writeAt(handle, encodeHead(kind, version, done), 0);
    await handle.sync();
    return position;
  } finally {
    await handle.close();
  }
}

async function pack(section: Section): Promise<readonly [PackedSection, Uint8Array]> {
  // In one piece: what cannot be compressed grows a little.
  const chunkSize = section.bytes.length + (section.bytes.length >> 10) + SPARE_BYTES;
  const body = await deflate(section.bytes, { level: COMPRESSION_LEVEL, chunkSize });
  return [packedSection(section, body), body];
}

/** A write may be short, as on a disk that is about to be full. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
