import { type HostFile, ImageError } from '../HostFile.ts';

/** "QFI\xfb". */
export const QCOW2_MAGIC = 0x5146_49fb;

const HEADER_BYTES_V2 = 72;
const HEADER_BYTES_V3 = 104;
const MOST_HEADER_BYTES = 64 * 1024;
const MOST_L1_BYTES = 32 * 1024 * 1024;
const MOST_REFCOUNT_TABLE_BYTES = 8 * 1024 * 1024;
export const MOST_BACKING_NAME = 1023;
/** Header extension: name of the backing file's format. */
const EXTENSION_BACKING_FORMAT = 0xe279_2aca;

const INCOMPATIBLE = { dirty: 1, corrupt: 2, dataFile: 4, compressionType: 8, extendedL2: 16 } as const;
const AUTOCLEAR_BITMAPS = 1;

/** Byte offsets of what is written again after the image was made. */
export const HEADER_FIELD = { refcountTableOffset: 48, refcountTableClusters: 56, autoclear: 88 } as const;

/** The header of a qcow2 file (QEMU, docs/interop/qcow2.txt), checked: sizes and places are possible. */
export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly clusterBits: number;
  /** The disk's length in bytes. */
  readonly byteLength: number;
  readonly l1Entries: number;
  readonly l1Offset: number;
  readonly refcountTableOffset: number;
  readonly refcountTableClusters: number;
  /** A refcount has 2^n bits. */
  readonly refcountOrder: number;
  readonly hasAutoclearFeatures: boolean;
  readonly backing: { readonly name: string; readonly format: string | undefined } | undefined;
  /** Why the image may be read but not written; undefined when it may. */
  readonly writeRefusal: string | undefined;
}

export function hasQcow2Magic(file: HostFile): boolean {
  const start = new Uint8Array(4);
  file.read(0, start);
  return new DataView(start.buffer).getUint32(0) === QCOW2_MAGIC;
}

/** Throws {@link ImageError} with one sentence on the first thing that is wrong. */
export function readQcow2Header(file: HostFile): Qcow2Header {
  const bytes = new Uint8Array(HEADER_BYTES_V3 + 8);
  file.read(0, bytes);
  const view = new DataView(bytes.buffer);
  const fail = (what: string): never => {
    throw new ImageError('corrupt', `${file.name} is a damaged qcow2 image: ${what}.`);
  };
  const unsupported = (what: string): never => {
    throw new ImageError('refused', `${file.name}: qcow2 images with ${what} are not supported. ${CONVERT}`);
  };
  const offset = (at: number): number => {
    const value = view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
    return Number.isSafeInteger(value) ? value : fail(`the number at byte ${at} of its header is impossibly large`);
  };

  if (file.size() < HEADER_BYTES_V2) fail('it ends within its header');
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) return unsupported(`version ${version} of the format`);
  const clusterBits = view.getUint32(20);
  if (clusterBits < 9 || clusterBits > 21) fail(`clusters of 2^${clusterBits} bytes`);
  const clusterBytes = 2 ** clusterBits;
  if (view.getUint32(32) !== 0) unsupported('encryption');

  const isV3 = version === 3;
  const headerBytes = isV3 ? view.getUint32(100) : HEADER_BYTES_V2;
  if (isV3 && (headerBytes < HEADER_BYTES_V3 || headerBytes > clusterBytes || headerBytes % 8 !== 0))
    fail(`its header claims ${headerBytes} bytes`);
  const incompatible = isV3 ? view.getUint32(76) : 0;
  if (isV3 && (view.getUint32(72) !== 0 || incompatible > 31)) unsupported('features that this program does not know');
  if (incompatible & INCOMPATIBLE.dataFile) unsupported('an external data file');
  if (incompatible & INCOMPATIBLE.extendedL2) unsupported('extended L2 entries');
  if (incompatible & INCOMPATIBLE.compressionType && (bytes[104] ?? 0) !== 0) unsupported('zstd compression');
  const refcountOrder = isV3 ? view.getUint32(96) : 4;
  if (refcountOrder > 6) fail(`refcounts of 2^${refcountOrder} bits`);

  const byteLength = offset(24);
  const l1Entries = view.getUint32(36);
  const l1Offset = offset(40);
  const l1Needed = Math.ceil(byteLength / (clusterBytes * (clusterBytes / 8)));
  if (l1Entries * 8 > MOST_L1_BYTES || l1Needed * 8 > MOST_L1_BYTES) fail(`a disk of ${byteLength} bytes`);
  if (l1Entries < l1Needed) fail(`its L1 table has ${l1Entries} entries where the disk needs ${l1Needed}`);
  const refcountTableOffset = offset(48);
  const refcountTableClusters = view.getUint32(56);
  if (refcountTableClusters === 0 || refcountTableClusters * clusterBytes > MOST_REFCOUNT_TABLE_BYTES)
    fail(`a refcount table of ${refcountTableClusters} clusters`);
  const places = [
    ['L1 table', l1Offset, l1Entries * 8],
    ['refcount table', refcountTableOffset, refcountTableClusters * clusterBytes],
  ] as const;
  for (const [what, start, length] of places) {
    if (start % clusterBytes !== 0) fail(`its ${what} does not begin at a cluster`);
    if (length > 0 && start === 0) fail(`its ${what} lies in its header`);
    if (start + length > file.size()) fail(`it ends before its ${what} does, as if it had been cut off`);
  }
  const autoclear = isV3 ? view.getUint32(92) : 0;
  const hasAutoclearFeatures = isV3 && (autoclear !== 0 || view.getUint32(88) !== 0);
  return {
    version,
    clusterBits,
    byteLength,
    l1Entries,
    l1Offset,
    refcountTableOffset,
    refcountTableClusters,
    refcountOrder,
    hasAutoclearFeatures,
    backing: readBacking(file, view, headerBytes, clusterBytes, fail),
    writeRefusal: writeRefusal(incompatible, autoclear),
  };
}

