import { describe, expect, test } from 'vitest';
import { CpuState } from '../../../../src-main/engine/state/CpuState.ts';
import { ES, RAX, RBX, RCX, STATE } from '../../../../src-main/engine/state/layout.ts';
import { evaluate, type ExpressionContext } from '../../../../src-main/machine/expressions/evaluate.ts';
import { parseExpression } from '../../../../src-main/machine/expressions/parseExpression.ts';

const state = new CpuState(new ArrayBuffer(STATE.size), 0);
state.setRegister(RAX, 0x1234_5678);
state.setRegister(RBX, 4);
state.setRegister(RCX, -1);
state.eflags = 0x42;
state.setSegment(ES, { selector: 0xb800, base: 0xb8000, limit: 0xffff, attributes: 0x93 });
const memory = Uint8Array.from({ length: 16 }, (_, index) => index + 1);
const context: ExpressionContext = {
  state,
  readLinear: (address, byteLength) =>
    address >= 0xb8000 ? memory.slice(address - 0xb8000, address - 0xb8000 + byteLength) : new Uint8Array(0),
};
const symbols = (name: string): number | undefined =>
  ({ main: 0x1000, '.loop': 0x1010, screen: 0xb8000, constructor: 0x2000 })[name];

function valueOf(text: string): bigint {
  const parsed = parseExpression(text, symbols);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return evaluate(parsed.expression, context);
}

describe('an expression', () => {
  test.each([
    ['0x10 + 10h + 10 + 0b11', 45n],
    ["'A'", 65n],
    ['eax', 0x1234_5678n],
    ['$eax', 0x1234_5678n],
    ['ax', 0x5678n],
    ['ah', 0x56n],
    ['zf && !cf', 1n],
    ['1 + 2 * 3', 7n],
    ['(1 + 2) * 3', 9n],
    ['10 - 3 - 2', 5n],
    ['1 << 4 | 3', 19n],
    ['ebx == 4 && ecx != 0', 1n],
    ['5 > 3 == 1', 1n],
    ['-1', 0xffff_ffffn],
    ['ecx == -1', 1n],
    ['~0 & 0xff', 0xffn],
    ['7 / 2 * 10 + 7 % 2', 31n],
    ['main + 4', 0x1004n],
    ['.loop', 0x1010n],
    ['es.base', 0xb8000n],
    ['byte [screen + 1]', 2n],
    ['word [es:ebx]', 0x0605n],
    ['[es:0]', 0x0403_0201n],
    ['qword [screen]', 0x0807_0605_0403_0201n],
    ['byte [screen + byte [screen]]', 2n],
    ['qword [screen] == 0x0807060504030201', 1n],
    ['constructor + 1', 0x2001n],
  ])('%s is %d', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  test('does not look at memory that it does not need', () => {
    expect(valueOf('ebx == 5 && [0] == 1')).toBe(0n);
  });

  test.each([
    ['[0x10]', 'There is no memory at 0x10.'],
    ['1 / (ebx - 4)', 'Divided by zero.'],
  ])('%s has no value', (text, message) => {
    expect(() => valueOf(text)).toThrow(message);
  });

  test.each([
    ['', 'The expression ends too early.', 0, { id: 'expression-ends-early' }],
    ['eax +', 'The expression ends too early.', 5, { id: 'expression-ends-early' }],
    ['eax ebx', '“ebx” is not expected here.', 4, { id: 'expression-unexpected', values: { part: 'ebx' } }],
    ['$&', 'There is no register or symbol “$”.', 0, { id: 'expression-unknown-name', values: { part: '$' } }],
    ['[eax', '“]” is missing.', 4, { id: 'expression-missing', values: { part: ']' } }],
    ['byte eax', '“[” is missing.', 5, { id: 'expression-missing', values: { part: '[' } }],
    ['1 § 2', '“§ 2” is no number, name or operator.', 2, { id: 'expression-no-token', values: { part: '§ 2' } }],
  ])('%j is refused', (source, message, offset, text) => {
    expect(parseExpression(source, symbols)).toEqual({ ok: false, message, offset, text });
  });

  test('of any length is refused quickly', () => {
    expect(parseExpression('('.repeat(5000)).ok).toBe(false);
    expect(parseExpression('-'.repeat(900)).ok).toBe(false);
    expect(parseExpression(`${'('.repeat(900)}`)).toMatchObject({ message: 'The expression is nested too deeply.' });
  });
});

test('a number that no register or memory operand can be is refused, not cut off', () => {
  expect(parseExpression('eax == 0x10000000000000000')).toMatchObject({ ok: false, offset: 7 });
});
