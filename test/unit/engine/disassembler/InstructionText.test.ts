import { describe, expect, test } from 'vitest';
import { decode } from '../../../../src-main/engine/decode/Decoder.ts';
import type { Instruction } from '../../../../src-main/engine/decode/Instruction.ts';
import {
  formatInstruction,
  instructionParts,
  type FormatOptions,
} from '../../../../src-main/engine/disassembler/InstructionText.ts';

function instructionAt(hex: string, codeSize: 16 | 32): Instruction {
  const bytes = Uint8Array.from(hex.split(' '), (byte) => parseInt(byte, 16));
  const result = decode(bytes, 0, bytes.length, codeSize);
  if (result.kind !== 'instruction') throw new Error(`${hex} decodes as ${result.kind}`);
  return result.instruction;
}

const text = (hex: string, codeSize: 16 | 32 = 32, options: FormatOptions = { address: 0x1000 }): string =>
  formatInstruction(instructionAt(hex, codeSize), options);

describe('operands', () => {
  test.each([
    ['89 44 b3 10', 'mov dword [ebx+esi*4+0x10], eax'],
    ['8a 65 fc', 'mov ah, byte [ebp-4]'],
    ['8b 04 85 00 00 10 c0', 'mov eax, dword [eax*4+0xc0100000]'],
    ['64 a1 10 00 00 00', 'mov eax, dword [fs:0x10]'],
    ['3e 8b 03', 'mov eax, dword [ds:ebx]'],
    ['67 8b 40 02', 'mov eax, dword [bx+si+2]'],
    ['67 a1 34 12', 'mov eax, dword [word 0x1234]'],
    ['8b 04 2d 00 00 00 00', 'mov eax, dword [nosplit ebp*1]'],
    ['8b 44 2d 00', 'mov eax, dword [ebp+ebp]'],
    ['8e d8', 'mov ds, ax'],
    ['0f 22 c0', 'mov cr0, eax'],
    ['0f 23 f8', 'mov dr7, eax'],
    ['8d 45 f8', 'lea eax, [ebp-8]'],
    ['0f 01 15 00 20 00 00', 'lgdt [0x2000]'],
    ['62 03', 'bound eax, [ebx]'],
    ['0f b7 03', 'movzx eax, word [ebx]'],
    ['0f c7 0b', 'cmpxchg8b qword [ebx]'],
    ['d1 e0', 'shl eax, 1'],
    ['d3 f8', 'sar eax, cl'],
    ['ec', 'in al, dx'],
    ['e7 80', 'out 0x80, eax'],
    ['c8 10 00 01', 'enter 0x10, 1'],
  ])('%s is %s', (hex, expected) => {
    expect(text(hex)).toBe(expected);
  });
});

describe('immediates', () => {
  test('show their sign where a byte is sign-extended, and are unsigned elsewhere', () => {
    expect(text('83 e4 f0')).toBe('and esp, -0x10');
    expect(text('81 e4 f0 ff ff ff')).toBe('and esp, 0xfffffff0');
    expect(text('3c ff')).toBe('cmp al, 0xff');
    expect(text('66 05 fe ff')).toBe('add ax, 0xfffe');
  });

  test('say their size where PUSH depends on it', () => {
    expect(text('6a ff')).toBe('push byte -1');
    expect(text('68 04 03 02 01')).toBe('push dword 0x1020304');
    expect(text('66 68 02 01')).toBe('push word 0x102');
    expect(text('66 6a 05')).toBe('o16 push byte 5');
  });
});

describe('branches', () => {
  test('show the address they lead to', () => {
    expect(text('eb fe')).toBe('jmp short 0x1000');
    expect(text('e9 00 01 00 00')).toBe('jmp near 0x1105');
    expect(text('74 02')).toBe('jz short 0x1004');
    expect(text('e8 fb ef ff ff')).toBe('call 0');
    expect(text('e2 fe')).toBe('loop 0x1000');
  });

  test('wrap within 64 KiB when their operand size is 16', () => {
    expect(text('e9 fd ef', 16)).toBe('jmp near 0');
    expect(text('e9 fc ef', 16)).toBe('jmp near 0xffff');
    expect(text('66 e8 00 00')).toBe('call word 0x1004');
  });

  test('show a name where there is one', () => {
    const symbols = (address: number): string | undefined => (address === 0x1105 ? 'main.loop' : undefined);
    expect(text('e9 00 01 00 00', 32, { address: 0x1000, symbols })).toBe('jmp near main.loop');
    expect(text('a1 05 11 00 00', 32, { address: 0x1000, symbols })).toBe('mov eax, dword [main.loop]');
  });

  test('say that they are far, and how', () => {
    expect(text('ea 78 56 34 12 08 00')).toBe('jmp 8:0x12345678');
    expect(text('66 ea 78 56 34 12 08 00', 16)).toBe('jmp dword 8:0x12345678');
    expect(text('ff 2b')).toBe('jmp far [ebx]');
    expect(text('66 ff 1b')).toBe('call word far [ebx]');
  });
});

describe('prefixes', () => {
  test.each([
    ['f0 01 03', 'lock add dword [ebx], eax'],
    ['f3 a5', 'rep movsd'],
    ['f3 a6', 'repe cmpsb'],
    ['f2 ae', 'repne scasb'],
    ['26 ac', 'es lodsb'],
    ['64 66 a5', 'fs movsw'],
    ['67 aa', 'a16 stosb'],
    ['67 e2 fd', 'a16 loop 0x1000'],
    ['67 e3 00', 'jcxz 0x1003'],
    ['66 c3', 'o16 ret'],
    ['66 06', 'o16 push es'],
    ['f3 c3', 'rep ret'],
    ['2e 74 00', 'cs jz short 0x1003'],
    ['66 40', 'inc ax'],
    ['66 98', 'cbw'],
    ['66 cf', 'iretw'],
    ['66 60', 'pushaw'],
  ])('%s is %s', (hex, expected) => {
    expect(text(hex)).toBe(expected);
  });
});

describe('x87', () => {
  test.each([
    ['d8 c1', 'fadd st0, st1'],
    ['dc 03', 'fadd qword [ebx]'],
    ['db 2b', 'fld tword [ebx]'],
    ['df e0', 'fnstsw ax'],
    ['d9 e8', 'fld1'],
    ['9b', 'wait'],
    ['66 dd 33', 'o16 fnsave [ebx]'],
  ])('%s is %s', (hex, expected) => {
    expect(text(hex)).toBe(expected);
  });
});

test('the parts tell registers, numbers and words apart', () => {
  const parts = instructionParts(instructionAt('f0 83 03 05', 32), { address: 0 });
  expect(parts.filter(({ kind }) => kind !== 'space' && kind !== 'punctuation')).toEqual([
    { kind: 'prefix', text: 'lock' },
    { kind: 'mnemonic', text: 'add' },
    { kind: 'keyword', text: 'dword' },
    { kind: 'register', text: 'ebx' },
    { kind: 'number', text: '5' },
  ]);
});