const CONVERT = 'qemu-img convert -O qcow2 makes one that is.';

function writeRefusal(incompatible: number, autoclear: number): string | undefined {
  if (incompatible & INCOMPATIBLE.corrupt) return 'it is marked as damaged; qemu-img check -r all repairs it';
  if (incompatible & INCOMPATIBLE.dirty)
    return 'whoever wrote it last did not finish; qemu-img check -r all makes it whole';
  if (autoclear & AUTOCLEAR_BITMAPS) return 'it holds dirty bitmaps, which writing would make wrong';
  return undefined;
}

function readBacking(
  file: HostFile,
  view: DataView,
  headerBytes: number,
  clusterBytes: number,
  fail: (what: string) => never,
): Qcow2Header['backing'] {
  const nameOffset = view.getUint32(8) * 2 ** 32 + view.getUint32(12);
  const nameLength = view.getUint32(16);
  if (nameOffset === 0 || nameLength === 0) return undefined;
  const first = new Uint8Array(Math.min(clusterBytes, MOST_HEADER_BYTES));
  if (nameLength > MOST_BACKING_NAME || nameOffset + nameLength > first.length)
    return fail('the name of its backing file lies outside of its first cluster');
  file.read(0, first);
  const text = new TextDecoder();
  const name = text.decode(first.subarray(nameOffset, nameOffset + nameLength));
  const extensions = new DataView(first.buffer);
  let format: string | undefined;
  for (let at = headerBytes; at + 8 <= nameOffset;) {
    const kind = extensions.getUint32(at);
    const length = extensions.getUint32(at + 4);
    if (kind === 0 || at + 8 + length > nameOffset) break;
    if (kind === EXTENSION_BACKING_FORMAT) format = text.decode(first.subarray(at + 8, at + 8 + length));
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return { name, format };
}

export interface NewQcow2 {
  /** The disk's length in bytes. */
  readonly byteLength: number;
  readonly backing?: { readonly name: string; readonly format: string };
}

const NEW_CLUSTER_BITS = 16;

/** Makes an empty file a qcow2 image. */
export function writeNewQcow2(file: HostFile, image: NewQcow2): void {
  file.write(0, newQcow2(image));
}

/**
 * An empty image of version 3, clusters of 64 KiB, 16-bit refcounts. Layout by cluster: header, refcount table, one
 * refcount block, L1 table.
 */
export function newQcow2({ byteLength, backing }: NewQcow2): Uint8Array {
  const clusterBytes = 2 ** NEW_CLUSTER_BITS;
  const l1Entries = Math.ceil(byteLength / (clusterBytes * (clusterBytes / 8)));
  const l1Clusters = Math.max(1, Math.ceil((l1Entries * 8) / clusterBytes));
  const bytes = new Uint8Array((3 + l1Clusters) * clusterBytes);
  const view = new DataView(bytes.buffer);
  const offset = (at: number, value: number): void => {
    view.setUint32(at, Math.floor(value / 2 ** 32));
    view.setUint32(at + 4, value % 2 ** 32);
  };
  view.setUint32(0, QCOW2_MAGIC);
  view.setUint32(4, 3);
  view.setUint32(20, NEW_CLUSTER_BITS);
  offset(24, byteLength);
  view.setUint32(36, l1Entries);
  offset(40, 3 * clusterBytes);
  offset(HEADER_FIELD.refcountTableOffset, clusterBytes);
  view.setUint32(HEADER_FIELD.refcountTableClusters, 1);
  view.setUint32(96, 4);
  view.setUint32(100, HEADER_BYTES_V3);
  if (backing) nameBacking(bytes.subarray(0, clusterBytes), backing);
  offset(clusterBytes, 2 * clusterBytes);
  for (let cluster = 0; cluster < 3 + l1Clusters; cluster++) view.setUint16(2 * clusterBytes + 2 * cluster, 1);
  return bytes;
}

/**
 * Lets an image that `newQcow2` made name another backing image, or none, whose content must be the same where this
 * one has no clusters.
 */
export function renameBacking(file: HostFile, backing: NewQcow2['backing']): void {
  const header = new Uint8Array(BACKING_END);
  file.read(0, header);
  header.fill(0, HEADER_BYTES_V3);
  header.fill(0, 8, 20);
  if (backing) nameBacking(header, backing);
  file.write(0, header);
}

/** Where the longest name of a backing image ends, in images of this program's. */
const BACKING_END = 2048;

function nameBacking(header: Uint8Array, { name, format }: NonNullable<NewQcow2['backing']>): void {
  const view = new DataView(header.buffer, header.byteOffset);
  const text = new TextEncoder();
  const formatBytes = text.encode(format);
  const nameBytes = text.encode(name);
  view.setUint32(HEADER_BYTES_V3, EXTENSION_BACKING_FORMAT);
  view.setUint32(HEADER_BYTES_V3 + 4, formatBytes.length);
  header.set(formatBytes, HEADER_BYTES_V3 + 8);
  // Behind it an extension of type 0 ends the list.
  const nameOffset = HEADER_BYTES_V3 + 8 + Math.ceil(formatBytes.length / 8) * 8 + 8;
  header.set(nameBytes, nameOffset);
  view.setUint32(12, nameOffset);
  view.setUint32(16, nameBytes.length);
}
