import { beforeEach, describe, expect, test } from 'vitest';
import { Mc146818 } from '../../../../src-main/machine/rtc/Mc146818.ts';
import { writeConfigurationBytes } from '../../../../src-main/machine/rtc/configurationBytes.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';

const SECOND = 1_000_000_000;
/** 1999-12-31 23:59:58 UTC, a Friday. */
const NEARLY_2000 = Date.UTC(1999, 11, 31, 23, 59, 58) / 1000;

let time: ManualTime;
let irq: RecordingLine;
let rtc: Mc146818;

beforeEach(() => {
  time = new ManualTime();
  irq = new RecordingLine();
  rtc = new Mc146818('rtc0', time.timers, irq, NEARLY_2000);
});

function read(register: number): number {
  rtc.write(0, 1, register);
  return rtc.read(1);
}

function write(register: number, value: number): void {
  rtc.write(0, 1, register);
  rtc.write(1, 1, value);
}

function clock(): number[] {
  return [0x32, 9, 8, 7, 6, 4, 2, 0].map(read);
}

describe('time', () => {
  test('starts at the given time, in BCD and 24 hours', () => {
    expect(clock()).toEqual([0x19, 0x99, 0x12, 0x31, 6, 0x23, 0x59, 0x58]);
  });

  test('carries into the century', () => {
    time.advance(2 * SECOND);
    expect(clock()).toEqual([0x20, 0x00, 0x01, 0x01, 7, 0x00, 0x00, 0x00]);
  });

  test('2000 had a 29 February', () => {
    time.advance((59 * 86_400 + 2) * SECOND);
    expect([read(8), read(7)]).toEqual([0x02, 0x29]);
  });

  test('binary and 12 hours', () => {
    write(11, 0x80);
    write(4, 0x91); // 11 in the afternoon
    write(11, 0x00);
    time.advance(2 * SECOND);
    expect(read(4)).toBe(0x12); // midnight
    write(11, 0x06);
    write(0, 59);
    write(2, 9);
    write(4, 13);
    time.advance(SECOND);
    expect([read(4), read(2), read(0)]).toEqual([13, 10, 0]);
  });

  test('SET holds the clock, and it goes on from what was written', () => {
    write(11, 0x82);
    write(0, 0x10);
    time.advance(5 * SECOND);
    expect(read(0)).toBe(0x10);
    write(11, 0x02);
    time.advance(SECOND);
    expect(read(0)).toBe(0x11);
  });

  test('the first update after a divider reset comes half a second later', () => {
    write(10, 0x76);
    time.advance(5 * SECOND);
    expect(read(0)).toBe(0x58);
    write(10, 0x26);
    time.advance(0.5 * SECOND);
    expect(read(0)).toBe(0x59);
  });

  test('update in progress shows just before the second changes', () => {
    time.advance(SECOND - 2_300_000);
    expect(read(10) & 0x80).toBe(0);
    time.advance(100_000);
    expect(read(10) & 0x80).toBe(0x80);
    time.advance(2_200_000);
    expect(read(10) & 0x80).toBe(0);
    expect(read(0)).toBe(0x59);
  });
});

describe('interrupts', () => {
  test('update-ended, once a second until C is read', () => {
    write(11, 0x12);
    time.advance(SECOND);
    expect(irq.level).toBe(true);
    time.advance(SECOND);
    expect(irq.rises).toBe(1);
    expect(read(12) & 0x90).toBe(0x90);
    expect(irq.level).toBe(false);
    time.advance(SECOND);
    expect(irq.rises).toBe(2);
  });

  test('periodic at 1024 Hz', () => {
    read(12);
    write(11, 0x42);
    for (let i = 1; i <= 1024; i++) {
      time.advanceTo(Math.ceil((i * SECOND) / 1024));
      expect(irq.level).toBe(true);
      expect(read(12) & 0xc0).toBe(0xc0);
    }
    expect(irq.rises).toBe(1024);
  });

  test('no timer runs while nothing is enabled', () => {
    expect(time.timers.nextDeadline()).toBeUndefined();
    time.advance(10 * SECOND);
    expect(read(12) & 0x80).toBe(0);
  });

  test('alarm at a time of day, and with "any" bytes', () => {
    write(5, 0x00);
    write(3, 0x01);
    write(1, 0x00);
    write(11, 0x22);
    time.advance(61 * SECOND);
    expect(irq.level).toBe(false);
    time.advance(SECOND);
    expect(irq.level).toBe(true);
    expect(read(12) & 0x20).toBe(0x20);
    write(5, 0xff);
    write(3, 0xff);
    write(1, 0x30);
    time.advance(30 * SECOND);
    expect(irq.level).toBe(true);
  });

  test('the alarm flag is found although nobody looked for an hour', () => {
    write(5, 0x00);
    write(3, 0x30);
    write(1, 0x00);
    time.advance(3600 * SECOND);
    expect(read(12) & 0x20).toBe(0x20);
  });

  test('reset drops enables and flags but not the time', () => {
    write(11, 0x52);
    time.advance(SECOND);
    rtc.reset();
    expect(irq.level).toBe(false);
    expect(read(11)).toBe(0x02);
    expect(read(0)).toBe(0x59);
  });
});

test('memory, validity and the index port', () => {
  write(0x40, 0xa5);
  expect(read(0x40)).toBe(0xa5);
  expect(read(13)).toBe(0x80);
  expect(rtc.read(0)).toBe(0xff);
});

test('bit 7 of the index masks NMI', () => {
  const seen: boolean[] = [];
  rtc.onNmiMask = (isMasked) => seen.push(isMasked);
  rtc.write(0, 1, 0x8f);
  rtc.write(0, 1, 0x0f);
  expect(seen).toEqual([true, false]);
});

test('configuration bytes name the memory and carry a checksum', () => {
  const geometry = { cylinders: 1300, heads: 16, sectorsPerTrack: 63 };
  writeConfigurationBytes(rtc, 64 * 1024 * 1024, 2, {
    floppyTypes: [4, 0],
    disks: [geometry, undefined],
    bootOrder: ['cdrom', 'disk'],
  });
  const word = (at: number): number => read(at) | (read(at + 1) << 8);
  expect(word(0x15)).toBe(640);
  expect(word(0x30)).toBe(63 * 1024);
  expect(word(0x34)).toBe((48 * 1024) / 64);
  expect(read(0x5f)).toBe(1);
  expect([read(0x10), read(0x12), read(0x14) & 0xc1]).toEqual([0x40, 0xf0, 0x01]);
  expect([word(0x1b), read(0x1d), read(0x23), read(0x39)]).toEqual([1300, 16, 63, 1]);
  expect([read(0x3d), read(0x38)]).toEqual([0x23, 0x01]);
  const sum = Array.from({ length: 0x1e }, (_, index) => read(0x10 + index)).reduce((a, b) => a + b);
  expect((read(0x2e) << 8) | read(0x2f)).toBe(sum);
});

test('a restored clock goes on', () => {
  write(11, 0x12);
  time.advance(0.5 * SECOND);
  const state = JSON.parse(JSON.stringify(rtc.save()));
  const line = new RecordingLine();
  const other = new Mc146818('rtc0', time.timers, line, 0);
  other.restore(state);
  time.advance(0.5 * SECOND);
  expect(line.level).toBe(true);
  expect(other.save()).toEqual(rtc.save());
});
