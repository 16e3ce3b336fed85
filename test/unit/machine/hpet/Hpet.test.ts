import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AccessWidth } from '../../../../src-main/engine/VirtualProcessor.ts';
import { Hpet } from '../../../../src-main/machine/hpet/Hpet.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';

const CONFIGURATION = 0x10,
  STATUS = 0x20,
  COUNTER = 0xf0;
const timer = (index: number): number => 0x100 + 0x20 * index;
const LEVEL = 2,
  ENABLED = 4,
  PERIODIC = 8,
  SET_VALUE = 0x40,
  NARROW = 0x100;

let time: ManualTime;
let lines: Map<number, RecordingLine>;
let hpet: Hpet;
/** Whether the 8254 and the RTC are cut off. */
let isReplacing: boolean;

const write = (offset: number, value: number): void => hpet.write(offset, 4, value);
const rises = (pin: number): number => lines.get(pin)?.rises ?? 0;

beforeEach(() => {
  time = new ManualTime();
  lines = new Map([0, 8, 16, 17].map((pin) => [pin, new RecordingLine()]));
  hpet = new Hpet(
    'hpet0',
    time.timers,
    (pin) => lines.get(pin),
    (isOn) => (isReplacing = isOn),
  );
});

test('says what it is: three 64-bit timers of 10 ns, legacy replacement', () => {
  expect([hpet.read(0, 4), hpet.read(4, 4)]).toEqual([0x8086_a201, 10_000_000]);
});

test('the counter runs while it is enabled', () => {
  time.advance(1000);
  expect(hpet.read(COUNTER, 4)).toBe(0);
  write(CONFIGURATION, 1);
  time.advance(1000);
  expect(hpet.read(COUNTER, 4)).toBe(100);
  write(CONFIGURATION, 0);
  time.advance(1000);
  expect(hpet.read(COUNTER, 4)).toBe(100);
  write(COUNTER + 4, 2);
  write(CONFIGURATION, 1);
  time.advance(10);
  expect([hpet.read(COUNTER, 4), hpet.read(COUNTER + 4, 4)]).toEqual([101, 2]);
});

test('legacy replacement cuts the 8254 and the RTC off while the counter runs, and until a reset', () => {
  write(CONFIGURATION, 2);
  expect(isReplacing).toBe(false);
  write(CONFIGURATION, 3);
  expect(isReplacing).toBe(true);
  const state = hpet.save();
  hpet.reset();
  expect(isReplacing).toBe(false);
  hpet.restore(state);
  expect(isReplacing).toBe(true);
});

describe('timers', () => {
  beforeEach(() => write(CONFIGURATION, 1));

  test('interrupt once when the counter meets the comparator', () => {
    write(timer(0), (16 << 9) | ENABLED);
    write(timer(0) + 8, 5000);
    write(timer(0) + 12, 0);
    time.advance(49_990);
    expect(rises(16)).toBe(0);
    time.advance(10);
    expect(rises(16)).toBe(1);
    time.advance(1_000_000);
    expect(rises(16)).toBe(1);
  });

  test('interrupt periodically, in place of the 8254 when it is told to', () => {
    write(CONFIGURATION, 3);
    write(timer(0), PERIODIC | SET_VALUE | ENABLED | NARROW);
    write(timer(0) + 8, 100_000);
    write(timer(0) + 8, 100_000);
    time.advance(10_000_000);
    expect(rises(0)).toBe(10);
  });

  test('without their interrupt count on, and wake nobody', () => {
    write(timer(0), PERIODIC | SET_VALUE | ENABLED | NARROW);
    write(timer(0) + 8, 100_000);
    write(timer(0) + 8, 100_000);
    write(timer(0), PERIODIC | NARROW | (16 << 9));
    expect(time.timers.nextDeadline()).toBeUndefined();
    time.advance(2_500_000);
    expect(hpet.read(timer(0) + 8, 4)).toBe(300_000);
    write(timer(0), PERIODIC | NARROW | ENABLED | (16 << 9));
    time.advance(500_000);
    expect(rises(16)).toBe(1);
  });

  test('announce the periods that a machine slept through, one after the other', () => {
    write(timer(0), (16 << 9) | PERIODIC | SET_VALUE | ENABLED | NARROW);
    write(timer(0) + 8, 100_000);
    write(timer(0) + 8, 100_000);
    time.jump(5_000_000);
    time.timers.fireDue();
    expect(rises(16)).toBe(1);
    time.advance(900_000);
    expect(rises(16)).toBe(5);
    time.advance(4_100_000);
    expect(rises(16)).toBe(10);
  });

  test('hold a level until its status is cleared', () => {
    write(timer(1), (17 << 9) | ENABLED | LEVEL);
    write(timer(1) + 8, 1000);
    write(timer(1) + 12, 0);
    time.advance(20_000);
    expect([lines.get(17)?.level, hpet.read(STATUS, 4)]).toEqual([true, 2]);
    write(STATUS, 2);
    expect(lines.get(17)?.level).toBe(false);
  });

  test('of 32 bits meet a comparator behind them once the counter has come around', () => {
    time.advance(10_000);
    write(timer(0), (16 << 9) | ENABLED | NARROW);
    write(timer(0) + 8, 500);
    time.advance(10 * 2 ** 32 - 5_010);
    expect(rises(16)).toBe(0);
    time.advance(20);
    expect(rises(16)).toBe(1);
  });
});

test('random traffic breaks nothing, and its state survives a snapshot', () => {
  const access = fc.record({
    offset: fc.oneof(fc.constantFrom(0x10, 0x20, 0xf0, 0xf4, 0x100, 0x108, 0x10c, 0x120, 0x128, 0x148), fc.nat(0x3ff)),
    width: fc.constantFrom<AccessWidth>(4, 4, 4, 2, 1),
    value: fc.oneof(fc.nat(0xffff_ffff), fc.nat(0x1ff)),
    ns: fc.nat(10_000_000),
  });
  fc.assert(
    fc.property(fc.array(access, { maxLength: 40 }), (accesses) => {
      for (const { offset, width, value, ns } of accesses) {
        hpet.write(offset, width, value);
        const found = hpet.read(offset & -width, width);
        expect(found >= 0 && found < 2 ** (8 * width)).toBe(true);
        time.advance(ns);
      }
      const state = structuredClone(hpet.save());
      hpet.reset();
      hpet.restore(state);
      expect(hpet.save()).toEqual(state);
    }),
    { numRuns: 60 },
  );
});
