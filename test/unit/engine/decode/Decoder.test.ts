import { describe, expect, test } from 'vitest';
import { decode, Decoder } from '../../../../src-main/engine/decode/Decoder.ts';
import type { CodeSize, DecodeResult, Instruction } from '../../../../src-main/engine/decode/Instruction.ts';
import { encodings } from '../../../../src-main/engine/isa/encodings.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.split(' '), (byte) => parseInt(byte, 16));

function decodeHex(
  hex: string,
  codeSize: CodeSize = 32,
  decoder: { decode: typeof decode } = { decode },
): DecodeResult {
  const bytes = bytesOf(hex);
  return decoder.decode(bytes, 0, bytes.length, codeSize);
}

function instructionAt(hex: string, codeSize: CodeSize = 32): Instruction {
  const result = decodeHex(hex, codeSize);
  if (result.kind !== 'instruction') throw new Error(`${hex} decodes as ${result.kind}`);
  return result.instruction;
}

const eax = { kind: 'register', file: 'general', index: 0, width: 32, highByte: false };
const memory = { kind: 'memory', segment: 3, base: -1, index: -1, scale: 0, displacement: 0, addressSize: 32 };

describe('prefixes', () => {
  test('may come in any order and be repeated', () => {
    for (const hex of ['66 67 f0 01 07', '67 66 66 f0 01 07', 'f0 f0 67 66 01 07']) {
      expect(instructionAt(hex)).toMatchObject({ operandSize: 16, addressSize: 16, lock: true });
    }
  });

  test('the last segment override wins', () => {
    expect(instructionAt('26 64 8b 00').operands[1]).toMatchObject({ segment: 4 });
    expect(instructionAt('64 26 8b 00').operands[1]).toMatchObject({ segment: 0 });
  });

  test('the last of F2 and F3 wins', () => {
    expect(instructionAt('f2 f3 a6').repeat).toBe('rep');
    expect(instructionAt('f3 f2 a6').repeat).toBe('repne');
  });

  test('F3 is part of the opcode of PAUSE, and is no repeat prefix there', () => {
    expect(instructionAt('f3 90')).toMatchObject({ encoding: { mnemonic: 'pause' }, repeat: 'none' });
    expect(instructionAt('f2 90')).toMatchObject({ encoding: { mnemonic: 'nop' }, repeat: 'repne' });
  });

  test('66 and 67 toggle the code size once, however often they are written', () => {
    expect(instructionAt('66 66 40', 16)).toMatchObject({ operandSize: 32, addressSize: 16 });
    expect(instructionAt('66 40', 32)).toMatchObject({ operandSize: 16, addressSize: 32 });
  });

  test('a prefix that means nothing to an instruction is ignored', () => {
    expect(instructionAt('f3 2e 40')).toMatchObject({ encoding: { mnemonic: 'inc' }, length: 3 });
  });
});

describe('LOCK', () => {
  test.each(['f0 01 00', 'f0 0f b1 08', 'f0 0f c7 08', 'f0 86 00', 'f0 0f ba 28 01', 'f0 ff 08'])(
    'is legal with a memory destination: %s',
    (hex) => {
      expect(instructionAt(hex).lock).toBe(true);
    },
  );

  test.each([
    ['f0 01 c0', 'a register destination'],
    ['f0 03 00', 'a memory source'],
    ['f0 39 00', 'CMP'],
    ['f0 0f ba 20 01', 'BT'],
    ['f0 8b 00', 'MOV'],
    ['f0 90', 'NOP'],
    ['f0 a4', 'MOVS'],
  ])('%s is undefined: %s', (hex) => {
    expect(decodeHex(hex).kind).toBe('undefined');
  });
});

describe('the 15-byte limit', () => {
  test('15 bytes are an instruction', () => {
    expect(instructionAt(`${'66 '.repeat(14)}90`).length).toBe(15);
  });

  test('16 bytes are too long, in prefixes or in the operands', () => {
    expect(decodeHex(`${'66 '.repeat(15)}90`).kind).toBe('too-long');
    expect(decodeHex(`${'2e '.repeat(10)}81 05 11 11 11 11 22 22 22 22`).kind).toBe('too-long');
  });

  test('bytes that end before the limit are truncated, since fetching the next may fault first', () => {
    expect(decodeHex('66 '.repeat(14).trim()).kind).toBe('truncated');
    expect(decodeHex('81 05 11 11 11 11 22 22 22').kind).toBe('truncated');
  });
});

