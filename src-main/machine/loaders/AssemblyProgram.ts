import { assemble } from '../../engine/assembler/Assembler.ts';
import type { Assembly } from '../../engine/assembler/Assembly.ts';
import { decodeSource } from '../../engine/assembler/SourceText.ts';
import { BOOT_ADDRESS, bootEntry, hasBootSignature } from './BootSector.ts';
import { COM_SEGMENT, comEntry, MAX_COM_BYTES } from './ComProgram.ts';
import { realModeAt } from './FlatBinary.ts';
import { flatEntry, FLAT_STACK, place } from './Placement.ts';
import type {
  LoadOptions,
  LoadProblem,
  LoadResult,
  ProgramEntry,
  ProgramImage,
  ProgramSegment,
} from './ProgramImage.ts';
import { hex, refuse, sizeText } from './Refusal.ts';

const FLAT_ORIGIN = 0x100000;
/** Segment of 16-bit programs that name no origin: their first byte is at offset 0 of it. */
const PLAIN_SEGMENT = 0x1000;
const MAX_PROGRAM_BYTES = 16 * 1024 * 1024;

/** Where a program goes and how it starts; `base` is added to its symbols to make linear addresses. */
interface Arrangement {
  readonly segments: readonly ProgramSegment[];
  readonly entry: ProgramEntry;
  readonly base: number;
  readonly kind: string;
}

/**
 * Assembles NASM-syntax text. The source itself chooses mode and place:
 *
 * | source | started as |
 * |---|---|
 * | `bits 32`, `org X` (default 0x100000) | flat protected mode at X, or at the label `_start` if there is one |
 * | `bits 16` or none, `org 0x100` | DOS-style .com: segment 0x0100, PSP before it |
 * | `bits 16` or none, `org 0x7c00`; or no org and 55AA at byte 510 | boot sector: CS:IP 0:7C00, DL 0, whatever its length |
 * | `bits 16` or none, `org X` otherwise | real mode, CS 0, IP X |
 * | `bits 16` or none, no `org` or `org 0` | real mode, segment 0x1000, IP 0 |
 *
 * The code size is the one in force at the first byte. In real mode a program starts at its first byte.
 */
export function loadAssembly(bytes: Uint8Array, options: LoadOptions): LoadResult {
  if (bytes.length === 0) return refuse('The file is empty: there is nothing to assemble.');
  const fileName = options.fileName ?? 'program.asm';
  const assembly = assemble(decodeSource(bytes), {
    fileName,
    maxBytes: Math.min(MAX_PROGRAM_BYTES, options.memoryBytes),
    ...(options.readFile === undefined ? {} : { readFile: options.readFile }),
  });
  const problems = assembly.diagnostics;
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return refuseSource(errors, problems, fileName);
  if (assembly.bytes.length === 0)
    return refuse('The source assembles to nothing: it has no instruction and no data.', problems);
  const arranged = arrange(assembly, options.memoryBytes);
  if (typeof arranged === 'string') return refuse(arranged);
  return { kind: 'loaded', image: imageOf(assembly, arranged), warnings: problems };
}

function refuseSource(errors: readonly LoadProblem[], problems: readonly LoadProblem[], fileName: string): LoadResult {
  const [first] = errors as readonly [LoadProblem];
  const place = `${first.file ?? fileName}, line ${first.line ?? 1}, column ${first.column ?? 1}`;
  const more =
    errors.length === 1
      ? ''
      : ` There ${errors.length === 2 ? 'is 1 more error' : `are ${errors.length - 1} more errors`}.`;
  return refuse(`${place}: ${first.message}${more}`, problems);
}

function arrange(assembly: Assembly, memoryBytes: number): Arrangement | string {
  const { bytes, origin, bits, end } = assembly;
  const part = (address: number): ProgramSegment => {
    const zeroedTo = address + (end - origin);
    return zeroedTo > address + bytes.length
      ? { physicalAddress: address, bytes, zeroedTo }
      : { physicalAddress: address, bytes };
  };
  const finish = (
    segments: readonly ProgramSegment[],
    entry: ProgramEntry,
    base: number,
    kind: string,
  ): Arrangement | string => {
    const placed = place(segments, memoryBytes);
    return typeof placed === 'string' ? placed : { segments: placed, entry, base, kind };
  };
  if (bits === 32) {
    // Without `org` the labels count from 0: the program must have been written for any address.
    const address = assembly.hasOrigin ? origin : FLAT_ORIGIN;
    if (origin < 0 || origin > 0xffff_ffff)
      return `“org ${origin}” is no 32-bit address. Choose one inside the machine's memory.`;
    const segments = place([part(address)], memoryBytes);
    if (typeof segments === 'string') return segments;
    const start = assembly.symbols.find(({ name }) => name === '_start')?.value ?? origin;
    const { entry, segments: all } = flatEntry(segments, start - origin + address, { esp: FLAT_STACK });
    return { segments: all, entry, base: address - origin, kind: '32-bit program' };
  }
  if (origin < 0 || origin > 0xffff)
    return `“org ${hex(origin)}” is beyond the 64 KiB that a real-mode program without segments reaches. Use a lower origin, or “bits 32”.`;
  if (origin + bytes.length > 0x10000)
    return `The 16-bit program ends at ${hex(origin + bytes.length)}, beyond its 64 KiB segment. Shorten it, or use “bits 32”.`;
  if (origin === 0x100) {
    if (bytes.length > MAX_COM_BYTES)
      return `The program has ${bytes.length} bytes; with “org 0x100” it is a .com program, which has ${MAX_COM_BYTES} at most.`;
    const com = comEntry(bytes);
    const base = COM_SEGMENT * 16;
    return finish(com.segments, com.entry, base, '.com program');
  }
  if (origin === BOOT_ADDRESS || (!assembly.hasOrigin && hasBootSignature(bytes))) {
    const base = assembly.hasOrigin ? 0 : BOOT_ADDRESS;
    return finish(
      [part(BOOT_ADDRESS)],
      bootEntry(0x00),
      base,
      hasBootSignature(bytes) ? 'boot sector' : 'program at 0:7C00',
    );
  }
  if (origin === 0) {
    const base = PLAIN_SEGMENT * 16;
    const entry: ProgramEntry = { ...realModeAt(base), ss: PLAIN_SEGMENT, registers: { esp: 0xfffe } };
    return finish([part(base)], entry, base, '16-bit program');
  }
  const stack = origin >= BOOT_ADDRESS ? BOOT_ADDRESS : 0xfffe;
  return finish([part(origin)], { ...realModeAt(origin), registers: { esp: stack } }, 0, '16-bit program');
}

function imageOf(assembly: Assembly, { segments, entry, base, kind }: Arrangement): ProgramImage {
  const symbols = assembly.symbols
    .filter(({ kind: what }) => what === 'label')
    .map(({ name, value }) => ({ name, address: base + value }));
  const listing = assembly.listing.map(({ address, ...line }) => ({ ...line, address: base + address }));
  const start = entry.mode === 'real16' ? `${hex4(entry.cs)}:${hex4(entry.eip)}` : hex(entry.eip);
  return {
    format: 'asm',
    segments,
    entry,
    symbols,
    listing,
    summary: `Assembled ${kind}, ${sizeText(assembly.bytes.length)}, starts at ${start}`,
  };
}

const hex4 = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');
