import { expect, test } from 'vitest';
import { momentText, timeTicks } from '../../../src-renderer/ui/timeTicks.ts';

/** Noon of some day, wherever the test runs. */
const NOON_MS = new Date(2024, 5, 7, 12, 0, 0).getTime();

test.each([
  [0, 1000, ['00.0', '00.2', '00.4', '00.6', '00.8', '01.0']],
  [1000, 1004, ['01.000', '01.001', '01.002', '01.003', '01.004']],
  [30.0011, 30.0209, ['00.030005', '00.030010', '00.030015', '00.030020']],
  [0, 60_000, ['12:00:00', '12:00:15', '12:00:30', '12:00:45', '12:01:00']],
])('the axis from %d to %d ms has round moments of the wall’s clock', (from, to, labels) => {
  expect(timeTicks(from, to, 5, NOON_MS).map(({ label }) => label)).toEqual(labels);
});

test('a tick stands where its moment is on main’s clock', () => {
  expect(timeTicks(100, 350, 3, NOON_MS - 50).map(({ ms }) => ms)).toEqual([150, 250, 350]);
});

test('a moment is told to the microsecond', () => {
  expect(momentText(1.25, NOON_MS)).toBe('12:00:00.001250');
});
