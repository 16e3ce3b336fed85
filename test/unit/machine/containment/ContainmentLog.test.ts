import { beforeEach, expect, test } from 'vitest';
import { ContainmentLog } from '../../../../src-main/machine/containment/ContainmentLog.ts';
import { SpinDetector } from '../../../../src-main/machine/containment/SpinDetector.ts';

let now: number;
let log: ContainmentLog;

beforeEach(() => {
  now = 100;
  log = new ContainmentLog(
    () => now,
    () => 0x7c00,
  );
});

test('the same attempt repeated is one record', () => {
  for (let i = 0; i < 1_000_000; i++) log.report('unknown-port', 'write', 0x1234, i & 0xff);
  const records = log.drain();
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({
    kind: 'unknown-port',
    access: 'write',
    address: 0x1234,
    lastAddress: 0x1234,
    count: 1_000_000,
    instructionAddress: 0x7c00,
    lastValue: 0x3f,
    firstAtNs: 100,
  });
});

test('reads, writes and kinds are told apart', () => {
  log.report('unknown-port', 'write', 1, 0);
  log.report('unknown-port', 'read', 1);
  log.report('outside-ram', 'read', 1);
  expect(log.all()).toHaveLength(3);
});

test('memory is counted by page', () => {
  log.report('outside-ram', 'write', 0x8000_0000, 0);
  log.report('outside-ram', 'write', 0x8000_0ffc, 0);
  log.report('outside-ram', 'write', 0x8000_1000, 0);
  expect(log.all().map(({ address, lastAddress, count }) => [address, lastAddress, count])).toEqual([
    [0x8000_0000, 0x8000_0ffc, 2],
    [0x8000_1000, 0x8000_1000, 1],
  ]);
});

test('a guest that hammers every port leaves a bounded number of records', () => {
  for (let port = 0; port < 0x10000; port++) log.report('unknown-port', 'read', port);
  const records = log.all();
  expect(records).toHaveLength(33);
  expect(records.reduce((sum, { count }) => sum + count, 0)).toBe(0x10000);
  expect(records.at(-1)).toMatchObject({ address: 32, lastAddress: 0xffff, count: 0x10000 - 32 });
  expect(log.total).toBe(0x10000);
});

test('draining gives what is new or has grown', () => {
  log.report('unknown-port', 'read', 1);
  log.report('unknown-port', 'read', 2);
  expect(log.drain()).toHaveLength(2);
  expect(log.drain()).toHaveLength(0);
  now = 900;
  log.report('unknown-port', 'read', 2);
  expect(log.drain()).toMatchObject([{ id: 2, count: 2, firstAtNs: 100, lastAtNs: 900 }]);
});

test('clearing forgets', () => {
  log.report('spin', 'execute', 1);
  log.clear();
  expect(log.all()).toEqual([]);
  expect(log.total).toBe(0);
});

test('a spin is a small place, interrupts off, no access and no new text, for a second', () => {
  const detector = new SpinDetector();
  const second = 1_000_000_000;
  const sample = (at: number, place: number, { off = true, accesses = 0, screen = 0 } = {}): number | undefined =>
    detector.sample(at * second, {
      areInterruptsOff: off,
      linearAddress: place,
      busAccesses: accesses,
      screenSum: () => screen,
    });
  expect(sample(0, 0x7c00)).toBeUndefined();
  expect(sample(0.9, 0x7c04)).toBeUndefined();
  expect(sample(1.1, 0x7c02)).toBe(1.1 * second);
  expect(sample(1.2, 0x7c02)).toBeUndefined();
  expect(sample(2.2, 0x7c02)).toBe(2.2 * second);
  expect(sample(2.3, 0x7c02, { accesses: 1 })).toBeUndefined();
  expect(sample(3.2, 0x7c02, { accesses: 1 })).toBeUndefined();
  expect(sample(3.4, 0x8000, { accesses: 1 })).toBeUndefined();
  expect(sample(4.3, 0x8000, { accesses: 1, off: false })).toBeUndefined();
  expect(sample(4.5, 0x8000, { accesses: 1 })).toBeUndefined();
  expect(sample(5.4, 0x8000, { accesses: 1, screen: 7 })).toBeUndefined();
  expect(sample(5.6, 0x8000, { accesses: 1, screen: 7 })).toBeUndefined();
});
