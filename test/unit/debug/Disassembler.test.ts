import { describe, expect, test } from 'vitest';
import { disassembleAround } from '../../../src-main/debug/Disassembler.ts';
import type { MemoryAccess } from '../../../src-main/debug/LinearMemory.ts';

function memoryOf(bytes: readonly number[], at: number, pages?: ReadonlyMap<number, number>): MemoryAccess {
  const ram = new Uint8Array(0x1_0000);
  ram.set(bytes, at);
  return {
    readPhysical: (address, length) =>
      ram.subarray(Math.min(address, ram.length), Math.min(address + length, ram.length)),
    translate: async (linear) => {
      if (!pages) return linear;
      const page = pages.get(linear >>> 12);
      return page === undefined ? null : (page << 12) | (linear & 0xfff);
    },
    isPaging: pages !== undefined,
  };
}

describe('disassembling around an address', () => {
  test('shows the instruction, its bytes and where it leads', async () => {
    // 0x7c00: jmp short 0x7c02+5
    const [line] = await disassembleAround(
      memoryOf([0xeb, 0x05], 0x7c00),
      { linearAddress: 0x7c00, codeSize: 16, codeBase: 0 },
      { before: 0, after: 0 },
    );
    expect(line).toMatchObject({ mnemonic: 'jmp', target: 0x7c07, bytes: Uint8Array.of(0xeb, 0x05) });
  });

  test('targets wrap inside a 64 KiB code segment', async () => {
    const [line] = await disassembleAround(
      memoryOf([0xeb, 0xf0], 0x2000),
      { linearAddress: 0x2000, codeSize: 16, codeBase: 0x2000 },
      { before: 0, after: 0 },
    );
    expect(line?.target).toBe(0x2000 + 0xfff2);
  });

  test('marks what the engine must intercept', async () => {
    const lines = await disassembleAround(
      memoryOf([0xf4, 0x40], 0x100),
      { linearAddress: 0x100, codeSize: 16, codeBase: 0 },
      { before: 0, after: 1 },
    );
    expect(lines.map(({ sensitive }) => sensitive)).toEqual([true, false]);
  });

  test('names what the program knows', async () => {
    const knowledge = {
      label: (address: number) => (address === 0x107 ? 'done' : undefined),
      source: (address: number) => (address === 0x100 ? { file: 'a.asm', line: 3, text: 'jmp done' } : undefined),
      starts: new Set<number>(),
    };
    const [line] = await disassembleAround(
      memoryOf([0xeb, 0x05], 0x100),
      { linearAddress: 0x100, codeSize: 16, codeBase: 0 },
      { before: 0, after: 0 },
      knowledge,
    );
    expect(line?.operands).toContain('done');
    expect(line?.source?.line).toBe(3);
  });

  test('reads through page tables and stops at what is not mapped', async () => {
    const pages = new Map([[0x400, 2]]);
    const lines = await disassembleAround(
      memoryOf([0x90, 0x90, 0x90], 0x2ffd, pages),
      { linearAddress: 0x400ffd, codeSize: 32, codeBase: 0 },
      { before: 0, after: 9 },
    );
    expect(lines).toHaveLength(3);
  });

  test('an address that is not mapped has no lines', async () => {
    const lines = await disassembleAround(
      memoryOf([], 0, new Map()),
      { linearAddress: 0x1000, codeSize: 32, codeBase: 0 },
      { before: 4, after: 4 },
    );
    expect(lines).toEqual([]);
  });
});
