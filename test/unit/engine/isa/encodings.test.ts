import { describe, expect, test } from 'vitest';
import { operandShape } from '../../../../src-main/engine/isa/OperandCode.ts';
import { encodings } from '../../../../src-main/engine/isa/encodings.ts';

describe('the instruction table', () => {
  test('names every row differently', () => {
    const names = encodings.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(encodings.map((encoding) => [encoding.name, encoding] as const))('%s is sound', (_, encoding) => {
    const shapes = encoding.operands.map(operandShape);
    const needsModRM = shapes.some(({ place }) => place === 'rm' || place === 'reg');
    if (needsModRM) expect(encoding.modrm).not.toBe('none');
    expect(shapes.filter(({ place }) => place === 'rm').length).toBeLessThan(2);
    if (encoding.digit >= 0 && encoding.digit < 8) expect(shapes.some(({ place }) => place === 'reg')).toBe(false);
    if (shapes.some(({ place }) => place === 'opcode')) expect((encoding.opcode.at(-1) ?? 0) & 7).toBe(0);
    if (encoding.lockable) expect(shapes[0]?.place).toBe('rm');
    for (const flags of [encoding.modifiedFlags, encoding.undefinedFlags, encoding.testedFlags]) {
      expect(flags).toMatch(/^[oszapcdit]*$/);
    }
    expect(encoding.sizes.length).toBeGreaterThan(0);
  });

  test('gives a condition to exactly the families that test one', () => {
    for (const { semantics, condition } of encodings) {
      expect(condition >= 0).toBe(['jcc', 'setcc', 'cmovcc', 'fcmov'].includes(semantics));
    }
  });

  test('has an assembled row for whatever it decodes', () => {
    const assembled = new Set(encodings.filter(({ decodeOnly }) => !decodeOnly).map(({ semantics }) => semantics));
    expect(encodings.filter(({ semantics }) => !assembled.has(semantics))).toEqual([]);
  });
});
