import { expect, test } from 'vitest';
import { Preferences } from '../../../src-preload/contract/application.ts';
import { MEMORY_LIMIT_RANGE, parseMemoryLimit } from '../../../src-renderer/features/settings/memoryLimit.ts';

test.each([
  ['', null],
  ['  ', null],
  ['16', 16],
  [' 4096 ', 4096],
  ['16777216', 16_777_216],
  ['15', undefined],
  ['16777217', undefined],
  ['1.5', undefined],
  ['2G', undefined],
  ['-64', undefined],
])('“%s” is a limit of %s MiB', (text, limit) => {
  expect(parseMemoryLimit(text)).toBe(limit);
});

test('main accepts the same range', () => {
  const isAccepted = (memoryLimitMiB: number) => Preferences.shape.memoryLimitMiB.safeParse(memoryLimitMiB).success;
  const { least, most } = MEMORY_LIMIT_RANGE;
  expect([least - 1, least, most, most + 1].map(isAccepted)).toEqual([false, true, true, false]);
});
