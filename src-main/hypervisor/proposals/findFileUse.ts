import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DRIVE_SLOTS, type DriveSlot } from '../../machine/drives/DriveSlot.ts';
import { type MediumFinding, recogniseMedium } from '../../machine/images/recogniseMedium.ts';
import { isBios, MOST_BIOS_BYTES, saysVga } from '../../machine/images/recogniseFirmware.ts';
import { hasLinuxHeader } from '../../machine/loaders/BzImage.ts';
import { hasElfMagic } from '../../machine/loaders/ElfFile.ts';
import { load } from '../../machine/loaders/load.ts';
import { recognise } from '../../machine/loaders/recognise.ts';
import { sizeText } from '../../machine/loaders/Refusal.ts';
import { describeFileError } from '../storage/files.ts';
import { NodeImageHost } from '../storage/NodeImageHost.ts';

/** What a machine can do with a file: run it, hand it to a kernel, start with it instead of its own BIOS, or have it in a drive. */
export const FILE_USES = ['program', 'initrd', 'bios', 'vgabios', ...DRIVE_SLOTS] as const;
export type FileUse = (typeof FILE_USES)[number];

/** What a file turns out to be. */
export type FileFinding =
  | { readonly kind: 'program'; readonly isKernel: boolean; readonly summary: string }
  /** @param isCertain cpio was found inside; otherwise it is packed so that nobody looked */
  | { readonly kind: 'initrd'; readonly isCertain: boolean; readonly summary: string }
  | (Extract<MediumFinding, { kind: 'medium' }> & { readonly byteLength: number })
  | { readonly kind: 'firmware'; readonly what: 'bios' | 'vgabios'; readonly summary: string }
  /** @param isImage it is a medium or a RAM disk of some kind, so to try it as a program would say nothing */
  | { readonly kind: 'unusable'; readonly message: string; readonly isImage?: boolean };

/** A machine that the file is tried on: its size is proposed later. */
const TRIAL_MEMORY_BYTES = 2 ** 31;
const HEAD_BYTES = 4096;
/** Programs are read whole; beyond this, only kernels and media are looked for. */
const MOST_PROGRAM_BYTES = 128 * 2 ** 20;
const CPIO = ['070701', '070702'];
const PACKED: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
  ['lzma', [0x5d, 0x00, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

/** Looks at a file, by its contents first. Reads a program whole, and of everything else the beginning. */
export function findFileUse(file: string): FileFinding {
  const name = path.basename(file);
  let head: Uint8Array, byteLength: number;
  try {
    ({ head, byteLength } = readHead(file));
  } catch (error) {
    return { kind: 'unusable', message: `${name} cannot be read: ${describeFileError(error)}.` };
  }
  if (byteLength === 0) return { kind: 'unusable', message: 'The file is empty: there is nothing to use.' };
  if (hasLinuxHeader(head) || hasElfMagic(head)) return programFinding(file, name);
  const initrd = initrdFinding(file, head, byteLength);
  if (initrd) return initrd;
  const medium = recogniseMedium(new NodeImageHost(), file);
  if (medium.kind === 'medium') return { ...medium, byteLength };
  if (medium.kind === 'unusable') return { ...medium, isImage: true };
  const firmware = firmwareFinding(file, byteLength);
  if (firmware) return firmware;
  if (byteLength > MOST_PROGRAM_BYTES)
    return {
      kind: 'unusable',
      isImage: true,
      message: `Nothing in its ${sizeText(byteLength)} says what it is: no CD, no partition table, no file system, no kernel.`,
    };
  return programFinding(file, name);
}

function readHead(file: string): { head: Uint8Array; byteLength: number } {
  const descriptor = openSync(file, 'r');
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw Object.assign(new Error('it is no file'), { code: 'EISDIR' });
    const head = new Uint8Array(Math.min(HEAD_BYTES, status.size));
    readSync(descriptor, head, 0, head.length, 0);
    return { head, byteLength: status.size };
  } finally {
    closeSync(descriptor);
  }
}

function firmwareFinding(file: string, byteLength: number): FileFinding | undefined {
  if (byteLength > MOST_BIOS_BYTES) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(readFileSync(file));
  } catch {
    // Said by who tries it as a program.
    return undefined;
  }
  const size = sizeText(byteLength);
  if (isBios(bytes)) return { kind: 'firmware', what: 'bios', summary: `BIOS image, ${size}` };
  return saysVga(bytes) ? { kind: 'firmware', what: 'vgabios', summary: `VGA BIOS, ${size}` } : undefined;
}

function programFinding(file: string, name: string): FileFinding {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(readFileSync(file));
  } catch (error) {
    return { kind: 'unusable', message: `${name} cannot be read: ${describeFileError(error)}.` };
  }
  const folder = path.dirname(file);
  const result = load('auto', bytes, {
    memoryBytes: TRIAL_MEMORY_BYTES,
    fileName: name,
    readFile: (included) => readBeside(folder, included),
  });
  if (result.kind === 'refused') return { kind: 'unusable', message: result.message };
  const recognition = recognise(bytes, name);
  const isKernel = recognition.kind === 'recognised' && recognition.format === 'linux';
  return { kind: 'program', isKernel, summary: result.image.summary };
}

function readBeside(folder: string, name: string): Uint8Array | null {
  const file = path.resolve(folder, name);
  if (!file.startsWith(folder + path.sep)) return null;
  try {
    return new Uint8Array(readFileSync(file));
  } catch {
    return null;
  }
}

function initrdFinding(file: string, head: Uint8Array, byteLength: number): FileFinding | undefined {
  const size = sizeText(byteLength);
  if (isCpio(head)) return { kind: 'initrd', isCertain: true, summary: `initial RAM disk (cpio), ${size}` };
  const packed = PACKED.find(([, magic]) => magic.every((byte, i) => head[i] === byte));
  if (packed === undefined) return undefined;
  const [format] = packed;
  if (format === 'gzip' && byteLength <= MOST_PROGRAM_BYTES && !isCpio(gunzipStart(file)))
    return { kind: 'unusable', message: 'This is a gzip archive. Unpack it and choose what is inside.' };
  return { kind: 'initrd', isCertain: format === 'gzip', summary: `initial RAM disk (${format}), ${size}` };
}

const isCpio = (bytes: Uint8Array): boolean => CPIO.includes(String.fromCharCode(...bytes.subarray(0, 6)));

/** The first unpacked bytes; none when they are damaged. */
function gunzipStart(file: string): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const packed = new Uint8Array(64 * 1024);
    const length = readSync(descriptor, packed, 0, packed.length, 0);
    // What was read is only a beginning: give out what it holds rather than complain of its end.
    return gunzipSync(packed.subarray(0, length), { finishFlush: 2 });
  } catch {
    return new Uint8Array(0);
  } finally {
    closeSync(descriptor);
  }
}

/** Everything that a file of this length could be tried as. */
export function possibleUses(finding: FileFinding, byteLength: number): readonly FileUse[] {
  if (finding.kind === 'unusable') return [];
  const least: Readonly<Record<DriveSlot, number>> = { floppy: 1, hda: 512, hdb: 512, cdrom: 2048, vda: 512 };
  return FILE_USES.filter((use) => {
    if (use === 'program') return finding.kind === 'program' || (finding.kind === 'medium' && finding.isBootable);
    if (use === 'initrd') return finding.kind !== 'firmware';
    if (use === 'bios' || use === 'vgabios') return finding.kind === 'firmware' && finding.what === use;
    if (finding.kind === 'firmware') return false;
    if (use === 'floppy' && byteLength > 2_949_120) return false;
    return byteLength >= least[use];
  });
}
