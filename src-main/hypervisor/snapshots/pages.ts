import { SnapshotError } from '../../machine/snapshot.ts';

/** Pages of a memory that differ from zero, by their numbers. */
export type Pages = ReadonlyMap<number, Uint8Array>;

export const PAGE_BYTES = 4096;
const BLOCK_PAGES = 16;

/** Copies every page that is not zero. */
export function capturePages(bytes: Uint8Array): Map<number, Uint8Array> {
  const pages = new Map<number, Uint8Array>();
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  forEachPage(words, (page) => pages.set(page, bytes.slice(page * PAGE_BYTES, (page + 1) * PAGE_BYTES)));
  return pages;
}

/** Calls `visit` for every page of a memory that is not zero, in order. */
export function forEachPage(words: Int32Array, visit: (page: number) => void): void {
  const pageWords = PAGE_BYTES >> 2;
  for (let block = 0; block < words.length; block += BLOCK_PAGES * pageWords) {
    const end = Math.min(words.length, block + BLOCK_PAGES * pageWords);
    let at = firstNonZero(words, block, end);
    while (at < end) {
      const page = Math.floor(at / pageWords);
      visit(page);
      at = firstNonZero(words, (page + 1) * pageWords, end);
    }
  }
}

function firstNonZero(words: Int32Array, start: number, end: number): number {
  let at = start;
  while (at < end && words[at] === 0) at++;
  return at;
}

const CHUNK_BYTES = 64 * PAGE_BYTES;
const ZEROS = new Uint8Array(CHUNK_BYTES);
/** Not to be written. */
export const ZERO_PAGE = ZEROS.subarray(0, PAGE_BYTES);

/** Neighbouring pages from the first one's number on. */
export interface PageRun {
  readonly first: number;
  readonly bytes: Uint8Array;
}

/** Each page alone, in order. */
export function runsOf(pages: Pages): readonly PageRun[] {
  return [...pages].sort(([a], [b]) => a - b).map(([first, bytes]) => ({ first, bytes }));
}

/**
 * Makes a memory hold these pages and zeros elsewhere; pages that do already are left alone.
 * Throws `SnapshotError` when there are more, before anything has changed.
 * @param runs in order
 * @param onChange told before a page is written; undefined: nobody knows anything of the memory yet
 */
export function restorePages(
  memory: Uint8Array,
  runs: readonly PageRun[],
  onChange: ((page: number) => void) | undefined,
): void {
  const count = Math.ceil(memory.length / PAGE_BYTES);
  const outside = runs.find(({ first, bytes }) => first * PAGE_BYTES + bytes.length > count * PAGE_BYTES);
  if (outside) {
    const page = Math.max(outside.first, count);
    throw new SnapshotError(`the snapshot's memory has a page ${page}, this machine's ${count}`);
  }
  let at = 0;
  for (const { first, bytes } of runs) {
    clear(memory, at, first * PAGE_BYTES, onChange);
    at = first * PAGE_BYTES;
    for (let done = 0; done < bytes.length; done += CHUNK_BYTES)
      restoreChunk(memory, at + done, bytes.subarray(done, done + CHUNK_BYTES), onChange);
    at += bytes.length;
  }
  clear(memory, at, memory.length, onChange);
}

function clear(memory: Uint8Array, start: number, end: number, onChange: ((page: number) => void) | undefined): void {
  for (let at = start; at < end; at += CHUNK_BYTES)
    restoreChunk(memory, at, ZEROS.subarray(0, Math.min(CHUNK_BYTES, end - at)), onChange);
}

/** Many pages are compared at once: most are what they are to be, or all of them are others. */
function restoreChunk(
  memory: Uint8Array,
  at: number,
  wanted: Uint8Array,
  onChange: ((page: number) => void) | undefined,
): void {
  const target = memory.subarray(at, at + wanted.length);
  if (Buffer.compare(target, wanted) === 0) return;
  if (onChange === undefined) {
    target.set(wanted);
    return;
  }
  for (let offset = 0; offset < wanted.length; offset += PAGE_BYTES)
    restorePage(memory, (at + offset) / PAGE_BYTES, wanted.subarray(offset, offset + PAGE_BYTES), onChange);
}

/** Makes a memory hold one page; undefined: zeros. */
export function restorePage(
  bytes: Uint8Array,
  page: number,
  content: Uint8Array | undefined,
  onChange: (page: number) => void,
): void {
  const target = bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
  const wanted = content ?? ZERO_PAGE;
  if (Buffer.compare(target, wanted) === 0) return;
  onChange(page);
  target.set(wanted);
}
