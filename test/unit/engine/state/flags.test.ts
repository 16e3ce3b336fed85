import { expect, test } from 'vitest';
import { ARITHMETIC_FLAGS, FLAG, flagsFromLazy, lazyFromFlags } from '../../../../src-main/engine/state/flags.ts';

const letters = [FLAG.CF, FLAG.PF, FLAG.AF, FLAG.ZF, FLAG.SF, FLAG.OF];

test('a lazy pair made from flags reads back as those flags, for all 64 of them', () => {
  for (let choice = 0; choice < 64; choice++) {
    const flags = letters.reduce((sum, flag, bit) => (choice & (1 << bit) ? sum | flag : sum), 0);
    const { result, carries } = lazyFromFlags(flags);
    expect(flagsFromLazy(result, carries)).toBe(flags);
  }
});

test('other bits of EFLAGS leave no trace in the pair', () => {
  const { result, carries } = lazyFromFlags(~ARITHMETIC_FLAGS);
  expect(flagsFromLazy(result, carries)).toBe(0);
});

test.each([
  { name: 'zero', result: 0, flags: FLAG.ZF | FLAG.PF },
  { name: 'minus one', result: -1, flags: FLAG.SF | FLAG.PF },
  { name: 'one', result: 1, flags: 0 },
  { name: 'a low byte of even parity', result: 0x0100_0003, flags: FLAG.PF },
])('a result of $name without carries', ({ result, flags }) => {
  expect(flagsFromLazy(result, 0)).toBe(flags);
});