describe('memory operands', () => {
  test.each([
    ['8b 00', { base: 0 }],
    ['8b 45 fc', { segment: 2, base: 5, displacement: -4 }],
    ['8b 05 f0 ff ff ff', { displacement: -16 }],
    ['8b 04 24', { segment: 2, base: 4 }],
    ['8b 04 64', { segment: 2, base: 4 }],
    ['8b 44 b3 10', { base: 3, index: 6, scale: 2, displacement: 0x10 }],
    ['8b 04 ed 00 00 10 00', { index: 5, scale: 3, displacement: 0x10_0000 }],
    ['8b 44 05 00', { segment: 2, base: 5, index: 0 }],
    ['8b 04 68', { base: 0, index: 5, scale: 1 }],
    ['36 8b 00', { segment: 2, base: 0 }],
    ['3e 8b 45 00', { segment: 3, base: 5 }],
    ['a1 44 33 22 11', { displacement: 0x1122_3344 }],
  ])('32-bit addressing: %s', (hex, expected) => {
    expect(instructionAt(hex).operands).toEqual([eax, { ...memory, width: 32, ...expected }]);
  });

  test.each([
    ['8b 00', { base: 3, index: 6 }],
    ['8b 01', { base: 3, index: 7 }],
    ['8b 02', { segment: 2, base: 5, index: 6 }],
    ['8b 03', { segment: 2, base: 5, index: 7 }],
    ['8b 04', { base: 6 }],
    ['8b 05', { base: 7 }],
    ['8b 06 fe ff', { displacement: -2 }],
    ['8b 46 80', { segment: 2, base: 5, displacement: -128 }],
    ['8b 87 34 12', { base: 3, displacement: 0x1234 }],
    ['a1 34 12', { displacement: 0x1234 }],
    ['67 8b 04 24', { segment: 2, base: 4, addressSize: 32 }],
  ])('16-bit addressing: %s', (hex, expected) => {
    expect(instructionAt(hex, 16).operands).toEqual([
      { ...eax, width: 16 },
      { ...memory, width: 16, addressSize: 16, ...expected },
    ]);
  });

  test('string instructions override the source segment alone', () => {
    expect(instructionAt('64 a5').operands).toEqual([
      { ...memory, width: 32, segment: 0, base: 7 },
      { ...memory, width: 32, segment: 4, base: 6 },
    ]);
  });

  test('far pointers are as wide as selector and offset', () => {
    expect(instructionAt('ff 28').operands[0]).toMatchObject({ width: 48 });
    expect(instructionAt('66 ff 28').operands[0]).toMatchObject({ width: 32 });
    expect(instructionAt('0f 01 10').operands[0]).toMatchObject({ width: 48 });
  });

  test('LEA and INVLPG access no data', () => {
    expect(instructionAt('8d 00').operands[1]).toMatchObject({ width: 0 });
    expect(instructionAt('0f 01 38').operands[0]).toMatchObject({ width: 0 });
  });
});

describe('other operands', () => {
  test('8-bit registers 4 to 7 are high bytes of the first four', () => {
    expect(instructionAt('88 e7').operands).toEqual([
      { ...eax, width: 8, index: 3, highByte: true },
      { ...eax, width: 8, index: 0, highByte: true },
    ]);
  });

  test('immediates are sign-extended from what is encoded', () => {
    expect(instructionAt('83 c0 ff').operands[1]).toEqual({ kind: 'immediate', width: 32, value: -1, high: -1 });
    expect(instructionAt('66 05 ff ff').operands[1]).toEqual({ kind: 'immediate', width: 16, value: -1, high: -1 });
    expect(instructionAt('05 ff ff ff 7f').operands[1]).toMatchObject({ width: 32, value: 0x7fff_ffff, high: 0 });
    expect(instructionAt('cd 80').operands[0]).toMatchObject({ width: 8, value: -128 });
  });

  test('ENTER has two immediates', () => {
    expect(instructionAt('c8 34 12 05').operands).toMatchObject([{ value: 0x1234 }, { value: 5 }]);
  });

  test('relative displacements follow the operand size', () => {
    expect(instructionAt('e8 fe ff ff ff')).toMatchObject({ length: 5, operands: [{ displacement: -2 }] });
    expect(instructionAt('66 e8 fe ff')).toMatchObject({ length: 4, operands: [{ displacement: -2 }] });
  });

  test('a far pointer is offset, then selector', () => {
    expect(instructionAt('ea 78 56 34 92 08 80').operands[0]).toEqual({
      kind: 'far',
      selector: 0x8008,
      offset: 0x9234_5678,
    });
    expect(instructionAt('9a 34 92 00 f0', 16).operands[0]).toMatchObject({ selector: 0xf000, offset: 0x9234 });
  });
});

describe('names that depend on a size', () => {
  test.each([
    ['98', 'cbw', 'cwde'],
    ['99', 'cwd', 'cdq'],
    ['60', 'pusha', 'pushad'],
    ['61', 'popa', 'popad'],
    ['9c', 'pushf', 'pushfd'],
    ['9d', 'popf', 'popfd'],
    ['cf', 'iret', 'iretd'],
    ['a5', 'movsw', 'movsd'],
    ['6d', 'insw', 'insd'],
    ['e3 00', 'jcxz', 'jecxz'],
  ])('%s is %s in 16-bit code and %s in 32-bit code', (hex, small, large) => {
    expect(instructionAt(hex, 16).encoding.mnemonic).toBe(small);
    expect(instructionAt(hex, 32).encoding.mnemonic).toBe(large);
  });

  test('JECXZ is chosen by the address size', () => {
    expect(instructionAt('67 e3 00', 16).encoding.mnemonic).toBe('jecxz');
    expect(instructionAt('66 e3 00', 16).encoding.mnemonic).toBe('jcxz');
  });
});

