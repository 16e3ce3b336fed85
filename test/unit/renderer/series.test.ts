import { expect, test } from 'vitest';
import { RecordRing } from '../../../src-renderer/features/schedule/RecordRing.ts';
import { timeTicks } from '../../../src-renderer/features/schedule/timeTicks.ts';
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

test.each([
  [0, 1000, ['0.0 s', '0.2 s', '0.4 s', '0.6 s', '0.8 s', '1.0 s']],
  [1000, 1004, ['1.000 s', '1.001 s', '1.002 s', '1.003 s', '1.004 s']],
])('the axis from %d to %d ms has round moments', (from, to, labels) => {
  expect(timeTicks(from, to, 5).map((tick) => tick.label)).toEqual(labels);
});
