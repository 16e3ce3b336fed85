import type { FlatProtectedEntry, InitialRegisters, ProgramSegment } from './ProgramImage.ts';
import { hex, sizeText } from './Refusal.ts';

/**
 * Video memory, above conventional memory. The adapters' and the firmware's room behind it is RAM as long as
 * neither is there, and linkers put an ELF file's header page right below 1 MiB.
 */
const HOLE_START = 0xa0000;
const HOLE_END = 0xc0000;

export const PAGE_BYTES = 0x1000;

const endOf = ({ physicalAddress, bytes, zeroedTo }: ProgramSegment): number =>
  Math.max(physicalAddress + bytes.length, zeroedTo ?? 0);

/** In ascending order; or why they cannot be placed in RAM of this size. */
export function place(segments: readonly ProgramSegment[], memoryBytes: number): readonly ProgramSegment[] | string {
  const sorted = segments
    .filter((segment) => endOf(segment) > segment.physicalAddress)
    .sort((a, b) => a.physicalAddress - b.physicalAddress);
  let previousEnd = 0;
  for (const segment of sorted) {
    const start = segment.physicalAddress;
    const end = endOf(segment);
    const range = `${hex(start)} to ${hex(end - 1)}`;
    if (end > memoryBytes) {
      const needed = Math.ceil(end / (1 << 20));
      return `The program needs memory at ${range}, but the machine has only ${sizeText(memoryBytes)}. ${needed <= 2048 ? `Give the machine ${needed} MiB or more.` : 'No machine has so much; correct the address.'}`;
    }
    if (start < HOLE_END && end > HOLE_START) {
      return `The program wants to lie at ${range}, where video memory is (${hex(HOLE_START)} to ${hex(HOLE_END - 1)}). Place it below or above.`;
    }
    if (start < previousEnd)
      return `Two parts of the program overlap at ${hex(start)}. The file is damaged or was linked wrongly.`;
    previousEnd = end;
  }
  return sorted;
}

/** The lowest of the addresses at which so many bytes are free, or null. */
export function freeAddress(
  segments: readonly ProgramSegment[],
  length: number,
  candidates: readonly number[],
): number | null {
  for (const address of candidates) {
    if (segments.every((segment) => endOf(segment) <= address || segment.physicalAddress >= address + length))
      return address;
  }
  return null;
}

export const CODE_SELECTOR = 0x08;
export const DATA_SELECTOR = 0x10;

/** Null, flat 32-bit code, flat 32-bit data (SDM vol. 3A, 3.4.5). */
const FLAT_GDT = Uint8Array.of(
  0, 0, 0, 0, 0, 0, 0, 0,
  0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0,
  0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0,
); // prettier-ignore

/** Where the descriptor table goes, in order of preference. */
const GDT_ADDRESSES = [0x800, 0x6000, 0x9f000];

/** Flat protected mode at `eip`, and the segment that holds its descriptor table. */
export function flatEntry(
  segments: readonly ProgramSegment[],
  eip: number,
  registers: InitialRegisters,
): { entry: FlatProtectedEntry; segments: readonly ProgramSegment[] } {
  const address = freeAddress(segments, FLAT_GDT.length, GDT_ADDRESSES);
  const entry: FlatProtectedEntry = {
    mode: 'protected32',
    eip,
    codeSelector: CODE_SELECTOR,
    dataSelector: DATA_SELECTOR,
    registers,
  };
  if (address === null) return { entry, segments };
  const table: ProgramSegment = { physicalAddress: address, bytes: FLAT_GDT };
  return {
    entry: { ...entry, gdt: { physicalAddress: address, limit: FLAT_GDT.length - 1 } },
    segments: [...segments, table].sort((a, b) => a.physicalAddress - b.physicalAddress),
  };
}

/** Pages of conventional memory above the IVT, the BIOS data and the descriptor table. */
export function lowPages(): number[] {
  const pages: number[] = [];
  for (let address = PAGE_BYTES; address < FLAT_STACK; address += PAGE_BYTES) pages.push(address);
  return pages;
}

/** Stack of programs that bring none: at the top of conventional memory, below the extended BIOS data area. */
export const FLAT_STACK = 0x9f000;
