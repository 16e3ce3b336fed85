import { expect, test } from 'vitest';
import { CheckpointPace } from '../../../../src-main/hypervisor/timetravel/CheckpointPace.ts';

const MS = 1e6;

function paceAfterCheckpoint(tookNs: number): CheckpointPace {
  const pace = new CheckpointPace(50);
  pace.noteCheckpoint(tookNs);
  return pace;
}

/** Slices of a millisecond until a checkpoint is due. */
function slicesUntilDue(pace: CheckpointPace, slice: (index: number) => readonly [number, number]): number {
  let count = 0;
  while (!pace.isDue && count < 1e6) pace.noteRun(...slice(count++));
  return count;
}

test('a machine that was never looked at is due', () => {
  expect(new CheckpointPace(50).isDue).toBe(true);
});

test('one that works undisturbed is due after the interval', () => {
  expect(slicesUntilDue(paceAfterCheckpoint(1 * MS), () => [1000, MS])).toBe(50);
});

test('what the host takes away does not count', () => {
  const slices = slicesUntilDue(paceAfterCheckpoint(1 * MS), (index) => [1000, index % 4 === 3 ? 20 * MS : MS]);
  expect(slices).toBeGreaterThanOrEqual(48);
  expect(slices).toBeLessThanOrEqual(55);
});

test('a guest that becomes slower is due nearly as soon', () => {
  const slices = slicesUntilDue(paceAfterCheckpoint(1 * MS), (index) => [index < 10 ? 100_000 : 1000, MS]);
  expect(slices).toBeLessThanOrEqual(280);
});

test('one that does nothing is due at some time', () => {
  expect(slicesUntilDue(paceAfterCheckpoint(1 * MS), () => [0, MS])).toBe(50);
});

test('a dear checkpoint is followed by a longer interval, within reason', () => {
  expect(slicesUntilDue(paceAfterCheckpoint(6 * MS), () => [1000, MS])).toBe(84);
  expect(slicesUntilDue(paceAfterCheckpoint(100 * MS), () => [1000, MS])).toBe(120);
});

test('one that was interrupted is not believed to be so dear', () => {
  const pace = paceAfterCheckpoint(1 * MS);
  pace.noteCheckpoint(100 * MS);
  expect(slicesUntilDue(pace, () => [1000, MS])).toBe(50);
});
