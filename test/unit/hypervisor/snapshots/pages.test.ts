import { describe, expect, test } from 'vitest';
import { packedRuns, packPages, unpackPages } from '../../../../src-main/hypervisor/snapshots/PackedSnapshot.ts';
import { PAGE_BYTES, restorePages, runsOf } from '../../../../src-main/hypervisor/snapshots/pages.ts';
import { Random } from '../../../support/engine/Random.ts';

const PAGES = 300;

/** A memory with pages of a few kinds, so that some of two memories are the same. */
function madeUpMemory(random: Random): Uint8Array {
  const memory = new Uint8Array(PAGES * PAGE_BYTES);
  for (let page = 0; page < PAGES;) {
    const [length, kind] = [1 + random.below(100), random.below(3)];
    memory.fill(kind, page * PAGE_BYTES, (page + length) * PAGE_BYTES);
    page += length;
  }
  return memory;
}

const pageOf = (memory: Uint8Array, page: number): Uint8Array =>
  memory.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);

describe.each(['packed', 'each page alone'])('a memory of which pages are restored, %s', (form) => {
  const runs = (memory: Uint8Array) => {
    const packed = packPages(memory);
    return form === 'packed' ? packedRuns(packed) : runsOf(unpackPages(packed));
  };

  test('holds them, and zeros elsewhere; of each page that is changed, and of no other, is told before', () => {
    const random = new Random(20_261);
    for (let round = 0; round < 20; round++) {
      const [memory, wanted] = [madeUpMemory(random), madeUpMemory(random)];
      const differing = [...Array(PAGES).keys()].filter(
        (page) => Buffer.compare(pageOf(memory, page), pageOf(wanted, page)) !== 0,
      );
      const told: number[] = [];
      restorePages(memory, runs(wanted), (page) => {
        expect(Buffer.compare(pageOf(memory, page), pageOf(wanted, page))).not.toBe(0);
        told.push(page);
      });
      expect(Buffer.compare(memory, wanted)).toBe(0);
      expect(told).toEqual(differing);
    }
  });

  test('holds them too where nobody wants to be told', () => {
    const random = new Random(7);
    const [memory, wanted] = [madeUpMemory(random), madeUpMemory(random)];
    restorePages(memory, runs(wanted), undefined);
    expect(Buffer.compare(memory, wanted)).toBe(0);
  });

  test('is left as it is by pages that it does not have', () => {
    const large = new Uint8Array(4 * PAGE_BYTES).fill(1);
    const memory = new Uint8Array(3 * PAGE_BYTES).fill(2);
    expect(() => restorePages(memory, runs(large), undefined)).toThrow('has a page 3, this machine');
    expect(memory.every((byte) => byte === 2)).toBe(true);
  });
});
