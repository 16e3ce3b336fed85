import { describe, expect, test } from 'vitest';
import { decode } from '../../../../src-main/engine/decode/Decoder.ts';
import { encodings } from '../../../../src-main/engine/isa/encodings.ts';
import { encodeRow, sizesOf } from '../../../support/engine/encodeRow.ts';

describe.each([16, 32] as const)('every row decodes from its own bytes in %i-bit code:', (codeSize) => {
  test.each(encodings.map((encoding) => [encoding.name, encoding] as const))('%s', (_, encoding) => {
    for (const sizes of sizesOf(encoding)) {
      // A 66 that is part of another row's opcode would make it that row.
      if (encoding.noPrefix && sizes.operandSize !== codeSize) continue;
      for (const mod of [0, 1, 2, 3]) {
        // reg 4 names a register of every file, and 0F 18 /4 is no prefetch; rm 6 is a register, [bp/disp16] and [esi].
        const choices = { codeSize, ...sizes, mod, reg: 4, rm: 6, sib: 0, nextByte: () => 0x5a };
        const bytes = encodeRow(encoding, choices);
        const result = decode(bytes, 0, bytes.length, codeSize);
        if (result.kind !== 'instruction') throw new Error(`decodes as ${result.kind}`);
        const { operandSize, addressSize, operands, length } = result.instruction;
        expect(result.instruction.encoding.name).toBe(encoding.name);
        expect(length).toBe(bytes.length);
        expect({ operandSize, addressSize }).toEqual(
          encoding.mandatoryPrefix === 0x66 ? { ...sizes, operandSize: codeSize } : sizes,
        );
        expect(operands).toHaveLength(encoding.operands.length);
        for (let end = 0; end < bytes.length; end++) {
          expect(decode(bytes, 0, end, codeSize).kind).toBe('truncated');
        }
      }
    }
  });
});
