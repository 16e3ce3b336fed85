import { inflateSync } from 'node:zlib';

const HEADER_BYTES = 52;
const SECTION_HEADER_BYTES = 40;
const SHT_NOBITS = 8;
const SHF_COMPRESSED = 0x800;
const COMPRESSION_HEADER_BYTES = 12;
const ELFCOMPRESS_ZLIB = 1;
/** What a compressed section may become: a damaged file shall not fill memory. */
const MOST_SECTION_BYTES = 256 * 2 ** 20;
const LONGEST_NAME = 64;

/**
 * The sections of these names in a 32-bit little-endian ELF file (System V ABI, chapter 4), the first of each, inflated
 * where they are compressed. What is damaged is left out: debug information is never a reason to refuse a program.
 */
export function elfSections(bytes: Uint8Array, wanted: ReadonlySet<string>): ReadonlyMap<string, Uint8Array> {
  const sections = new Map<string, Uint8Array>();
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0x7f || bytes[4] !== 1 || bytes[5] !== 1) return sections;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [table, entryBytes, count, namesIndex] = [
    view.getUint32(32, true),
    view.getUint16(46, true),
    view.getUint16(48, true),
    view.getUint16(50, true),
  ];
  if (entryBytes < SECTION_HEADER_BYTES || table + entryBytes * count > bytes.length) return sections;
  const contentAt = (index: number): Uint8Array | undefined => {
    const at = table + index * entryBytes;
    const [type, flags, offset, size] = [4, 8, 16, 20].map((field) => view.getUint32(at + field, true));
    if (type === undefined || flags === undefined || offset === undefined || size === undefined) return undefined;
    if (type === SHT_NOBITS || offset + size > bytes.length) return undefined;
    const raw = bytes.subarray(offset, offset + size);
    return (flags & SHF_COMPRESSED) === 0 ? raw : inflated(raw);
  };
  const names = namesIndex < count ? contentAt(namesIndex) : undefined;
  if (names === undefined) return sections;
  const left = new Set(wanted);
  for (let index = 1; index < count && left.size > 0; index++) {
    const start = view.getUint32(table + index * entryBytes, true);
    const [name = ''] = new TextDecoder().decode(names.subarray(start, start + LONGEST_NAME)).split('\0');
    // Nothing is inflated twice, nor what nobody asked for: small files may hold much.
    const content = left.delete(name) ? contentAt(index) : undefined;
    if (content) sections.set(name, content);
  }
  return sections;
}

function inflated(section: Uint8Array): Uint8Array | undefined {
  if (section.length < COMPRESSION_HEADER_BYTES) return undefined;
  const type = new DataView(section.buffer, section.byteOffset).getUint32(0, true);
  if (type !== ELFCOMPRESS_ZLIB) return undefined;
  try {
    return inflateSync(section.subarray(COMPRESSION_HEADER_BYTES), { maxOutputLength: MOST_SECTION_BYTES });
  } catch {
    return undefined;
  }
}
