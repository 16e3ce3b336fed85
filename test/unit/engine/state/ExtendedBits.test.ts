import { expect, test } from 'vitest';
import { CpuState } from '../../../../src-main/engine/state/CpuState.ts';
import { numberFromExtended } from '../../../../src-main/engine/state/ExtendedBits.ts';
import { STATE } from '../../../../src-main/engine/state/layout.ts';

test.each([
  { high: 0x8000_0000, low: 0, signExponent: 0x3fff, value: 1 },
  { high: 0xc000_0000, low: 0, signExponent: 0xc000, value: -3 },
  { high: 0, low: 0, signExponent: 0, value: 0 },
  { high: 0x8000_0000, low: 0, signExponent: 0x7fff, value: Infinity },
  { high: 0xc000_0000, low: 0, signExponent: 0xffff, value: NaN },
  { high: 0x4000_0000, low: 0, signExponent: 0x3fff, value: NaN },
  { high: 0x8000_0000, low: 0, signExponent: 0x3fff - 1074, value: 2 ** -1074 },
  { high: 0x8000_0000, low: 0, signExponent: 0x7ffe, value: Infinity },
])('$signExponent:$high is $value', ({ value, ...bits }) => {
  expect(numberFromExtended(bits)).toBe(value);
});

test('ST(i) is found by TOP', () => {
  const state = new CpuState(new ArrayBuffer(STATE.size), 0);
  state.setInt(STATE.x87Top, 7);
  state.setInt(STATE.x87Valid, 1);
  state.setInt(STATE.x87 + 4, 0x8000_0000 | 0);
  state.setInt(STATE.x87 + 8, 0x4000);
  expect([state.isStackValid(0), state.isStackValid(1), state.stackNumber(1)]).toEqual([false, true, 2]);
  expect(state.x87StatusWord).toBe(0x3800);
});
