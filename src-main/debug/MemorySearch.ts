import type { ReadableMemory } from './ReadableMemory.ts';

/** Looked through at one go: a millisecond at the worst, for patterns that nearly match everywhere. */
const SLICE_BYTES = 0x4_0000;

export interface MemorySearch {
  readonly pattern: Uint8Array;
  /** The first place to look at; a hit may begin there. */
  readonly from: number;
  readonly direction: 'forward' | 'backward';
}

/**
 * Looks for bytes in RAM, all round it once, and returns where they begin; null when they are nowhere. `breathe` is
 * called between two slices, so that a large memory holds nobody up; false from it gives the search up, as null.
 */
export async function searchMemory(
  memory: ReadableMemory,
  { pattern, from, direction }: MemorySearch,
  breathe: () => Promise<boolean>,
): Promise<number | null> {
  // A hit that begins at `end` or behind does not fit.
  const end = Math.max(0, memory.byteLength - pattern.length + 1);
  for (const [start, stop] of slicesOf(Math.min(from, end), end, direction)) {
    const read = memory.read(start, stop - start + pattern.length - 1);
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.length);
    const at = direction === 'forward' ? bytes.indexOf(pattern) : bytes.lastIndexOf(pattern);
    if (at >= 0) return start + at;
    if (!(await breathe())) return null;
  }
  return null;
}

/** Places where a hit may begin, as [start, stop) pairs, in the order of looking: from `from` on, then the others. */
function* slicesOf(from: number, end: number, direction: MemorySearch['direction']): Generator<[number, number]> {
  if (direction === 'forward') {
    yield* cut(from, end);
    yield* cut(0, from);
  } else {
    const above = Math.min(from + 1, end);
    yield* [...cut(0, above)].reverse();
    yield* [...cut(above, end)].reverse();
  }
}

function* cut(start: number, end: number): Generator<[number, number]> {
  for (let at = start; at < end; at += SLICE_BYTES) yield [at, Math.min(end, at + SLICE_BYTES)];
}
