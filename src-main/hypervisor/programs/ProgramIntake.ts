import { readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { checkFirmware, isFirmware } from '../threads/firmwareProgram.ts';
import { loadThreadProgram } from '../threads/loadThreadProgram.ts';
import type { ProgramInclude, ThreadProgram } from '../threads/ThreadMachine.ts';
import { done, refused } from '../results.ts';
import { describeFileError } from '../storage/files.ts';
import { hashBytes } from '../storage/CheckedJson.ts';
import type { StoredProgram } from '../storage/StoredMachine.ts';
import type { FileSource, HypervisorError, ProgramSource, Result } from '../types.ts';

type ProgramRefusal = Required<Pick<HypervisorError, 'message' | 'problems'>> & Pick<HypervisorError, 'text'>;

/** Larger than any guest's RAM. */
const PROGRAM_BYTES_MOST = 2 ** 31;
const INCLUDE_BYTES_MOST = 64 * 1024 * 1024;

/** A program that was accepted: what the definition says of it, and the bytes to be stored. */
export interface AcceptedProgram {
  readonly stored: StoredProgram;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  readonly program: ThreadProgram;
  readonly summary: string;
}

/**
 * Reads a program and everything that it includes, and loads it once for a machine of this size: a file that
 * cannot be loaded is refused here, with all that is wrong with it, before anything is changed.
 */
export async function takeIn(source: ProgramSource, memoryMiB: number): Promise<Result<AcceptedProgram>> {
  const file = await readSource(source);
  if (!file.ok) return file;
  const initrd = source.initrd && (await readSource(source.initrd));
  if (initrd?.ok === false) return initrd;
  const vgaBios = source.vgaBios && (await readSource(source.vgaBios));
  if (vgaBios?.ok === false) return vgaBios;
  const { bytes, fileName, sourcePath } = file.value;
  const { format, origin, bits, commandLine } = source;
  const options = {
    format,
    ...(origin !== undefined && { origin }),
    ...(bits !== undefined && { bits }),
    ...(commandLine !== undefined && { commandLine }),
  };
  const includes = new IncludeReader(sourcePath === null ? null : path.dirname(sourcePath));
  const program: ThreadProgram = {
    bytes,
    fileName,
    options,
    includes: includes.found,
    initrd: initrd?.value.bytes ?? null,
    vgaBios: vgaBios?.value.bytes ?? null,
  };
  const loaded = isFirmware(program)
    ? checkFirmware(program)
    : loadThreadProgram(program, memoryMiB * 1024 * 1024, (name) => includes.read(name));
  if (loaded.kind === 'refused') {
    const { message, problems, text }: ProgramRefusal = loaded;
    return refused('program-refused', message, { problems, ...(text && { text }) });
  }
  const blobs = new Map<string, Uint8Array>();
  const store = (name: string, content: Uint8Array): StoredProgram['file'] => {
    const sha256 = hashBytes(content);
    blobs.set(sha256, content);
    return { name, byteLength: content.length, sha256 };
  };
  const stored: StoredProgram = {
    file: store(fileName, bytes),
    sourcePath,
    ...options,
    ...(initrd && { initrd: store(initrd.value.fileName, initrd.value.bytes) }),
    ...(vgaBios && { vgaBios: store(vgaBios.value.fileName, vgaBios.value.bytes) }),
    includes: includes.found.map((include) => store(include.name, include.bytes)),
  };
  return done({ stored, blobs, program, summary: loaded.kind === 'firmware' ? loaded.summary : loaded.image.summary });
}

interface ReadSource {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly sourcePath: string | null;
}

async function readSource(source: FileSource): Promise<Result<ReadSource>> {
  if (source.kind === 'bytes') return done({ bytes: source.bytes, fileName: source.fileName, sourcePath: null });
  const sourcePath = path.resolve(source.path);
  try {
    const { size } = await stat(sourcePath);
    if (size > PROGRAM_BYTES_MOST)
      return refused('program-refused', `${source.path} is too large: programs of up to 2 GiB can be loaded.`);
    return done({ bytes: new Uint8Array(await readFile(sourcePath)), fileName: path.basename(sourcePath), sourcePath });
  } catch (error) {
    return refused('file-unreadable', `${source.path} cannot be read: ${describeFileError(error)}.`);
  }
}

/** Reads what an assembly text includes, beside the text, and remembers it. */
class IncludeReader {
  readonly found: ProgramInclude[] = [];
  readonly #folder: string | null;
  #bytes = 0;

  constructor(folder: string | null) {
    this.#folder = folder;
  }

  read(name: string): Uint8Array | null {
    const known = this.found.find((include) => include.name === name);
    if (known !== undefined) return known.bytes;
    if (this.#folder === null) return null;
    try {
      const file = path.resolve(this.#folder, name);
      const { size } = statSync(file);
      if (this.#bytes + size > INCLUDE_BYTES_MOST) return null;
      const bytes = new Uint8Array(readFileSync(file));
      this.#bytes += bytes.length;
      this.found.push({ name, bytes });
      return bytes;
    } catch {
      // The assembler says which file is missing, and where it is named.
      return null;
    }
  }
}
