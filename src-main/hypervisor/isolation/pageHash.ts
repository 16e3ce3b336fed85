import type { LoadedPages } from '../threads/ThreadMachine.ts';

export const PAGE_BYTES = 4096;
const PAGE_WORDS = PAGE_BYTES / 4;
/** Firmware and tables lie here; every page is hashed after a load. */
const LOW_MEMORY_BYTES = 0x10_0000;

const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;

/**
 * 32-bit hash of one page, after xxHash32's rounds: four independent lanes. Not meant against an adversary
 * who can choose what a broken wall lets through: it shows that nothing got through.
 */
export function hashPage(words: Uint32Array, first: number): number {
  let a = PRIME_1 | 0;
  let b = PRIME_2 | 0;
  let c = 0;
  let d = -PRIME_1 | 0;
  for (let at = first; at < first + PAGE_WORDS; at += 4) {
    // Inside the page by the loop's bound; `?? 0` costs nothing once compiled.
    a = Math.imul(rotate(a + Math.imul(words[at] ?? 0, PRIME_2), 13), PRIME_1);
    b = Math.imul(rotate(b + Math.imul(words[at + 1] ?? 0, PRIME_2), 13), PRIME_1);
    c = Math.imul(rotate(c + Math.imul(words[at + 2] ?? 0, PRIME_2), 13), PRIME_1);
    d = Math.imul(rotate(d + Math.imul(words[at + 3] ?? 0, PRIME_2), 13), PRIME_1);
  }
  return combine(combine(combine(a, b), c), d) >>> 0;
}

export function combine(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value ^ (value >>> 15), PRIME_2);
  return Math.imul(rotate(mixed, 11), PRIME_1) ^ (mixed >>> 13);
}

export function hashText(text: string): number {
  let hash = PRIME_1 | 0;
  for (let at = 0; at < text.length; at++) hash = combine(hash, text.charCodeAt(at));
  return hash;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

export const ZERO_PAGE_HASH = hashPage(new Uint32Array(PAGE_WORDS), 0);

/** Hashes the pages that a load has filled: low memory, and those of the program's segments. */
export function hashLoadedPages(
  ram: Uint8Array,
  segments: readonly {
    readonly physicalAddress: number;
    readonly bytes: Uint8Array;
    readonly zeroedTo?: number;
  }[],
): LoadedPages {
  const pages = new Set<number>();
  const addRange = (from: number, to: number): void => {
    for (let page = Math.floor(from / PAGE_BYTES); page * PAGE_BYTES < Math.min(to, ram.length); page++)
      pages.add(page);
  };
  addRange(0, LOW_MEMORY_BYTES);
  for (const { physicalAddress, bytes } of segments) addRange(physicalAddress, physicalAddress + bytes.length);
  return hashFilledPages(ram, Uint32Array.from(pages).sort());
}

/** Hashes those of the pages, ascending, that are not zero; every other page of the memory is to be. */
export function hashFilledPages(ram: Uint8Array, sorted: Uint32Array): LoadedPages {
  const words = new Uint32Array(ram.buffer, ram.byteOffset, ram.length / 4);
  const hashes = sorted.map((page) => hashPage(words, page * PAGE_WORDS));
  const isFilled = (index: number): boolean => hashes[index] !== ZERO_PAGE_HASH;
  return {
    pages: sorted.filter((_, index) => isFilled(index)),
    hashes: hashes.filter((hash) => hash !== ZERO_PAGE_HASH),
  };
}
