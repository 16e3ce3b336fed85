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

/** Not to be written. */
export const ZERO_PAGE = new Uint8Array(PAGE_BYTES);

/**
 * Makes a memory hold these pages and zeros elsewhere; pages that do already are left alone.
 * Throws `SnapshotError` when there are more.
 * @param onChange told before a page is written
 */
export function restorePages(bytes: Uint8Array, pages: Pages, onChange: (page: number) => void): void {
  const count = Math.ceil(bytes.length / PAGE_BYTES);
  for (const page of pages.keys())
    if (page >= count) throw new SnapshotError(`the snapshot's memory has a page ${page}, this machine's ${count}`);
  for (let page = 0; page < count; page++) restorePage(bytes, page, pages.get(page), onChange);
}

/** The same for one page; undefined: zeros. */
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
