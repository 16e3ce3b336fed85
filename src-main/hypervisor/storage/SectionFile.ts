import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { messageOf } from '../results.ts';

/**
 * A file of named sections; docs/file-formats.md describes it byte by byte. Everything lies under a checksum, and all
 * of them are verified before anybody is handed a byte.
 */

/** What is in the file: four letters. */
export type SectionFileKind = 'RECD' | 'SNAP' | 'SREF' | 'PACK' | 'MACH';

export interface Section {
  /** One to sixteen ASCII characters. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type DecodedSections =
  | { readonly ok: true; readonly version: number; readonly sections: ReadonlyMap<string, Uint8Array> }
  | { readonly ok: false; readonly message: string };

export interface SectionFileLimits {
  /** The newest version that this program reads; older ones from 1 on. */
  readonly newestVersion: number;
  /** What sections may hold together once they are unpacked, in bytes. */
  readonly mostBytes: number;
}

/** A line of the table of contents: the body lies in the bytes from `start` to below `end`. */
export interface SectionEntry {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly rawLength: number;
  /** SHA-256 of the body as it lies in the file. */
  readonly hash: Uint8Array;
}

/** A section as it will lie in a file. */
export interface PackedSection {
  readonly name: string;
  readonly rawLength: number;
  /** Of the body. */
  readonly length: number;
  readonly hash: Uint8Array;
}

/** What is wrong with a file, or with a section's content: the end of a sentence that begins with the file's name. */
export class SectionProblem extends Error {}

const MAGIC = 'VIVARIUM';
export const HEADER_BYTES = 32;
const ENTRY_BYTES = 64;
const NAME_BYTES = 16;
const HASH_BYTES = 32;
/** A table of contents of 64 MiB; a machine with disks of 4 TiB is exported in so many. */
const MOST_SECTIONS = 2 ** 20;
/** Fast: what is worth more is found in the first level. */
export const COMPRESSION_LEVEL = 1;
/** What a buffer for zlib's output has beyond what is expected: zlib takes none of less than 64 bytes. */
export const SPARE_BYTES = 64;

