import { describe, expect, test } from 'vitest';
import { searchMemory, type MemorySearch } from '../../../src-main/debug/MemorySearch.ts';

const MIB = 0x10_0000;

function ramOf(byteLength: number, content: Readonly<Record<number, string>>): Uint8Array {
  const ram = new Uint8Array(byteLength);
  for (const [address, text] of Object.entries(content)) ram.set(Buffer.from(text), Number(address));
  return ram;
}

async function search(
  ram: Uint8Array,
  text: string,
  from: number,
  direction: MemorySearch['direction'] = 'forward',
): Promise<number | null> {
  const memory = {
    byteLength: ram.length,
    read: (address: number, length: number) => ram.slice(address, address + length),
  };
  return searchMemory(memory, { pattern: Buffer.from(text), from, direction }, () => Promise.resolve(true));
}

describe('a search of memory', () => {
  const ram = ramOf(MIB, { 0x100: 'quartz', 0x3_fffd: 'quartz', 0xf_fffa: 'quartz' });

  test.each([
    { from: 0, forward: 0x100, backward: 0xf_fffa },
    { from: 0x100, forward: 0x100, backward: 0x100 },
    { from: 0x101, forward: 0x3_fffd, backward: 0x100 },
    // Across the border of two slices.
    { from: 0x3_fffe, forward: 0xf_fffa, backward: 0x3_fffd },
    { from: 0xf_fffb, forward: 0x100, backward: 0xf_fffa },
    // Far behind the end of memory.
    { from: 0x4000_0000, forward: 0x100, backward: 0xf_fffa },
  ])('finds the nearest from $from on, and goes round the end', async ({ from, forward, backward }) => {
    expect(await search(ram, 'quartz', from, 'forward')).toBe(forward);
    expect(await search(ram, 'quartz', from, 'backward')).toBe(backward);
  });

  test('finds what overlaps the place where it began', async () => {
    const once = ramOf(MIB, { 0x5000: 'quartz' });
    expect(await search(once, 'quartz', 0x5003)).toBe(0x5000);
    expect(await search(once, 'quartz', 0x4fff, 'backward')).toBe(0x5000);
  });

  test('says when there is nothing', async () => {
    expect(await search(ram, 'feldspar', 0x1234)).toBeNull();
    expect(await search(ram, 'feldspar', 0x1234, 'backward')).toBeNull();
    expect(await search(new Uint8Array(3), 'quartz', 0)).toBeNull();
  });

  test('does not take the end and the beginning for one', async () => {
    expect(await search(ramOf(MIB, { 0xf_fffd: 'qua', 0: 'rtz' }), 'quartz', 0)).toBeNull();
  });

  test('lets others run between slices, and can be given up', async () => {
    let breaths = 0;
    const memory = { byteLength: 64 * MIB, read: (_: number, length: number) => new Uint8Array(length) };
    const wanted = { pattern: Uint8Array.of(1), from: 0, direction: 'forward' } as const;
    const found = await searchMemory(memory, wanted, () => Promise.resolve(++breaths < 3));
    expect({ found, breaths }).toEqual({ found: null, breaths: 3 });
  });
});
