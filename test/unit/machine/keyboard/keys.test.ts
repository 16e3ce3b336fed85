import { describe, expect, test } from 'vitest';
import { findKey, keySequence, keysFromSet1 } from '../../../../src-main/machine/keyboard/keys.ts';

function sequence(code: string, isDown: boolean, set: 1 | 2 | 3): string {
  const key = findKey(code);
  if (key === undefined) throw new Error(code);
  return keySequence(key, isDown, set)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(' ');
}

describe.each([
  { code: 'KeyA', make1: '1e', break1: '9e', make2: '1c', break2: 'f0 1c', make3: '1c' },
  { code: 'Escape', make1: '01', break1: '81', make2: '76', break2: 'f0 76', make3: '08' },
  { code: 'F7', make1: '41', break1: 'c1', make2: '83', break2: 'f0 83', make3: '37' },
  { code: 'ArrowUp', make1: 'e0 48', break1: 'e0 c8', make2: 'e0 75', break2: 'e0 f0 75', make3: '63' },
  { code: 'ControlRight', make1: 'e0 1d', break1: 'e0 9d', make2: 'e0 14', break2: 'e0 f0 14', make3: '58' },
  { code: 'NumpadEnter', make1: 'e0 1c', break1: 'e0 9c', make2: 'e0 5a', break2: 'e0 f0 5a', make3: '79' },
  { code: 'IntlBackslash', make1: '56', break1: 'd6', make2: '61', break2: 'f0 61', make3: '13' },
  { code: 'IntlRo', make1: '73', break1: 'f3', make2: '51', break2: 'f0 51', make3: '51' },
  { code: 'IntlYen', make1: '7d', break1: 'fd', make2: '6a', break2: 'f0 6a', make3: '5d' },
  { code: 'KanaMode', make1: '70', break1: 'f0', make2: '13', break2: 'f0 13', make3: '87' },
  { code: 'Convert', make1: '79', break1: 'f9', make2: '64', break2: 'f0 64', make3: '86' },
  { code: 'NonConvert', make1: '7b', break1: 'fb', make2: '67', break2: 'f0 67', make3: '85' },
  { code: 'NumpadComma', make1: '7e', break1: 'fe', make2: '6d', break2: 'f0 6d', make3: '7b' },
  {
    code: 'PrintScreen',
    make1: 'e0 2a e0 37',
    break1: 'e0 b7 e0 aa',
    make2: 'e0 12 e0 7c',
    break2: 'e0 f0 7c e0 f0 12',
    make3: '57',
  },
  { code: 'Pause', make1: 'e1 1d 45 e1 9d c5', break1: '', make2: 'e1 14 77 e1 f0 14 f0 77', break2: '', make3: '62' },
])('$code', ({ code, make1, break1, make2, break2, make3 }) => {
  test('set 1', () => expect([sequence(code, true, 1), sequence(code, false, 1)]).toEqual([make1, break1]));
  test('set 2', () => expect([sequence(code, true, 2), sequence(code, false, 2)]).toEqual([make2, break2]));
  test('set 3', () => expect([sequence(code, true, 3), sequence(code, false, 3)]).toEqual([make3, `f0 ${make3}`]));
});

test('unknown keys are unknown', () => {
  expect(findKey('LaunchMail')).toBeUndefined();
});

test('set 1 codes name their keys again', () => {
  expect(
    keysFromSet1([0x1e, 0x9e, 0xe0, 0x48, 0xe0, 0xc8, 0xe0, 0x37, 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5, 0x7f]),
  ).toEqual([
    { code: 'KeyA', isDown: true },
    { code: 'KeyA', isDown: false },
    { code: 'ArrowUp', isDown: true },
    { code: 'ArrowUp', isDown: false },
    { code: 'PrintScreen', isDown: true },
    { code: 'Pause', isDown: true },
  ]);
});
