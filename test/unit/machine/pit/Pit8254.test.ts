import { beforeEach, describe, expect, test } from 'vitest';
import { Pit8254, PIT_CLOCK_HZ } from '../../../../src-main/machine/pit/Pit8254.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';

let time: ManualTime;
let irq: RecordingLine;
let pit: Pit8254;

beforeEach(() => {
  time = new ManualTime();
  irq = new RecordingLine();
  pit = new Pit8254('pit0', time.timers, irq);
  pit.reset();
});

function ticks(count: number): void {
  time.advanceTo(Math.ceil(((tick() + count) * 1e9) / PIT_CLOCK_HZ));
}

function tick(): number {
  return Math.floor((time.now * PIT_CLOCK_HZ) / 1e9);
}

/** Programs a counter with low and high byte. */
function program(counter: number, mode: number, count: number, bcd = 0): void {
  pit.write(3, 1, (counter << 6) | 0x30 | (mode << 1) | bcd);
  pit.write(counter, 1, count & 0xff);
  pit.write(counter, 1, count >> 8);
}

function latched(counter: number): number {
  pit.write(3, 1, counter << 6);
  return pit.read(counter) | (pit.read(counter) << 8);
}

function status(counter: number): number {
  pit.write(3, 1, 0xe0 | (2 << counter));
  return pit.read(counter);
}

const OUT = 0x80;

describe('mode 0, interrupt on terminal count', () => {
  test('OUT is low for count + 1 ticks, then raises IRQ 0 once', () => {
    program(0, 0, 100);
    expect(irq.level).toBe(false);
    ticks(100);
    expect(irq.rises).toBe(0);
    ticks(1);
    expect(irq.rises).toBe(1);
    ticks(200_000);
    expect(irq.rises).toBe(1);
  });

  test('counts down from the count, and past zero', () => {
    program(0, 0, 10);
    ticks(1);
    expect(latched(0)).toBe(10);
    ticks(4);
    expect(latched(0)).toBe(6);
    ticks(8);
    expect(latched(0)).toBe(0xfffe);
  });

  test('a new count starts again', () => {
    program(0, 0, 10);
    ticks(20);
    pit.write(0, 1, 10);
    expect(status(0) & OUT).toBe(0);
    pit.write(0, 1, 0);
    ticks(11);
    expect(irq.rises).toBe(2);
  });

  test('the gate holds the count', () => {
    program(2, 0, 100);
    ticks(50);
    expect(latched(2)).toBe(100);
    pit.setSpeakerGate(true);
    ticks(40);
    expect(latched(2)).toBe(60);
    pit.setSpeakerGate(false);
    ticks(1000);
    expect(latched(2)).toBe(60);
    pit.setSpeakerGate(true);
    ticks(60);
    expect(pit.speakerOutput()).toBe(true);
  });
});

describe('mode 1, one-shot', () => {
  test('the gate triggers it, again and again', () => {
    program(2, 1, 50);
    ticks(10);
    expect(pit.speakerOutput()).toBe(true);
    pit.setSpeakerGate(true);
    ticks(1);
    expect(pit.speakerOutput()).toBe(false);
    ticks(30);
    pit.setSpeakerGate(false);
    pit.setSpeakerGate(true);
    ticks(40);
    expect(pit.speakerOutput()).toBe(false);
    ticks(11);
    expect(pit.speakerOutput()).toBe(true);
  });
});

describe('mode 2, rate generator', () => {
  test('IRQ 0 rises every count ticks', () => {
    program(0, 2, 1000);
    ticks(1 + 1000);
    expect(irq.rises).toBe(1);
    ticks(9000);
    expect(irq.rises).toBe(10);
  });

  test('18.2 Hz with the greatest count', () => {
    program(0, 2, 0);
    time.advance(1_000_000_000);
    expect(irq.rises).toBe(18);
  });

  test('counts from count to 1 and over', () => {
    program(0, 2, 5);
    ticks(1);
    const seen = Array.from({ length: 7 }, () => {
      const value = latched(0);
      ticks(1);
      return value;
    });
    expect(seen).toEqual([5, 4, 3, 2, 1, 5, 4]);
  });

  test('a new count is taken at the end of the period', () => {
    program(0, 2, 1000);
    ticks(501);
    pit.write(0, 1, 2000 & 0xff);
    pit.write(0, 1, 2000 >> 8);
    expect(status(0) & 0x40).toBe(0x40);
    expect(latched(0)).toBe(500);
    ticks(500);
    expect(irq.rises).toBe(1);
    expect(latched(0)).toBe(2000);
    expect(status(0) & 0x40).toBe(0);
    ticks(2000);
    expect(irq.rises).toBe(2);
  });

  test('OUT is low for the last tick; a closed gate forces it high and its rise starts anew', () => {
    pit.setSpeakerGate(true);
    program(2, 2, 10);
    ticks(1 + 9);
    expect(pit.speakerOutput()).toBe(false);
    pit.setSpeakerGate(false);
    expect(pit.speakerOutput()).toBe(true);
    ticks(5);
    pit.setSpeakerGate(true);
    ticks(1);
    expect(latched(2)).toBe(10);
  });

  test('ticks that passed unnoticed are one interrupt', () => {
    program(0, 2, 1000);
    time.jump(100_000_000);
    time.timers.fireDue();
    expect(irq.rises).toBe(1);
    ticks(1000);
    expect(irq.rises).toBe(2);
  });
});

