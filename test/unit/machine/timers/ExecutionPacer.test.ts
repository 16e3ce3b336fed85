import { expect, test } from 'vitest';
import { ExecutionPacer } from '../../../../src-main/machine/timers/ExecutionPacer.ts';

/** Runs what the pacer plans, at a speed in instructions per nanosecond. */
function run(pacer: ExecutionPacer, speed: number): void {
  const instructions = pacer.chunk();
  pacer.onRun(instructions, instructions / speed);
}

test('plans half a millisecond at the speed measured', () => {
  const pacer = new ExecutionPacer();
  for (let round = 0; round < 100; round++) run(pacer, 0.2);
  expect(pacer.chunk()).toBeCloseTo(100_000, -3);
});

test('plans long runs again after a single slow one on a fast host', () => {
  const pacer = new ExecutionPacer();
  pacer.onRun(500, 20_000_000);
  for (let round = 0; round < 200; round++) run(pacer, 2);
  expect(pacer.chunk()).toBeGreaterThan(500_000);
});

test('does not take a few instructions before a halt for a speed', () => {
  const pacer = new ExecutionPacer();
  const planned = pacer.chunk();
  pacer.onRun(3, 4000);
  expect(pacer.chunk()).toBe(planned);
});