describe('undefined opcodes', () => {
  test.each([
    ['8d c0', 'LEA of a register'],
    ['c5 c0', 'LDS of a register'],
    ['62 c0', 'BOUND of a register'],
    ['0f b2 c0', 'LSS of a register'],
    ['ff f8', 'FF /7'],
    ['ff d8 ', 'far CALL of a register'],
    ['fe d0', 'FE /2'],
    ['c6 48 00 00', 'C6 /1'],
    ['8f 48 00', '8F /1'],
    ['8e c8', 'MOV to CS'],
    ['8c f0', 'MOV from segment register 6'],
    ['0f 20 c8', 'MOV from CR1'],
    ['0f 22 e8', 'MOV to CR5'],
    ['0f 01 c0', 'SGDT of a register'],
    ['0f ba 00 00', '0F BA /0'],
    ['0f c7 c8', 'CMPXCHG8B of a register'],
    ['0f 04', '0F 04'],
  ])('%s: %s', (hex) => {
    expect(decodeHex(hex.trim())).toMatchObject({ kind: 'undefined' });
  });

  test('UD2 is an instruction, so that it has a name', () => {
    expect(instructionAt('0f 0b').encoding).toMatchObject({ mnemonic: 'ud2', semantics: 'ud' });
  });

  test('MOV CRn ignores ModRM.mod', () => {
    expect(instructionAt('0f 20 04')).toMatchObject({ length: 3, operands: [{ index: 4 }, { file: 'control' }] });
  });
});

describe('undocumented encodings', () => {
  test.each([
    ['82 c0 01', 'add'],
    ['c1 f0 01', 'shl'],
    ['d1 f0', 'shl'],
    ['f6 c8 01', 'test'],
    ['d6', 'salc'],
    ['f1', 'int1'],
    ['0f 1a 00', 'nop'],
    ['dc d0', 'fcom'],
    ['df c8', 'fxch'],
    ['db e0', 'fneni'],
  ])('%s is %s', (hex, mnemonic) => {
    expect(instructionAt(hex).encoding.mnemonic).toBe(mnemonic);
  });
});

describe('prefixes that are part of an opcode', () => {
  test.each([
    ['0f 58 c1', 'addps'],
    ['66 0f 58 c1', 'addpd'],
    ['f3 0f 58 c1', 'addss'],
    ['f2 0f 58 c1', 'addsd'],
    ['66 f3 0f 58 c1', 'addss'],
    ['f2 f3 0f 58 c1', 'addss'],
    ['0f 12 c1', 'movhlps'],
    ['0f 12 01', 'movlps'],
    ['f3 0f bc c1', 'bsf'],
    ['f3 66 0f b8 c1', 'popcnt'],
    ['0f ae f8', 'sfence'],
    ['0f ae 38', 'clflush'],
    ['66 0f 38 00 c1', 'pshufb'],
    ['0f 01 c8', 'monitor'],
  ])('%s is %s', (hex, mnemonic) => {
    expect(instructionAt(hex).encoding.mnemonic).toBe(mnemonic);
  });

  test.each(['f2 0f 54 c1', 'f3 0f 60 c1', 'f2 66 0f 60 c1', '66 0f ae 00', 'f3 0f 77', '66 0f 13 c1'])(
    '%s is undefined',
    (hex) => {
      expect(decodeHex(hex).kind).toBe('undefined');
    },
  );

  test('66 as part of an opcode leaves the operand size alone', () => {
    expect(instructionAt('66 0f 6e c1')).toMatchObject({ operandSize: 32, operands: [{ file: 'xmm' }, { width: 32 }] });
    expect(instructionAt('66 f3 0f b8 c1')).toMatchObject({ operandSize: 16, repeat: 'none' });
  });
});

describe('a decoder of fewer rows', () => {
  const withoutCmov = new Decoder(encodings.filter(({ feature }) => feature !== 'cmov'));
  const realMode = new Decoder(encodings.filter(({ modes }) => modes.real));

  test('does not know what the processor does not announce', () => {
    expect(decodeHex('0f 44 c0').kind).toBe('instruction');
    expect(decodeHex('0f 44 c0', 32, withoutCmov).kind).toBe('undefined');
  });

  test('does not know what the mode lacks', () => {
    expect(decodeHex('0f 02 c0').kind).toBe('instruction');
    expect(decodeHex('0f 02 c0', 16, realMode).kind).toBe('undefined');
    expect(decodeHex('63 c0', 16, realMode).kind).toBe('undefined');
  });
});

test('decoding starts at the offset and stops at the end that it is given', () => {
  const bytes = bytesOf('90 90 05 01 02 03 04');
  expect(decode(bytes, 2, 7, 32)).toMatchObject({ kind: 'instruction', instruction: { length: 5 } });
  expect(decode(bytes, 2, 6, 32).kind).toBe('truncated');
  expect(decode(bytes, 7, 7, 32).kind).toBe('truncated');
});
