import { expect, test } from 'vitest';
import { RecordRing } from '../../../src-renderer/ui/RecordRing.ts';
import { Series } from '../../../src-renderer/ui/Series.ts';

test('a series keeps its newest samples', () => {
  const series = new Series(3);
  for (const value of [1, 2, 3, 4]) series.push(value);
  expect([series.fromEnd(0), series.fromEnd(1), series.fromEnd(2), series.fromEnd(3)]).toEqual([4, 3, 2, 0]);
  expect(series.max()).toBe(4);
});

test('a ring of records drops the oldest and finds by an ascending field', () => {
  const ring = new RecordRing(3, 2);
  for (const start of [10, 20, 30, 40]) ring.push([start, start + 5]);
  expect(ring.length).toBe(3);
  expect(ring.value(0, 0)).toBe(20);
  expect(ring.lowerBound(1, 26)).toBe(1);
  expect(ring.lowerBound(1, 100)).toBe(3);
});
