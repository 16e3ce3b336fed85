import { expect, test } from 'vitest';
import { numberedSectors, testMedium } from '../../../support/machine/testMedium.ts';

test('sectors are read and written where they lie', () => {
  const { medium, bytes } = testMedium(numberedSectors(8));
  const two = new Uint8Array(1024);
  expect(medium.read(3, two)).toBe(true);
  expect([two[0], two[512]]).toEqual([3, 4]);
  expect(medium.write(5, new Uint8Array(512).fill(0xaa))).toBe(true);
  expect([bytes[5 * 512 - 1], bytes[5 * 512], bytes[6 * 512 - 1], bytes[6 * 512]]).toEqual([0, 0xaa, 0xaa, 6]);
});

test.each([
  ['behind the end', 8, 512],
  ['across the end', 7, 1024],
  ['before the start', -1, 512],
])('sectors %s are refused', (_, sector, length) => {
  const { medium } = testMedium(numberedSectors(8));
  expect(medium.read(sector, new Uint8Array(length))).toBe(false);
  expect(medium.write(sector, new Uint8Array(length))).toBe(false);
});

test('what an image lacks of its last sector reads as zeros and cannot be written', () => {
  const { medium } = testMedium(new Uint8Array(700).fill(1), { sectorCount: 4 });
  const sector = new Uint8Array(512).fill(9);
  expect(medium.read(1, sector)).toBe(true);
  expect([sector[187], sector[188], sector[511]]).toEqual([1, 0, 0]);
  expect(medium.read(3, sector)).toBe(true);
  expect(medium.write(1, sector)).toBe(false);
  expect(medium.write(0, sector)).toBe(true);
});

test('a medium that is read-only refuses writes', () => {
  const { medium } = testMedium(numberedSectors(1), { isReadOnly: true });
  expect(medium.write(0, new Uint8Array(512))).toBe(false);
});

test('reads and writes are told, for a drive’s light; what is refused is none', () => {
  const { medium, accesses } = testMedium(numberedSectors(4));
  medium.read(0, new Uint8Array(512));
  medium.write(1, new Uint8Array(512));
  medium.read(9, new Uint8Array(512));
  medium.flush();
  expect(accesses).toEqual(['read', 'write']);
});

test('the user hears once what the host cannot do, and again after it worked in between', () => {
  const { medium, host, problems } = testMedium(numberedSectors(4));
  host.isFailing = true;
  expect(medium.read(0, new Uint8Array(512))).toBe(false);
  expect(medium.flush()).toBe(false);
  expect(problems).toHaveLength(1);
  host.isFailing = false;
  expect(medium.flush()).toBe(true);
  host.isFailing = true;
  expect(medium.write(0, new Uint8Array(512))).toBe(false);
  expect(problems).toHaveLength(3);
  expect(problems[0]).toContain('disk.img');
  expect(problems[1]).toBe('works again');
});
