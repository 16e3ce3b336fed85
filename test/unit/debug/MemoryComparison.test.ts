import { describe, expect, test } from 'vitest';
import { compareMemory, type Differences } from '../../../src-main/debug/MemoryComparison.ts';

const MIB = 0x10_0000;

function differing(...addresses: number[]): Promise<Differences | null> {
  const [left, right] = [new Uint8Array(MIB), new Uint8Array(MIB)];
  for (const address of addresses) right[address] = 1;
  return compare(left, right);
}

function compare(left: Uint8Array, right: Uint8Array, most = 100): Promise<Differences | null> {
  return compareMemory(
    { byteLength: left.length, read: (address, length) => left.slice(address, address + length) },
    { byteLength: right.length, read: async (address, length) => right.slice(address, address + length) },
    most,
    () => Promise.resolve(true),
  );
}

describe('two memories compared', () => {
  test('have no differences where they are the same', async () => {
    expect(await differing()).toEqual({
      ranges: [],
      rangeCount: 0,
      byteCount: 0,
      comparedBytes: MIB,
      isCut: false,
    });
  });

  test('differ in ranges; bytes close together are one, over the borders of pages and slices too', async () => {
    expect(await differing(0x100, 0x103, 0x10b, 0x200, 0xfff, 0x1000, 0x3_ffff, 0x4_0001, MIB - 1)).toEqual({
      ranges: [
        { address: 0x100, byteLength: 12 },
        { address: 0x200, byteLength: 1 },
        { address: 0xfff, byteLength: 2 },
        { address: 0x3_ffff, byteLength: 3 },
        { address: MIB - 1, byteLength: 1 },
      ],
      rangeCount: 5,
      byteCount: 9,
      comparedBytes: MIB,
      isCut: false,
    });
  });

  test('tell the first ranges, and count all', async () => {
    const right = new Uint8Array(MIB);
    for (let at = 0; at < 500; at++) right[at * 64] = 7;
    const found = await compare(new Uint8Array(MIB), right, 3);
    expect(found?.ranges.map(({ address }) => address)).toEqual([0, 64, 128]);
    expect([found?.rangeCount, found?.byteCount]).toEqual([500, 500]);
  });

  test.each([
    [MIB, MIB / 2],
    [MIB / 2, MIB],
  ])('are compared as far as both reach, which is told: %d and %d bytes', async (left, right) => {
    const found = await compare(new Uint8Array(left).fill(1), new Uint8Array(right).fill(1));
    expect(found).toMatchObject({ byteCount: 0, comparedBytes: MIB / 2, isCut: true });
  });

  test('are not read where a page is known to be the same', async () => {
    const left = new Uint8Array(2 * 4096).fill(5);
    const asked: number[] = [];
    const found = await compareMemory(
      { byteLength: left.length, read: (address, length) => left.slice(address, address + length) },
      {
        byteLength: left.length,
        isPage: (address) => address === 0,
        read: async (address, length) => {
          asked.push(address);
          return left.slice(address, address + length);
        },
      },
      10,
      () => Promise.resolve(true),
    );
    expect([asked, found?.byteCount]).toEqual([[4096], 0]);
  });
});

test('a comparison that is given up comes to nothing', async () => {
  const memory = new Uint8Array(MIB);
  const found = await compareMemory(
    { byteLength: MIB, read: (address, length) => memory.slice(address, address + length) },
    { byteLength: MIB, read: async (address, length) => memory.slice(address, address + length) },
    10,
    () => Promise.resolve(false),
  );
  expect(found).toBeNull();
});
