import { hasElfMagic } from './ElfFile.ts';
import { memoryMap } from './MemoryMap.ts';

/**
 * The PVH entry of kernels in ELF form: 32-bit, flat, with EBX on a start information structure (Xen,
 * docs/misc/pvh.pandoc and public/arch-x86/hvm/start_info.h).
 */

const PT_NOTE = 4;
/** XEN_ELFNOTE_PHYS32_ENTRY, under the owner "Xen". */
const PHYS32_ENTRY = 18;
const OWNER = 'Xen\0';
const START_MAGIC = 0x336e_c578;
const START_BYTES = 56;
const MODULE_BYTES = 32;
const MAP_ENTRY_BYTES = 24;

/** Physical address of the kernel's PVH entry; undefined when it has none, or is no 32-bit ELF file. */
export function findPvhEntry(bytes: Uint8Array): number | undefined {
  if (!hasElfMagic(bytes) || bytes[4] !== 1 || bytes.length < 52) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [tableOffset, entrySize, count] = [
    view.getUint32(28, true),
    view.getUint16(42, true),
    view.getUint16(44, true),
  ];
  for (let at = tableOffset, i = 0; i < count && at + 32 <= bytes.length; i++, at += Math.max(32, entrySize)) {
    if (view.getUint32(at, true) !== PT_NOTE) continue;
    const [offset, size] = [view.getUint32(at + 4, true), view.getUint32(at + 16, true)];
    if (offset + size > bytes.length) continue;
    const entry = findNote(view, offset, offset + size);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** Name and description of a note each fill whole words. */
function findNote(view: DataView, from: number, end: number): number | undefined {
  const words = (length: number): number => Math.ceil(length / 4) * 4;
  for (let at = from; at + 12 <= end;) {
    const [nameBytes, descriptionBytes, type] = [0, 4, 8].map((field) => view.getUint32(at + field, true)) as [
      number,
      number,
      number,
    ];
    const description = at + 12 + words(nameBytes);
    if (description + descriptionBytes > end) return undefined;
    if (type === PHYS32_ENTRY && descriptionBytes >= 4 && isOwner(view, at + 12, nameBytes)) {
      return view.getUint32(description, true);
    }
    at = description + words(descriptionBytes);
  }
  return undefined;
}

function isOwner(view: DataView, at: number, length: number): boolean {
  return length === OWNER.length && [...OWNER].every((letter, i) => view.getUint8(at + i) === letter.charCodeAt(0));
}

export interface PvhStart {
  readonly memoryBytes: number;
  readonly commandLine: Uint8Array;
  readonly initrd: { readonly address: number; readonly byteLength: number } | undefined;
  readonly acpiRootPointer: number;
}

/** Bytes that `pvhStartInfo` will have. */
export function pvhStartInfoBytes({ memoryBytes, commandLine }: PvhStart): number {
  return START_BYTES + MODULE_BYTES + MAP_ENTRY_BYTES * memoryMap(memoryBytes).length + commandLine.length;
}

/** `hvm_start_info` of version 1 and what it refers to, for this physical address. */
export function pvhStartInfo(start: PvhStart, address: number): Uint8Array {
  const ranges = memoryMap(start.memoryBytes);
  const bytes = new Uint8Array(pvhStartInfoBytes(start));
  const view = new DataView(bytes.buffer);
  const moduleAt = START_BYTES;
  const mapAt = moduleAt + MODULE_BYTES;
  const commandLineAt = mapAt + MAP_ENTRY_BYTES * ranges.length;
  const put64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  view.setUint32(0, START_MAGIC, true);
  view.setUint32(4, 1, true);
  if (start.initrd) {
    view.setUint32(12, 1, true);
    put64(16, address + moduleAt);
    put64(moduleAt, start.initrd.address);
    put64(moduleAt + 8, start.initrd.byteLength);
  }
  put64(24, address + commandLineAt);
  put64(32, start.acpiRootPointer);
  put64(40, address + mapAt);
  view.setUint32(48, ranges.length, true);
  ranges.forEach(({ start: from, end, type }, i) => {
    put64(mapAt + MAP_ENTRY_BYTES * i, from);
    put64(mapAt + MAP_ENTRY_BYTES * i + 8, end - from);
    view.setUint32(mapAt + MAP_ENTRY_BYTES * i + 16, type, true);
  });
  bytes.set(start.commandLine, commandLineAt);
  return bytes;
}
