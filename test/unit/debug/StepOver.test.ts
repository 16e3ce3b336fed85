import { expect, test } from 'vitest';
import { stepOverEnd } from '../../../src-main/debug/StepOver.ts';

test.each([
  { name: 'call', bytes: [0xe8, 0x10, 0x00], end: 0x103 },
  { name: 'int', bytes: [0xcd, 0x10], end: 0x102 },
  { name: 'rep movsb', bytes: [0xf3, 0xa4], end: 0x102 },
  { name: 'loop', bytes: [0xe2, 0xfe], end: 0x102 },
  { name: 'mov', bytes: [0xb8, 0x01, 0x00], end: null },
  { name: 'ret', bytes: [0xc3], end: null },
  { name: 'nothing', bytes: [], end: null },
])('stepping over $name', ({ bytes, end }) => {
  expect(stepOverEnd(Uint8Array.from(bytes), 0x100, 16)).toBe(end);
});
