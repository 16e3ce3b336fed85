import { beforeEach, describe, expect, test } from 'vitest';
import type { Tour } from '../../../../src-renderer/features/tours/Tour.ts';
import { TourRunner } from '../../../../src-renderer/features/tours/TourRunner.ts';
import { observed } from './observed.ts';

const tour: Tour = {
  id: 'processor',
  machines: { counter: { sampleId: 'counter' } },
  senses: [],
  steps: [
    { id: 'read', scene: {}, targets: [] },
    {
      id: 'step',
      scene: {},
      targets: [],
      isDone: (now, start) =>
        (now.machines['counter']?.instructions ?? 0) > (start.machines['counter']?.instructions ?? 0),
      facts: (now) => ({ count: String(now.machines['counter']?.instructions) }),
    },
  ],
};
const after = (instructions: number) => observed(tour, { counter: { instructions } });

let runner: TourRunner;
beforeEach(() => {
  runner = new TourRunner(tour, 0);
});

describe('a step without a task', () => {
  test('is done as soon as it begins', () => {
    expect(runner.isDone).toBe(true);
  });
});

describe('a step with a task', () => {
  beforeEach(() => runner.goTo(1));

  test('waits until the reader has done it', () => {
    runner.begin(after(10));
    expect(runner.observe(after(10))).toBe(false);
    expect(runner.observe(after(11))).toBe(true);
    runner.conclude(after(11));
    expect(runner.isDone).toBe(true);
  });

  test('takes nothing for the reader’s doing while its scene is being set', () => {
    expect(runner.observe(after(5))).toBe(false);
    runner.begin(after(10));
    expect(runner.isDone).toBe(false);
  });

  test('is told with what there is once all of the change has been seen, and stays done', () => {
    runner.begin(after(10));
    runner.observe(after(11));
    expect(runner.isDone).toBe(false);
    runner.conclude(after(12));
    expect(runner.observe(after(99))).toBe(false);
    expect(runner.isDone).toBe(true);
    expect(runner.facts).toEqual({ count: '12' });
  });

  test('is told with what was seen first when things have moved on since', () => {
    runner.begin(after(10));
    runner.observe(after(11));
    runner.conclude(after(3));
    expect(runner.facts).toEqual({ count: '11' });
  });

  test('is not ended before the reader has done it', () => {
    runner.begin(after(10));
    runner.conclude(after(11));
    expect(runner.isDone).toBe(false);
  });

  test('is to be done once more by who comes back to it', () => {
    runner.begin(after(10));
    runner.observe(after(11));
    runner.conclude(after(11));
    runner.goTo(1);
    expect(runner.isDone).toBe(false);
    expect(runner.facts).toEqual({});
  });
});

test('a tour begins where the reader left it, however its steps have changed since', () => {
  expect(new TourRunner(tour, 1).step.id).toBe('step');
  expect(new TourRunner(tour, 7).step.id).toBe('step');
  expect(new TourRunner(tour, 1).isLast).toBe(true);
});
