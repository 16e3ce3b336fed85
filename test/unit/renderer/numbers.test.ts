import { describe, expect, test } from 'vitest';
import { parseNumber } from '../../../src-preload/contract/readings/parseNumber.ts';
import {
  byteSize,
  compactCount,
  digestGroups,
  duration,
  grouped,
  mips,
  percent,
} from '../../../src-renderer/features/format/numbers.ts';

describe('parseNumber', () => {
  test.each([
    ['7c00', 0x7c00n],
    ['0x7C00', 0x7c00n],
    ['$7c00', 0x7c00n],
    ['7c00h', 0x7c00n],
    ['1234 5678', 0x12345678n],
    ['ffffffff', 0xffff_ffffn],
    ['1ffffffff', undefined],
    ['', undefined],
    ['xyz', undefined],
  ])('reads %s as hexadecimal', (text, value) => {
    expect(parseNumber(text, 32)).toBe(value);
  });
  test.each([
    ['255', 255n],
    ['-1', 0xffff_ffffn],
    ['-2147483648', 0x8000_0000n],
    ['-2147483649', undefined],
    ['4294967296', undefined],
    ['0x10', 16n],
  ])('reads %s as decimal', (text, value) => {
    expect(parseNumber(text, 32, 10)).toBe(value);
  });
});

test.each([
  [0, '0'],
  [99_999, '99,999'],
  [1_234_567, '1.23 M'],
  [2.5e9, '2.50 G'],
])('counts %d as %s', (value, text) => {
  expect(compactCount(value)).toBe(text);
});

test.each([
  [0, '0 %'],
  [0.001, '0.1 %'],
  [0.25, '25 %'],
  [1, '100 %'],
])('shows a share of %d as %s', (value, text) => {
  expect(percent(value)).toBe(text);
});

test.each([
  [0, '<0.1'],
  [0.05, '<0.1'],
  [38.24, '38.2'],
  [1234, '1,234'],
])('shows %d MIPS as %s', (value, text) => {
  expect(mips(value)).toBe(text);
});

test.each([
  [512, '512 B'],
  [655_360, '640 KiB'],
  [16_777_216, '16 MiB'],
])('shows %d bytes as %s', (value, text) => {
  expect(byteSize(value)).toBe(text);
});

test.each([
  [0, '0 ms'],
  [0.25, '250 µs'],
  [1.25, '1.25 ms'],
  [2400, '2.40 s'],
])('shows %d ms as %s', (value, text) => {
  expect(duration(value)).toBe(text);
});

test('groups a digest by four', () => {
  expect(digestGroups('9f3a6c04be101234')).toBe('9f3a 6c04 be10 1234');
});

test('groups wide numbers without rounding them', () => {
  expect(grouped(0xffff_ffff_ffff_ffffn)).toBe('18,446,744,073,709,551,615');
});
