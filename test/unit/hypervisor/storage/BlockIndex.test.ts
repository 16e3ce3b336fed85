import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { BlockIndex, readHashes, writeHash } from '../../../../src-main/hypervisor/storage/BlockIndex.ts';

const hashOf = (content: string): string => createHash('sha256').update(content).digest('binary');

test('places are found again however many there are', () => {
  const index = new BlockIndex();
  for (let block = 0; block < 5000; block++) index.add(hashOf(`${block}`), block % 7, block);
  for (let block = 0; block < 5000; block++) expect(index.get(hashOf(`${block}`))).toEqual({ pack: block % 7, block });
  expect(index.get(hashOf('5000'))).toBeUndefined();
});

test('hashes that begin alike are told apart', () => {
  const index = new BlockIndex();
  const alike = Array.from({ length: 50 }, (_, at) => `\0\0\0\0${'x'.repeat(27)}${String.fromCharCode(at)}`);
  alike.forEach((hash, block) => index.add(hash, 0, block));
  alike.forEach((hash, block) => expect(index.get(hash)).toEqual({ pack: 0, block }));
});

test('the first place of a block stays', () => {
  const index = new BlockIndex();
  index.add(hashOf('a'), 1, 2);
  index.add(hashOf('a'), 3, 4);
  expect(index.get(hashOf('a'))).toEqual({ pack: 1, block: 2 });
});

test('hashes are read as they were written', () => {
  const hashes = [hashOf('a'), hashOf('b')];
  const bytes = new Uint8Array(64);
  hashes.forEach((hash, at) => writeHash(bytes, at * 32, hash));
  expect(readHashes(bytes)).toEqual(hashes);
});
