import { expect, test } from 'vitest';
import { tokens } from '../../../src-renderer/features/code/operandTokens.ts';

test('an instruction falls into mnemonic, registers and numbers', () => {
  const kinds = tokens('mov', 'eax, [es:bx+0x1f]')
    .filter((token) => token.kind !== 'text')
    .map((token) => `${token.kind} ${token.text}`);
  expect(kinds).toEqual(['mnemonic mov', 'register eax', 'register es', 'register bx', 'number 0x1f']);
});

test('the pieces make the whole', () => {
  const text = tokens('jmp', 'dword 0x8:0x10000')
    .map((token) => token.text)
    .join('');
  expect(text).toBe('jmp dword 0x8:0x10000');
});
