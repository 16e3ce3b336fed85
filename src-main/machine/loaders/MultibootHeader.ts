/** The header by which a kernel says that it can be loaded so (Multiboot Specification 0.6.96, 3.1). */
export interface MultibootHeader {
  /** Offset in the file. */
  readonly offset: number;
  readonly flags: number;
  /** Physical addresses when flag 16 is set: where header, text and data, and bss are to lie. */
  readonly addresses: {
    readonly header: number;
    readonly load: number;
    readonly loadEnd: number;
    readonly bssEnd: number;
    readonly entry: number;
  } | null;
}

const MAGIC = 0x1badb002;
/** The header lies within the first so many bytes, on a multiple of 4. */
const SEARCH_BYTES = 8192;
export const FLAG_VIDEO_MODE = 1 << 2;
const FLAG_ADDRESSES = 1 << 16;
/** Bits 0 to 15 are demands; these are met. */
const KNOWN_DEMANDS = 0b111;

/** Null when there is none; a string when it is damaged or demands too much. */
export function findMultibootHeader(bytes: Uint8Array): MultibootHeader | string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const limit = Math.min(bytes.length, SEARCH_BYTES);
  for (let offset = 0; offset + 12 <= limit; offset += 4) {
    if (view.getUint32(offset, true) !== MAGIC) continue;
    const flags = view.getUint32(offset + 4, true);
    if (((MAGIC + flags + view.getUint32(offset + 8, true)) & 0xffff_ffff) !== 0) continue;
    return readHeader(view, offset, flags);
  }
  return null;
}

function readHeader(view: DataView, offset: number, flags: number): MultibootHeader | string {
  const unknown = flags & 0xffff & ~KNOWN_DEMANDS;
  if (unknown !== 0)
    return `The multiboot header demands a feature that is unknown (flags 0x${unknown.toString(16)}). Clear those flags in the kernel's header.`;
  if ((flags & FLAG_ADDRESSES) === 0) return { offset, flags, addresses: null };
  if (offset + 32 > view.byteLength)
    return `The multiboot header at byte ${offset} is cut off: its address fields lie behind the end of the file.`;
  const field = (index: number): number => view.getUint32(offset + 12 + index * 4, true);
  return {
    offset,
    flags,
    addresses: { header: field(0), load: field(1), loadEnd: field(2), bssEnd: field(3), entry: field(4) },
  };
}
