import { readElf } from './ElfFile.ts';
import { flatEntry, FLAT_STACK, place } from './Placement.ts';
import type { LoadOptions, LoadResult, ProgramSegment } from './ProgramImage.ts';
import { hex, refuse, sizeText } from './Refusal.ts';

export function loadedBytes(segments: readonly ProgramSegment[]): number {
  return segments.reduce(
    (sum, { physicalAddress, bytes, zeroedTo }) => sum + Math.max(bytes.length, (zeroedTo ?? 0) - physicalAddress),
    0,
  );
}

/** A 32-bit executable, entered in flat protected mode. */
export function loadElf(bytes: Uint8Array, options: LoadOptions): LoadResult {
  if (bytes.length === 0) return refuse('The file is empty: there is nothing to run.');
  const elf = readElf(bytes);
  if (typeof elf === 'string') return refuse(elf);
  const segments = place(elf.segments, options.memoryBytes);
  if (typeof segments === 'string') return refuse(segments);
  const count = `${segments.length} segment${segments.length === 1 ? '' : 's'}`;
  const summary = `32-bit ELF, ${count}, ${sizeText(loadedBytes(segments))}, entry ${hex(elf.entry)}`;
  const image = { format: 'elf' as const, ...flatEntry(segments, elf.entry, { esp: FLAT_STACK }), summary };
  return { kind: 'loaded', image: elf.symbols.length > 0 ? { ...image, symbols: elf.symbols } : image, warnings: [] };
}
