import type { ProgramSegment, ProgramSymbol } from './ProgramImage.ts';
import { hex } from './Refusal.ts';

/** What the loaders need of a 32-bit ELF executable (System V ABI, chapters 4 and 5; Intel386 supplement). */
export interface ElfFile {
  readonly segments: readonly ProgramSegment[];
  /** Physical address of the first instruction. */
  readonly entry: number;
  readonly symbols: readonly ProgramSymbol[];
}

const HEADER_BYTES = 52;
const PROGRAM_HEADER_BYTES = 32;
const SECTION_HEADER_BYTES = 40;
const SYMBOL_BYTES = 16;
const PT_LOAD = 1,
  PT_DYNAMIC = 2,
  PT_INTERP = 3;
const SHT_SYMTAB = 2;
const STT_FUNC = 2,
  STT_NOTYPE = 0,
  STT_OBJECT = 1;
const MAX_SYMBOLS = 50_000;

const FILE_TYPES: Readonly<Record<number, string>> = {
  0: 'It has no file type. Link it again.',
  1: 'It is an object file (ET_REL) that has not been linked. Link it: “ld -m elf_i386 -N -Ttext 0x100000”.',
  3: 'It is a shared or position-independent file (ET_DYN). Link it for a fixed address: “-no-pie -static”.',
  4: 'It is a core dump, not a program.',
};

const MACHINES: Readonly<Record<number, string>> = {
  2: 'SPARC',
  8: 'MIPS',
  20: 'PowerPC',
  40: 'ARM',
  62: 'x86-64',
  183: 'AArch64',
  243: 'RISC-V',
};

export const hasElfMagic = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

/** The file, or what is wrong with it. */
export function readElf(bytes: Uint8Array): ElfFile | string {
  if (!hasElfMagic(bytes)) return 'This is no ELF file: it does not begin with 7F “ELF”.';
  const truncated = (what: string, end: number): string =>
    `The ELF file is cut off: its ${what} should reach to byte ${end}, but the file has ${bytes.length}. Copy or build it again.`;
  if (bytes.length < HEADER_BYTES) return truncated('header', HEADER_BYTES);
  const problem = checkHeader(bytes);
  if (problem !== null) return problem;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at: number): number => view.getUint16(at, true);
  const u32 = (at: number): number => view.getUint32(at, true);
  const tableOffset = u32(28);
  const entrySize = u16(42);
  const count = u16(44);
  if (count === 0)
    return 'The ELF file has no program headers, so nothing in it can be loaded. Link it as an executable.';
  if (entrySize < PROGRAM_HEADER_BYTES)
    return `The ELF file's program headers have ${entrySize} bytes each instead of ${PROGRAM_HEADER_BYTES}. The file is damaged.`;
  if (tableOffset + entrySize * count > bytes.length)
    return truncated('table of program headers', tableOffset + entrySize * count);

  const segments: ProgramSegment[] = [];
  const ranges: { virtual: number; physical: number; size: number }[] = [];
  for (let i = 0; i < count; i++) {
    const at = tableOffset + i * entrySize;
    const type = u32(at);
    if (type === PT_DYNAMIC || type === PT_INTERP)
      return 'The ELF program wants a dynamic linker, which belongs to an operating system. Link it statically: “-static -no-pie”.';
    if (type !== PT_LOAD) continue;
    const [offset, virtual, physical, fileSize, memorySize] = [
      u32(at + 4),
      u32(at + 8),
      u32(at + 12),
      u32(at + 16),
      u32(at + 20),
    ];
    if (memorySize === 0 && fileSize === 0) continue;
    if (fileSize > memorySize)
      return `Segment ${i} of the ELF file is larger in the file than in memory. The file is damaged.`;
    if (offset + fileSize > bytes.length) return truncated(`segment ${i}`, offset + fileSize);
    if (physical + memorySize > 0x1_0000_0000)
      return `Segment ${i} of the ELF file reaches beyond 4 GiB, to ${hex(physical + memorySize)}. Link it for lower addresses.`;
    const contents = bytes.slice(offset, offset + fileSize);
    segments.push(
      memorySize > fileSize
        ? { physicalAddress: physical, bytes: contents, zeroedTo: physical + memorySize }
        : { physicalAddress: physical, bytes: contents },
    );
    ranges.push({ virtual, physical, size: memorySize });
  }
  if (segments.length === 0) return 'The ELF file has no segment to load (no PT_LOAD). Link it as an executable.';
  const stated = u32(24);
  const entry = physicalEntry(stated, ranges);
  if (entry === null)
    return `The ELF file's entry point ${hex(stated)} lies outside of everything it loads. Link it with the right entry: “-e _start”.`;
  return { segments, entry, symbols: elfSymbols(bytes, MAX_SYMBOLS) };
}

