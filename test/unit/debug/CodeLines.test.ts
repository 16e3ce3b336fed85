import { describe, expect, test } from 'vitest';
import { linesBefore, linesFrom, type CodeWindow } from '../../../src-main/debug/CodeLines.ts';

/** mov eax, 0x11223344; xor ecx, ecx; L: add eax, [ebx+ecx*4+0x1000]; inc ecx; cmp ecx, 0x10; jnz L; hlt */
const program = Uint8Array.from([
  0xb8, 0x44, 0x33, 0x22, 0x11, 0x31, 0xc9, 0x03, 0x84, 0x8b, 0x00, 0x10, 0x00, 0x00, 0x41, 0x83, 0xf9, 0x10, 0x75,
  0xf3, 0xf4,
]);
const starts = [0, 5, 7, 14, 15, 18, 20];
const window: CodeWindow = { linearAddress: 0x1000, bytes: program, codeSize: 32 };

const addresses = (lines: { linearAddress: number }[]): number[] => lines.map(({ linearAddress }) => linearAddress);

describe('reading code forwards', () => {
  test('finds each instruction', () => {
    expect(addresses(linesFrom(window, 0x1000, 99))).toEqual(starts.map((start) => 0x1000 + start));
  });

  test('ends before an instruction that is cut off', () => {
    expect(linesFrom({ ...window, bytes: program.subarray(0, 4) }, 0x1000, 9)).toEqual([]);
  });

  test('shows bytes that are no instruction one by one', () => {
    // MOV Eb, Ib has no /1.
    const lines = linesFrom({ ...window, bytes: Uint8Array.of(0xc6, 0x48, 0x90) }, 0x1000, 9);
    expect(lines.map(({ instruction }) => instruction?.encoding.mnemonic ?? null)).toEqual([null, 'dec', 'nop']);
  });
});

describe('reading code backwards', () => {
  test.each(starts.slice(1))('from offset %i finds the instructions that ran before', (offset) => {
    const code = new Uint8Array(program.length * 5);
    for (let copy = 0; copy < 5; copy++) code.set(program, copy * program.length);
    const place = 0x1000 + program.length * 4;
    const before = starts.filter((start) => start < offset).map((start) => place + start);
    const lines = linesBefore({ ...window, bytes: code }, place + offset, before.length);
    expect(addresses(lines)).toEqual(before);
  });

  test('a known start outweighs what the bytes suggest', () => {
    const anchors = new Set([0x1000 + 8]);
    const lines = linesBefore(window, 0x1000 + 14, 1, anchors);
    expect(lines.every(({ linearAddress }) => linearAddress >= 0x1008)).toBe(true);
  });

  test('never runs into the address it ends at', () => {
    for (let end = 1; end <= program.length; end++) {
      const lines = linesBefore(window, 0x1000 + end, 50);
      const last = lines.at(-1);
      expect((last?.linearAddress ?? 0) + (last?.bytes.length ?? 0)).toBe(0x1000 + end);
    }
  });
});
