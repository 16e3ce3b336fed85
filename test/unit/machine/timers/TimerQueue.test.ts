import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExecutionPacer } from '../../../../src-main/machine/timers/ExecutionPacer.ts';
import { HostClock, InstructionClock } from '../../../../src-main/machine/timers/GuestClock.ts';
import { ManualTime } from '../../../support/machine/ManualTime.ts';

test('timers expire in order of deadline, then of scheduling', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 40 }), (deadlines) => {
      const time = new ManualTime();
      const fired: [number, number][] = [];
      deadlines.forEach((deadline, index) => time.timers.schedule(deadline, () => fired.push([deadline, index])));
      time.advance(30);
      const expected = deadlines
        .map((deadline, index): [number, number] => [deadline, index])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(fired).toEqual(expected);
    }),
  );
});

test('a cancelled timer never expires and is not waited for', () => {
  const time = new ManualTime();
  let fired = 0;
  const handle = time.timers.schedule(10, () => fired++);
  time.timers.schedule(20, () => fired++);
  handle.cancel();
  expect(time.timers.nextDeadline()).toBe(20);
  time.advance(30);
  expect(fired).toBe(1);
  expect(time.timers.nextDeadline()).toBeUndefined();
});

test('the deadline behind the first one is known', () => {
  const { timers } = new ManualTime();
  expect(timers.secondDeadline()).toBe(Infinity);
  const handles = [40, 10, 30, 20].map((deadline) => timers.schedule(deadline, () => undefined));
  expect(timers.secondDeadline()).toBe(20);
  handles[3]?.cancel();
  expect(timers.secondDeadline()).toBe(30);
  handles[1]?.cancel();
  expect(timers.secondDeadline()).toBe(40);
});

test('scheduling and cancelling for ever takes no memory', () => {
  const time = new ManualTime();
  for (let i = 0; i < 100_000; i++) time.timers.schedule(1_000_000 + i, () => undefined).cancel();
  expect(time.timers.nextDeadline()).toBeUndefined();
});

test('an earlier first deadline is announced', () => {
  const time = new ManualTime();
  const announced: number[] = [];
  time.timers.onEarlierDeadline = (deadline) => announced.push(deadline);
  for (const deadline of [100, 200, 50]) time.timers.schedule(deadline, () => undefined);
  expect(announced).toEqual([100, 50]);
});

test('a timer that asks for the past again and again does not hold the machine', () => {
  const time = new ManualTime();
  let fired = 0;
  const again = (): void => {
    fired++;
    time.timers.schedule(0, again);
  };
  time.timers.schedule(0, again);
  time.timers.fireDue();
  expect(fired).toBe(1000);
});

test('the host clock stands still while stopped', () => {
  let host = 1000;
  const clock = new HostClock({ monotonicNs: () => host });
  host += 500;
  expect(clock.now()).toBe(0);
  clock.start();
  host += 500;
  expect(clock.now()).toBe(500);
  expect(clock.hostTimeOf(800)).toBe(2300);
  clock.stop();
  host += 500;
  expect(clock.now()).toBe(500);
  clock.start();
  clock.set(10_000);
  host += 1;
  expect(clock.now()).toBe(10_001);
});

test('the instruction clock counts instructions and can skip', () => {
  let retired = 0;
  const clock = new InstructionClock(() => retired);
  retired = 100;
  expect(clock.now()).toBe(1000);
  expect(clock.instructionsUntil(1001)).toBe(1);
  expect(clock.instructionsUntil(1010)).toBe(1);
  expect(clock.instructionsUntil(1011)).toBe(2);
  expect(clock.instructionsUntil(900)).toBe(0);
  clock.set(5000);
  expect(clock.now()).toBe(5000);
  expect(clock.at(101)).toBe(5010);
});

test('the pacer plans by measured speed, and slows down at once', () => {
  const pacer = new ExecutionPacer();
  for (let i = 0; i < 50; i++) pacer.onRun(100_000, 500_000);
  expect(pacer.chunk()).toBeGreaterThan(95_000);
  expect(pacer.chunk(50_000)).toBeLessThan(11_000);
  pacer.onRun(1000, 500_000);
  expect(pacer.chunk()).toBe(1000);
});
