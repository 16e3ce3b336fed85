import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BLOCK_BYTES, BlockStore } from '../../../../src-main/hypervisor/storage/BlockStore.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium-blocks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** As much memory as 600 MiB, of which it keeps nothing but how often it was written. */
class CountedMemory extends Uint8Array {
  writes = 0;
  override set(bytes: ArrayLike<number>): void {
    this.writes += bytes.length / BLOCK_BYTES;
  }
}

test('a block that stands for each page of a large memory is read into all of them', async () => {
  const store = await BlockStore.open(folder);
  const hash = 'cc'.repeat(32);
  await store.add('sn-0000000000000000', new Map([[hash, new Uint8Array(BLOCK_BYTES).fill(0xcc)]]));
  const memory = new CountedMemory(0);
  await store.readInto(
    Array.from({ length: 150_000 }, () => hash),
    memory,
  );
  expect(memory.writes).toBe(150_000);
});
