import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { messageOf } from '../results.ts';

/**
 * A file of named sections; docs/file-formats.md describes it byte by byte. Everything lies under a checksum, and all
 * of them are verified before anybody is handed a byte.
 */

/** What is in the file: four letters. */
export type SectionFileKind = 'RECD' | 'SNAP';

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

const MAGIC = 'VIVARIUM';
const HEADER_BYTES = 32;
const ENTRY_BYTES = 64;
const NAME_BYTES = 16;
const HASH_BYTES = 32;
const MOST_SECTIONS = 65_536;
/** Fast: what is worth more is found in the first level. */
const COMPRESSION_LEVEL = 1;

export function encodeSections(kind: SectionFileKind, version: number, sections: readonly Section[]): Uint8Array {
  const bodies = sections.map(({ bytes }) => deflateRawSync(bytes, { level: COMPRESSION_LEVEL }));
  const start = HEADER_BYTES + sections.length * ENTRY_BYTES + HASH_BYTES;
  const length = bodies.reduce((sum, body) => sum + body.length, start);
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  writeText(file, 0, MAGIC + kind);
  view.setUint32(12, version, true);
  view.setUint32(16, sections.length, true);
  view.setFloat64(24, length, true);
  let at = start;
  sections.forEach(({ name, bytes }, index) => {
    const body = bodies[index] ?? new Uint8Array();
    const entry = HEADER_BYTES + index * ENTRY_BYTES;
    writeText(file, entry, name);
    view.setFloat64(entry + NAME_BYTES, body.length, true);
    view.setFloat64(entry + NAME_BYTES + 8, bytes.length, true);
    file.set(sha256(body), entry + NAME_BYTES + 16);
    file.set(body, at);
    at += body.length;
  });
  file.set(sha256(file.subarray(0, start - HASH_BYTES)), start - HASH_BYTES);
  return file;
}

/** The refusal says where the file is damaged, for the user. */
export function decodeSections(file: Uint8Array, kind: SectionFileKind, limits: SectionFileLimits): DecodedSections {
  try {
    return { ok: true, ...decode(file, kind, limits) };
  } catch (error) {
    if (error instanceof Damage) return { ok: false, message: error.message };
    throw error;
  }
}

class Damage extends Error {}

interface Entry {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly rawLength: number;
  readonly hash: Uint8Array;
}

function decode(
  file: Uint8Array,
  kind: SectionFileKind,
  limits: SectionFileLimits,
): Omit<DecodedSections & { ok: true }, 'ok'> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_BYTES || readText(file, 0, 8) !== MAGIC)
    throw new Damage('it does not begin as files of Vivarium do (bytes 0 to 7)');
  if (readText(file, 8, 4) !== kind)
    throw new Damage(`it is a file of another kind, ${JSON.stringify(readText(file, 8, 4))}`);
  const count = view.getUint32(16, true);
  const tableEnd = HEADER_BYTES + count * ENTRY_BYTES;
  if (count > MOST_SECTIONS || tableEnd + HASH_BYTES > file.length)
    throw new Damage(`its table of contents (from byte ${HEADER_BYTES}) does not fit into its ${file.length} bytes`);
  if (!isHashOf(file.subarray(0, tableEnd), file.subarray(tableEnd, tableEnd + HASH_BYTES)))
    throw new Damage(`its table of contents (bytes 0 to ${tableEnd + HASH_BYTES - 1}) is damaged`);
  // From here on the numbers are those that were written; that does not make them sound.
  const version = view.getUint32(12, true);
  if (version < 1 || version > limits.newestVersion)
    throw new Damage(
      `its format is version ${version}, and this program reads 1 to ${limits.newestVersion}: a newer one may read it`,
    );
  if (view.getFloat64(24, true) !== file.length)
    throw new Damage(
      `it has ${file.length} bytes and should have ${view.getFloat64(24, true)}: it was cut off, or something was added`,
    );
  const entries = readEntries(file, view, count, tableEnd + HASH_BYTES);
  const total = entries.reduce((sum, { rawLength }) => sum + rawLength, 0);
  if (!(total <= limits.mostBytes))
    throw new Damage(`its sections would unpack to ${total} bytes, and ${limits.mostBytes} are the most there can be`);
  for (const { name, start, end, hash } of entries) {
    if (!isHashOf(file.subarray(start, end), hash))
      throw new Damage(`its section ${name} (bytes ${start} to ${end - 1}) is damaged`);
  }
  return { version, sections: new Map(entries.map((entry) => [entry.name, unpack(file, entry)])) };
}

function readEntries(file: Uint8Array, view: DataView, count: number, firstBody: number): Entry[] {
  const entries: Entry[] = [];
  const names = new Set<string>();
  let start = firstBody;
  for (let index = 0; index < count; index++) {
    const at = HEADER_BYTES + index * ENTRY_BYTES;
    const name = readText(file, at, NAME_BYTES);
    const storedLength = view.getFloat64(at + NAME_BYTES, true);
    const rawLength = view.getFloat64(at + NAME_BYTES + 8, true);
    const isSound = isCount(storedLength) && isCount(rawLength) && start + storedLength <= file.length;
    if (!isSound || name === '' || names.has(name))
      throw new Damage(`its table of contents makes no sense at byte ${at}`);
    names.add(name);
    const hash = file.subarray(at + NAME_BYTES + 16, at + ENTRY_BYTES);
    entries.push({ name, start, end: start + storedLength, rawLength, hash });
    start += storedLength;
  }
  if (start !== file.length) throw new Damage(`it holds bytes that belong to no section, from byte ${start}`);
  return entries;
}

function unpack(file: Uint8Array, { name, start, end, rawLength }: Entry): Uint8Array {
  try {
    const bytes = inflateRawSync(file.subarray(start, end), { maxOutputLength: Math.max(1, rawLength) });
    if (bytes.length === rawLength) return bytes;
  } catch (error) {
    throw new Damage(`its section ${name} (bytes ${start} to ${end - 1}) cannot be unpacked: ${messageOf(error)}`);
  }
  throw new Damage(
    `its section ${name} (bytes ${start} to ${end - 1}) unpacks to another length than ${rawLength} bytes`,
  );
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

/** Sections that are sound, and whose content is not: the end of a sentence that begins with the file's name. */
export class SectionProblem extends Error {}

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
