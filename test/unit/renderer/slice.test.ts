import { expect, test } from 'vitest';
import { parseSlice } from '../../../src-renderer/features/settings/slice.ts';

test.each([
  ['5', 5],
  [' 100 ', 100],
  ['0', undefined],
  ['101', undefined],
  ['2.5', undefined],
  ['', undefined],
])('a slice typed as “%s” is %s ms', (text, sliceMs) => {
  expect(parseSlice(text)).toBe(sliceMs);
});
