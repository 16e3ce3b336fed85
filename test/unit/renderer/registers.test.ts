import { expect, test } from 'vitest';
import { describeSegment, setBits } from '../../../src-preload/contract/readings/registerCatalogue.ts';

test.each([
  [0x009b, 'code 16 r-x dpl0'],
  [0xc09b, 'code 32 r-x dpl0'],
  [0xc0f3, 'data 32 rw- dpl3'],
  [0x0013, 'not present'],
  [0x0082, 'LDT dpl0'],
  [0x0089, 'TSS32 dpl0'],
  [0x008b, 'TSS32 busy dpl0'],
  [0x0083, 'TSS16 busy dpl0'],
  [0x008c, 'system type 12 dpl0'],
])('attributes %i are %s', (attributes, text) => {
  expect(describeSegment(attributes)).toBe(text);
});

test('set bits of CR0 are named', () => {
  expect(setBits('cr0', 0x8000_0011)).toBe('PE ET PG');
});
