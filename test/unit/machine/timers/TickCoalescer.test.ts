import { beforeEach, describe, expect, test } from 'vitest';
import { TickCoalescer } from '../../../../src-main/machine/timers/TickCoalescer.ts';

const MS = 1_000_000;

let ticks: TickCoalescer;
let deadline: number;
let instructions: number;

beforeEach(() => {
  ticks = new TickCoalescer();
  deadline = 100 * MS;
  instructions = 1_000_000;
});

/** The guest serves its timer so many times, and halts; returns by how much the last wake may be late, in milliseconds. */
function serve(count: number, periodNs = 4 * MS, work = 3000, next = Infinity): number {
  let wake = deadline;
  for (let tick = 0; tick < count; tick++) {
    deadline += periodNs;
    instructions += work;
    wake = ticks.wakeTime(deadline, next, instructions);
  }
  // What it is later by for the sake of ticks that are a little off is no whole period.
  return Math.floor((wake - deadline) / periodNs) * (periodNs / MS);
}

test('a guest that idles gets several ticks at a time, late by an eighth of that time at most', () => {
  expect(serve(8)).toBe(0);
  expect(serve(2)).toBe(4);
  expect(serve(32)).toBe(20);
});

test.each([
  { hz: 1000, periodNs: MS, lateMs: 80 },
  { hz: 250, periodNs: 4 * MS, lateMs: 80 },
  { hz: 100, periodNs: 10 * MS, lateMs: 80 },
  { hz: 64, periodNs: 15_625_000, lateMs: 78.125 },
  { hz: 18.2, periodNs: 54_925_416, lateMs: 54.925416 },
  { hz: 10, periodNs: 100 * MS, lateMs: 0 },
])('a timer of $hz Hz is late by whole periods, and not where that saves nothing', ({ periodNs, lateMs }) => {
  expect(serve(800, periodNs)).toBe(lateMs);
});

test('ticks that a kernel sets by its own clock come in one wake too', () => {
  for (let i = 0; i < 200; i++) serve(1, 4 * MS + (i % 2 === 0 ? 2000 : -2000));
  const wake = ticks.wakeTime(deadline, Infinity, instructions);
  expect(wake).toBeGreaterThan(deadline + 80 * MS + 20_000);
  expect(wake).toBeLessThan(deadline + 80.2 * MS);
});

test('a tick that a kernel asks for once more, since it came a moment early, is part of the one before', () => {
  const early = 25_000;
  for (let i = 0; i < 200; i++) {
    serve(1);
    if (i % 3 === 0) {
      serve(1, early, 1000);
      deadline -= early;
    }
  }
  expect(serve(1)).toBe(80);
});

test('asking again for the same wait changes nothing', () => {
  serve(200);
  expect(ticks.wakeTime(deadline, Infinity, instructions)).toBeGreaterThan(deadline + 80 * MS);
  expect(serve(1)).toBe(80);
});

describe('each tick is served when it is due', () => {
  beforeEach(() => void serve(100));

  test('by a guest that has something to do', () => {
    expect(serve(1, 4 * MS, 30_000)).toBe(0);
    expect(serve(7)).toBe(0);
    expect(serve(2)).toBe(4);
  });

  test('after input', () => {
    ticks.stir();
    expect(serve(1)).toBe(0);
  });

  test('when it is the only one of its kind', () => {
    expect(serve(1, 7 * MS)).toBe(0);
  });

  test('when another timer comes behind it', () => {
    const next = deadline + 9 * MS;
    serve(1);
    expect(ticks.wakeTime(deadline, next, instructions)).toBe(next);
    expect(ticks.wakeTime(deadline, deadline, instructions)).toBe(deadline);
  });

  test('when a timer was set before the one that was waited for', () => {
    deadline -= 12 * MS;
    expect(ticks.wakeTime(deadline, Infinity, instructions)).toBe(deadline);
  });
});

test('a machine that went back in time has its ticks several at a time again', () => {
  serve(200);
  deadline -= 10_000 * MS;
  serve(200);
  expect(serve(1)).toBe(80);
});