function checkHeader(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [fileClass, order, version] = [bytes[4], bytes[5], bytes[6]];
  if (fileClass === 2)
    return 'This is a 64-bit ELF file; 32-bit ones can be loaded. Build it with “-m32”, and link with “-m elf_i386”.';
  if (fileClass !== 1) return `The ELF file states an unknown class, ${fileClass}. The file is damaged.`;
  if (order === 2) return 'This ELF file is big-endian, for another processor. Build it for the i386.';
  if (order !== 1) return `The ELF file states an unknown byte order, ${order}. The file is damaged.`;
  if (version !== 1 || view.getUint32(20, true) !== 1)
    return 'The ELF file states an unknown version. The file is damaged.';
  const machine = view.getUint16(18, true);
  if (machine !== 3 && machine !== 6) {
    return `This ELF file is for ${MACHINES[machine] ?? `another processor (number ${machine})`}, not for the i386. Build it for the i386: “-m32”.`;
  }
  const type = view.getUint16(16, true);
  if (type !== 2) return `This ELF file cannot be started. ${FILE_TYPES[type] ?? `Its type, ${type}, is unknown.`}`;
  const headerSize = view.getUint16(40, true);
  if (headerSize < HEADER_BYTES)
    return `The ELF header states a size of ${headerSize} bytes instead of ${HEADER_BYTES}. The file is damaged.`;
  return null;
}

/** Paging is off at the start, so that a program linked for high addresses starts where it is loaded. */
function physicalEntry(
  entry: number,
  ranges: readonly { virtual: number; physical: number; size: number }[],
): number | null {
  const inside = (start: number, size: number): boolean => entry >= start && entry < start + size;
  if (ranges.some(({ physical, size }) => inside(physical, size))) return entry;
  const range = ranges.find(({ virtual, size }) => inside(virtual, size));
  return range === undefined ? null : entry - range.virtual + range.physical;
}

/** Names for the debugger, of a 32-bit little-endian file; a damaged table only means that there are none. */
export function elfSymbols(bytes: Uint8Array, most: number): ProgramSymbol[] {
  if (bytes.length < HEADER_BYTES) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number): number => view.getUint32(at, true);
  const tableOffset = u32(32);
  const size = view.getUint16(46, true);
  const count = view.getUint16(48, true);
  const header = (index: number): number => tableOffset + index * size;
  if (tableOffset === 0 || size < SECTION_HEADER_BYTES || header(count) > bytes.length) return [];
  const symbols: ProgramSymbol[] = [];
  for (let i = 0; i < count; i++) {
    const at = header(i);
    const link = u32(at + 24);
    if (u32(at + 4) !== SHT_SYMTAB || link >= count) continue;
    const [offset, length] = [u32(at + 16), u32(at + 20)];
    const [names, namesLength] = [u32(header(link) + 16), u32(header(link) + 20)];
    if (offset + length > bytes.length || names + namesLength > bytes.length) continue;
    for (let s = offset; s + SYMBOL_BYTES <= offset + length && symbols.length < most; s += SYMBOL_BYTES) {
      const type = view.getUint8(s + 12) & 15;
      if (view.getUint16(s + 14, true) === 0 || ![STT_NOTYPE, STT_OBJECT, STT_FUNC].includes(type)) continue;
      const name = cString(bytes, names + u32(s), names + namesLength);
      if (name !== '') symbols.push({ name, address: u32(s + 4) });
    }
  }
  return symbols;
}

function cString(bytes: Uint8Array, from: number, limit: number): string {
  let text = '';
  for (let at = from; at < limit && bytes[at] !== 0 && text.length < 256; at++)
    text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
