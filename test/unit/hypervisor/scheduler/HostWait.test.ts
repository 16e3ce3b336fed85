import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HostWait } from '../../../../src-main/hypervisor/scheduler/HostWait.ts';

const SCHEDSTAT = '/proc/thread-self/schedstat';

test('what the thread waited for before it had a pCPU is not of its stay there', () => {
  let totalMs = 0;
  const wait = new HostWait(() => totalMs * 1e6);
  totalMs = 30;
  expect(wait.beginStay(2)).toBe(2);
  totalMs = 33;
  expect(wait.endStay()).toBe(5);
});

test('each stay counts for itself, and one that was never noticed has what was waited for since the last', () => {
  let totalMs = 0;
  const wait = new HostWait(() => totalMs * 1e6);
  wait.beginStay(0);
  totalMs = 4;
  expect(wait.endStay()).toBe(4);
  totalMs = 5;
  expect(wait.endStay()).toBe(1);
});

test.runIf(existsSync(SCHEDSTAT))('it is the host’s own count for this thread', () => {
  const countedMs = (): number => Number(readFileSync(SCHEDSTAT, 'latin1').split(' ')[1]) / 1e6;
  const wait = new HostWait();
  const before = countedMs();
  const first = wait.beginStay(Infinity);
  const whole = wait.endStay();
  expect(first).toBeGreaterThanOrEqual(before);
  expect(whole).toBeLessThanOrEqual(countedMs() + 1e-6);
});

test.skipIf(existsSync(SCHEDSTAT))('a host that does not count takes nothing away', () => {
  expect(new HostWait().endStay()).toBe(0);
});
