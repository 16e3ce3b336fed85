import type { VideoRequest } from './FrameBuffer.ts';

/**
 * The header by which a kernel says how it wants to be loaded: of multiboot 1 (Multiboot Specification 0.6.96, 3.1) or
 * of multiboot 2 (Multiboot2 Specification 2.0, 3.1).
 */
export interface MultibootHeader {
  readonly version: 1 | 2;
  /** Offset in the file. */
  readonly offset: number;
  /** Physical addresses where header, text and data, and bss are to lie; null when the file's own format says so. */
  readonly addresses: {
    readonly header: number;
    readonly load: number;
    readonly loadEnd: number;
    readonly bssEnd: number;
  } | null;
  /** Null: the file's own format says it. */
  readonly entry: number | null;
  /** Undefined: it is content with text. */
  readonly video: VideoRequest | undefined;
}

const MAGIC = 0x1badb002;
/** The header lies within the first so many bytes, on a multiple of 4. */
const SEARCH_BYTES = 8192;
const FLAG_VIDEO_MODE = 1 << 2;
const FLAG_ADDRESSES = 1 << 16;
/** Where in the header they lie, whether or not it gives addresses. */
const VIDEO_FIELDS = 32;
const NO_WISH: VideoRequest = { width: 0, height: 0, depth: 0 };
/** Bits 0 to 15 are demands; these are met. */
const KNOWN_DEMANDS = 0b111;

const MAGIC_2 = 0xe85250d6;
/** The header of multiboot 2 lies within the first so many bytes, on a multiple of 8, and so do its tags. */
const SEARCH_BYTES_2 = 32768;
const HEADER_BYTES_2 = 16;
const ARCHITECTURE_I386 = 0;
const TAG_OPTIONAL = 1;
/** Multiboot2 Specification 2.0, 3.1.4 to 3.1.13. */
const TAG = { end: 0, information: 1, address: 2, entry: 3, console: 4, framebuffer: 5, relocatable: 10 } as const;
/** Tags that ask for nothing that a PC with a BIOS could not give: module alignment and the EFI tags, too. */
const LAST_TAG = TAG.relocatable;
/** The last kind of boot information that the specification knows: a kernel may ask for it, and not get it. */
const LAST_INFORMATION = 21;

/** Null when there is none; a string when it is damaged or demands too much. */
export function findMultibootHeader(bytes: Uint8Array): MultibootHeader | string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return findFirst(view) ?? findSecond(view);
}

function findFirst(view: DataView): MultibootHeader | string | null {
  const limit = Math.min(view.byteLength, SEARCH_BYTES);
  for (let offset = 0; offset + 12 <= limit; offset += 4) {
    if (view.getUint32(offset, true) !== MAGIC) continue;
    const flags = view.getUint32(offset + 4, true);
    if (((MAGIC + flags + view.getUint32(offset + 8, true)) & 0xffff_ffff) !== 0) continue;
    return readFirst(view, offset, flags);
  }
  return null;
}

function readFirst(view: DataView, offset: number, flags: number): MultibootHeader | string {
  const unknown = flags & 0xffff & ~KNOWN_DEMANDS;
  if (unknown !== 0)
    return `The multiboot header demands a feature that is unknown (flags 0x${unknown.toString(16)}). Clear those flags in the kernel's header.`;
  const header = {
    version: 1,
    offset,
    video: flags & FLAG_VIDEO_MODE ? readVideoFields(view, offset + VIDEO_FIELDS) : undefined,
  } as const;
  if ((flags & FLAG_ADDRESSES) === 0) return { ...header, addresses: null, entry: null };
  if (offset + 32 > view.byteLength)
    return `The multiboot header at byte ${offset} is cut off: its address fields lie behind the end of the file.`;
  const field = (index: number): number => view.getUint32(offset + 12 + index * 4, true);
  return {
    ...header,
    addresses: { header: field(0), load: field(1), loadEnd: field(2), bssEnd: field(3) },
    entry: field(4),
  };
}

/** mode_type (1: text), width, height, depth; a header that ends before them has no wish. */
function readVideoFields(view: DataView, at: number): VideoRequest | undefined {
  if (at + 16 > view.byteLength) return NO_WISH;
  const [isText, width, height, depth] = [0, 4, 8, 12].map((field) => view.getUint32(at + field, true));
  return isText === 1 ? undefined : { width: width ?? 0, height: height ?? 0, depth: depth ?? 0 };
}

function findSecond(view: DataView): MultibootHeader | string | null {
  const limit = Math.min(view.byteLength, SEARCH_BYTES_2);
  for (let offset = 0; offset + HEADER_BYTES_2 <= limit; offset += 8) {
    if (view.getUint32(offset, true) !== MAGIC_2) continue;
    const field = (index: number): number => view.getUint32(offset + 4 * index, true);
    if (((field(0) + field(1) + field(2) + field(3)) & 0xffff_ffff) === 0) return readSecond(view, offset);
  }
  return null;
}

function readSecond(view: DataView, offset: number): MultibootHeader | string {
  const architecture = view.getUint32(offset + 4, true);
  if (architecture !== ARCHITECTURE_I386)
    return `The multiboot 2 header is for another architecture (number ${architecture}); this machine is an i386 (number 0). Build the kernel for it.`;
  const end = offset + view.getUint32(offset + 8, true);
  if (end > view.byteLength)
    return `The multiboot 2 header at byte ${offset} is cut off: it should reach to byte ${end}, but the file has ${view.byteLength}.`;
  let addresses: MultibootHeader['addresses'] = null;
  let entry: number | null = null;
  let video: VideoRequest | undefined;
  for (let at = offset + HEADER_BYTES_2; ;) {
    const size = at + 8 <= end ? view.getUint32(at + 4, true) : 0;
    const type = size === 0 ? undefined : view.getUint16(at, true);
    const least = type === TAG.address ? 24 : type === TAG.entry ? 12 : 8;
    if (type === undefined || size < least || at + size > end)
      return `The multiboot 2 header's tag at byte ${at} is damaged, or the tag that ends the list is missing. Correct the kernel's header.`;
    if (type === TAG.end) break;
    const isOptional = (view.getUint16(at + 2, true) & TAG_OPTIONAL) !== 0;
    if (type > LAST_TAG && !isOptional)
      return `The multiboot 2 header demands a feature that is unknown (tag ${type}). Mark the tag as optional.`;
    const field = (index: number): number => view.getUint32(at + 8 + 4 * index, true);
    if (type === TAG.information && !isOptional) {
      for (let index = 0; 8 + 4 * (index + 1) <= size; index++) {
        if (field(index) > LAST_INFORMATION)
          return `The multiboot 2 header demands information that is unknown (type ${field(index)}). Mark the request as optional.`;
      }
    } else if (type === TAG.address) {
      addresses = { header: field(0), load: field(1), loadEnd: field(2), bssEnd: field(3) };
    } else if (type === TAG.entry) {
      entry = field(0);
    } else if (type === TAG.framebuffer) {
      video = size >= 20 ? { width: field(0), height: field(1), depth: field(2) } : NO_WISH;
    }
    at += Math.ceil(size / 8) * 8;
  }
  if (addresses !== null && entry === null)
    return 'The multiboot 2 header gives addresses, but no entry. Add the entry address tag (3).';
  return { version: 2, offset, addresses, entry, video };
}
