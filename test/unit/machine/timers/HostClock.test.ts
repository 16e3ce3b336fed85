import { beforeEach, describe, expect, test } from 'vitest';
import { HostClock } from '../../../../src-main/machine/timers/GuestClock.ts';

const MS = 1_000_000;
const STEP = 2 * MS;

let hostNs: number;
let clock: HostClock;

beforeEach(() => {
  hostNs = 5000 * MS;
  clock = new HostClock({ monotonicNs: () => hostNs });
  clock.start();
});

test('passes as host time does while it is looked at', () => {
  for (let i = 0; i < 100; i++) {
    hostNs += MS;
    clock.now();
  }
  expect(clock.now()).toBe(100 * MS);
  expect(clock.isBehind).toBe(false);
});

test('stands while it is stopped', () => {
  hostNs += MS;
  clock.stop();
  hostNs += 1000 * MS;
  clock.start();
  hostNs += MS;
  expect(clock.now()).toBe(2 * MS);
});

test('a wait that ends late ends at its time', () => {
  clock.waitUntil(70 * MS);
  hostNs += 100 * MS;
  expect(clock.endWait()).toBe(70 * MS);
});

test('a wait that input ends lasts no longer', () => {
  clock.waitUntil(70 * MS);
  hostNs += MS;
  expect(clock.endWait()).toBe(MS);
  hostNs += 50 * MS;
  expect(clock.now()).toBe(MS);
});

describe('when the host has taken the thread’s processor away', () => {
  beforeEach(() => {
    hostNs += 100 * MS;
    clock.now();
  });

  test('it stands then, and goes on behind the host', () => {
    expect(clock.now()).toBe(0);
    expect(clock.isBehind).toBe(true);
    hostNs += MS;
    expect(clock.now()).toBe(MS);
  });

  test('it catches up in as many steps as it takes, and is right again', () => {
    expect([clock.catchUp(), clock.now(), clock.catchUp(), clock.now()]).toEqual([STEP, STEP, 2 * STEP, 2 * STEP]);
    let steps = 0;
    for (; clock.isBehind; steps++) clock.catchUp();
    expect(steps).toBe(47);
    expect(clock.catchUp()).toBe(100 * MS);
    expect(clock.catchUp()).toBe(100 * MS);
  });

  test('it need not where the guest waited', () => {
    expect(clock.waitUntil(70 * MS)).toBe(70 * MS);
    expect(clock.catchUp()).toBe(70 * MS + STEP);
    clock.waitUntil(undefined);
    hostNs += 1000 * MS;
    expect(clock.now()).toBe(1100 * MS);
  });

  test('says when a wait ends by the host’s time', () => {
    expect(clock.hostTimeOf(150 * MS)).toBe(5150 * MS);
  });

  test('a host that stood still for an hour is forgiven all but ten seconds', () => {
    hostNs += 3_600_000 * MS;
    clock.catchUp();
    while (clock.isBehind) clock.catchUp();
    expect(clock.catchUp()).toBe(10_000 * MS + STEP);
  });
});