describe('mode 3, square wave', () => {
  test('OUT is high for half of the period, one tick longer when odd', () => {
    pit.setSpeakerGate(true);
    program(2, 3, 5);
    ticks(1);
    const seen = Array.from({ length: 10 }, () => {
      const value = pit.speakerOutput();
      ticks(1);
      return value;
    });
    expect(seen).toEqual([true, true, true, false, false, true, true, true, false, false]);
  });

  test('counts down by two, twice in a period', () => {
    program(0, 3, 8);
    ticks(1);
    const seen = Array.from({ length: 9 }, () => {
      const value = latched(0);
      ticks(1);
      return value;
    });
    expect(seen).toEqual([8, 6, 4, 2, 8, 6, 4, 2, 8]);
  });

  test('one interrupt a period; 6 and 7 are aliases', () => {
    program(0, 7, 1193);
    ticks(1 + 11_930);
    expect(irq.rises).toBe(10);
    expect(status(0) & 0x0e).toBe(0x06);
  });
});

describe('modes 4 and 5, strobes', () => {
  test('mode 4 is low for one tick, count + 1 after the write', () => {
    program(0, 4, 20);
    ticks(20);
    expect(status(0) & OUT).toBe(OUT);
    ticks(1);
    expect(status(0) & OUT).toBe(0);
    ticks(1);
    expect(status(0) & OUT).toBe(OUT);
    expect(irq.rises).toBe(1);
  });

  test('mode 5 waits for the gate', () => {
    program(2, 5, 20);
    ticks(100);
    expect(pit.speakerOutput()).toBe(true);
    pit.setSpeakerGate(true);
    ticks(21);
    expect(pit.speakerOutput()).toBe(false);
    ticks(1);
    expect(pit.speakerOutput()).toBe(true);
  });
});

describe('access', () => {
  test('the latch holds its value until read, and a second latch changes nothing', () => {
    program(0, 2, 1000);
    ticks(101);
    pit.write(3, 1, 0x00);
    ticks(50);
    pit.write(3, 1, 0x00);
    expect(pit.read(0) | (pit.read(0) << 8)).toBe(900);
    expect(latched(0)).toBe(850);
  });

  test('single-byte counts', () => {
    pit.write(3, 1, 0x14);
    pit.write(0, 1, 200);
    ticks(1 + 50);
    expect(pit.read(0)).toBe(150);
    pit.write(3, 1, 0x24);
    pit.write(0, 1, 2);
    ticks(1 + 0x80);
    expect(pit.read(0)).toBe(1);
    ticks(0x180);
    expect(irq.rises).toBeGreaterThan(0);
  });

  test('BCD', () => {
    program(0, 2, 0x1000, 1);
    ticks(2);
    expect(latched(0)).toBe(0x0999);
    program(0, 0, 0, 1);
    ticks(2);
    expect(latched(0)).toBe(0x9999);
  });

  test('read-back latches status before count', () => {
    program(0, 2, 1000);
    ticks(11);
    pit.write(3, 1, 0xc2);
    expect(pit.read(0)).toBe(OUT | 0x34);
    expect(pit.read(0) | (pit.read(0) << 8)).toBe(990);
  });

  test('the null count bit is set until the count is loaded', () => {
    pit.write(3, 1, 0x34);
    expect(status(0) & 0x40).toBe(0x40);
    pit.write(0, 1, 100);
    pit.write(0, 1, 0);
    expect(status(0) & 0x40).toBe(0x40);
    ticks(1);
    expect(status(0) & 0x40).toBe(0);
  });

  test('the control word cannot be read', () => {
    expect(pit.read(3)).toBe(0xff);
  });
});

test('a restored timer ticks on', () => {
  program(0, 2, 1000);
  ticks(501);
  const state = JSON.parse(JSON.stringify(pit.save()));
  const line = new RecordingLine();
  const other = new Pit8254('pit0', time.timers, line);
  other.restore(state);
  ticks(500);
  expect(line.rises).toBe(1);
  expect(other.save()).toEqual(pit.save());
});
