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
    clock.advance();
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

describe('when the host has taken the thread’s processor away', () => {
  beforeEach(() => {
    hostNs += 100 * MS;
  });

  test('it stands between steps', () => {
    expect([clock.now(), clock.now()]).toEqual([0, 0]);
    expect(clock.isBehind).toBe(true);
    expect([clock.advance(), clock.now(), clock.advance(), clock.now()]).toEqual([STEP, STEP, 2 * STEP, 2 * STEP]);
  });

  test('it catches up in as many steps as it takes, and is right again', () => {
    let steps = 0;
    for (; clock.isBehind; steps++) clock.advance();
    expect(steps).toBe(49);
    expect(clock.advance()).toBe(100 * MS);
  });

  test('it need not where the guest waited', () => {
    expect(clock.waitUntil(70 * MS)).toBe(70 * MS);
    expect(clock.advance()).toBe(70 * MS + STEP);
    clock.waitUntil(undefined);
    hostNs += 1000 * MS;
    expect(clock.advance()).toBe(1100 * MS);
  });

  test('says when a wait ends by the host’s time', () => {
    clock.advance();
    expect(clock.hostTimeOf(150 * MS)).toBe(5150 * MS);
  });

  test('a host that stood still for an hour is forgiven all but ten seconds', () => {
    hostNs += 3_600_000 * MS;
    clock.advance();
    while (clock.isBehind) clock.advance();
    expect(clock.advance()).toBe(10_000 * MS + STEP);
  });
});