export function encodeSections(kind: SectionFileKind, version: number, sections: readonly Section[]): Uint8Array {
  const bodies = sections.map(({ bytes }) => deflateRawSync(bytes, { level: COMPRESSION_LEVEL }));
  const packed = sections.map((section, index) => packedSection(section, bodies[index] ?? new Uint8Array()));
  const parts = [encodeHead(kind, version, packed), ...bodies];
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

export function packedSection({ name, bytes }: Section, body: Uint8Array): PackedSection {
  return { name, rawLength: bytes.length, length: body.length, hash: sha256(body) };
}

/** All of a file before its bodies, which follow in the order of `sections`. */
export function encodeHead(kind: SectionFileKind, version: number, sections: readonly PackedSection[]): Uint8Array {
  const head = new Uint8Array(headLength(sections.length));
  const view = new DataView(head.buffer);
  writeText(head, 0, MAGIC + kind);
  view.setUint32(12, version, true);
  view.setUint32(16, sections.length, true);
  const fileLength = sections.reduce((sum, { length }) => sum + length, head.length);
  view.setFloat64(24, fileLength, true);
  sections.forEach(({ name, rawLength, length, hash }, index) => {
    const entry = HEADER_BYTES + index * ENTRY_BYTES;
    writeText(head, entry, name);
    view.setFloat64(entry + NAME_BYTES, length, true);
    view.setFloat64(entry + NAME_BYTES + 8, rawLength, true);
    head.set(hash, entry + NAME_BYTES + 16);
  });
  head.set(sha256(head.subarray(0, head.length - HASH_BYTES)), head.length - HASH_BYTES);
  return head;
}

/** How long the head of a file with so many sections is. Throws {@link SectionProblem} when nobody could read it. */
export function headLength(sectionCount: number): number {
  if (sectionCount > MOST_SECTIONS)
    throw new SectionProblem(`it has ${sectionCount} sections, and ${MOST_SECTIONS} are the most there can be`);
  return HEADER_BYTES + sectionCount * ENTRY_BYTES + HASH_BYTES;
}

/** The refusal says where the file is damaged, for the user. */
export function decodeSections(file: Uint8Array, kind: SectionFileKind, limits: SectionFileLimits): DecodedSections {
  try {
    const head = file.subarray(0, headLengthOf(file.subarray(0, HEADER_BYTES), kind, file.length));
    const { version, entries } = decodeHead(head, file.length, limits);
    for (const entry of entries) verifyBody(file.subarray(entry.start, entry.end), entry);
    const unpacked = entries.map(
      (entry) => [entry.name, unpackBody(file.subarray(entry.start, entry.end), entry)] as const,
    );
    return { ok: true, version, sections: new Map(unpacked) };
  } catch (error) {
    if (error instanceof SectionProblem) return { ok: false, message: error.message };
    throw error;
  }
}

/**
 * How many bytes lie before the first body, out of a file's first bytes (HEADER_BYTES, or all that there are). Throws
 * {@link SectionProblem} when it is another file.
 */
export function headLengthOf(header: Uint8Array, kind: SectionFileKind, fileLength: number): number {
  if (header.length < HEADER_BYTES || readText(header, 0, 8) !== MAGIC)
    throw new SectionProblem('it does not begin as files of Vivarium do (bytes 0 to 7)');
  if (readText(header, 8, 4) !== kind)
    throw new SectionProblem(`it is a file of another kind, ${JSON.stringify(readText(header, 8, 4))}`);
  const count = new DataView(header.buffer, header.byteOffset, header.byteLength).getUint32(16, true);
  const length = headLength(count);
  if (length > fileLength)
    throw new SectionProblem(
      `its table of contents (from byte ${HEADER_BYTES}) does not fit into its ${fileLength} bytes`,
    );
  return length;
}

/** Verifies a table of contents. Throws {@link SectionProblem}. */
export function decodeHead(
  head: Uint8Array,
  fileLength: number,
  limits: SectionFileLimits,
): { readonly version: number; readonly entries: readonly SectionEntry[] } {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const tableEnd = head.length - HASH_BYTES;
  if (!isHashOf(head.subarray(0, tableEnd), head.subarray(tableEnd)))
    throw new SectionProblem(`its table of contents (bytes 0 to ${head.length - 1}) is damaged`);
  // From here on the numbers are those that were written; that does not make them sound.
  const version = view.getUint32(12, true);
  if (version < 1 || version > limits.newestVersion)
    throw new SectionProblem(
      `its format is version ${version}, and this program reads 1 to ${limits.newestVersion}: a newer one may read it`,
    );
  if (view.getFloat64(24, true) !== fileLength)
    throw new SectionProblem(
      `it has ${fileLength} bytes and should have ${view.getFloat64(24, true)}: it was cut off, or something was added`,
    );
  const entries = readEntries(head, view, fileLength);
  const total = entries.reduce((sum, { rawLength }) => sum + rawLength, 0);
  if (!(total <= limits.mostBytes))
    throw new SectionProblem(
      `its sections would unpack to ${total} bytes, and ${limits.mostBytes} are the most there can be`,
    );
  return { version, entries };
}

function readEntries(head: Uint8Array, view: DataView, fileLength: number): SectionEntry[] {
  const entries: SectionEntry[] = [];
  const names = new Set<string>();
  let start = head.length;
  for (let at = HEADER_BYTES; at < head.length - HASH_BYTES; at += ENTRY_BYTES) {
    const name = readText(head, at, NAME_BYTES);
    const storedLength = view.getFloat64(at + NAME_BYTES, true);
    const rawLength = view.getFloat64(at + NAME_BYTES + 8, true);
    const isSound = isCount(storedLength) && isCount(rawLength) && start + storedLength <= fileLength;
    if (!isSound || name === '' || names.has(name))
      throw new SectionProblem(`its table of contents makes no sense at byte ${at}`);
    names.add(name);
    const hash = head.subarray(at + NAME_BYTES + 16, at + ENTRY_BYTES);
    entries.push({ name, start, end: start + storedLength, rawLength, hash });
    start += storedLength;
  }
  if (start !== fileLength) throw new SectionProblem(`it holds bytes that belong to no section, from byte ${start}`);
  return entries;
}

/** Throws {@link SectionProblem} when a body is not what its entry says. */
export function verifyBody(body: Uint8Array, entry: SectionEntry): void {
  if (!isHashOf(body, entry.hash)) throw new SectionProblem(`${placeOf(entry)} is damaged`);
}

function unpackBody(body: Uint8Array, entry: SectionEntry): Uint8Array {
  try {
    return checkUnpacked(inflateRawSync(body, { maxOutputLength: Math.max(1, entry.rawLength) }), entry);
  } catch (error) {
    throw unpackProblem(entry, error);
  }
}

export function checkUnpacked(bytes: Uint8Array, entry: SectionEntry): Uint8Array {
  if (bytes.length === entry.rawLength) return bytes;
  throw new SectionProblem(`${placeOf(entry)} unpacks to another length than ${entry.rawLength} bytes`);
}

export function unpackProblem(entry: SectionEntry, error: unknown): SectionProblem {
  if (error instanceof SectionProblem) return error;
  return new SectionProblem(`${placeOf(entry)} cannot be unpacked: ${messageOf(error)}`);
}

function placeOf({ name, start, end }: SectionEntry): string {
  return `its section ${name} (bytes ${start} to ${end - 1})`;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function isHashOf(bytes: Uint8Array, hash: Uint8Array): boolean {
  return Buffer.compare(sha256(bytes), hash) === 0;
}

function writeText(into: Uint8Array, at: number, text: string): void {
  into.set(new TextEncoder().encode(text), at);
}

/** Up to the first zero; other bytes than those of ASCII never compare equal to a name. */
function readText(from: Uint8Array, at: number, length: number): string {
  const bytes = from.subarray(at, at + length);
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.subarray(0, end < 0 ? length : end)).toString('latin1');
}

export function jsonSection(name: string, value: unknown): Section {
  return { name, bytes: new TextEncoder().encode(JSON.stringify(value)) };
}

/** Reads a section of JSON; throws {@link SectionProblem}. */
export function jsonOf<Value>(
  sections: ReadonlyMap<string, Uint8Array>,
  name: string,
  schema: z.ZodType<Value>,
): Value {
  try {
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(sections.get(name))));
  } catch (error) {
    throw new SectionProblem(`its section ${name} makes no sense: ${describeProblem(error)}`);
  }
}

function describeProblem(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'all of it'}: ${issue.message}` : 'it has another form';
}
