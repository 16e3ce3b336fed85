import { beforeEach, describe, expect, test } from 'vitest';
import { AcpiPm } from '../../../../src-main/machine/acpi/AcpiPm.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';

const STATUS = 0,
  ENABLE = 2,
  CONTROL = 4,
  TIMER = 8;
const TIMER_EVENT = 1,
  POWER_BUTTON = 0x100;

let time: ManualTime;
let sci: RecordingLine;
let offs: string[];
let pm: AcpiPm;

beforeEach(() => {
  time = new ManualTime();
  sci = new RecordingLine();
  offs = [];
  pm = new AcpiPm('pm', time.timers, sci, (through) => offs.push(through), true);
});

test('the timer counts at 3.579545 MHz in 24 bits', () => {
  time.advance(1_000_000_000);
  expect(pm.read(TIMER, 4)).toBe(3_579_545);
  time.advance(4_000_000_000);
  expect(pm.read(TIMER, 4)).toBe((5 * 3_579_545) % 2 ** 24);
});

test('its highest bit changing is an event, which interrupts when it is enabled', () => {
  pm.write(ENABLE, 2, TIMER_EVENT);
  time.advance(2_343_000_000);
  expect(sci.level).toBe(false);
  time.advance(1_000_000);
  expect([sci.level, pm.read(STATUS, 2)]).toEqual([true, TIMER_EVENT]);
  pm.write(STATUS, 2, TIMER_EVENT);
  expect([sci.level, pm.read(STATUS, 2)]).toEqual([false, 0]);
  time.advance(2_344_000_000);
  expect(sci.level).toBe(true);
});

describe('the power button', () => {
  test('interrupts a guest that listens, until it clears the event', () => {
    expect(pm.pressPowerButton()).toBe(false);
    pm.write(STATUS, 2, POWER_BUTTON);
    pm.write(ENABLE, 2, POWER_BUTTON);
    expect(pm.pressPowerButton()).toBe(true);
    expect(sci.level).toBe(true);
    pm.write(STATUS, 2, POWER_BUTTON);
    expect(sci.level).toBe(false);
  });

  test('reaches no guest outside of ACPI mode', () => {
    pm.setAcpiMode(false);
    pm.write(ENABLE, 2, POWER_BUTTON);
    expect([pm.pressPowerButton(), sci.level, pm.read(CONTROL, 2)]).toEqual([false, false, 0]);
  });
});

test('sleep type S5 with SLP_EN switches the machine off, other types do nothing', () => {
  pm.write(CONTROL, 2, 0x2000 | (5 << 10));
  pm.write(CONTROL, 2, 0);
  expect(offs).toEqual([]);
  pm.write(CONTROL, 2, 0x2000);
  expect(offs).toEqual(['PM1a control']);
  expect(pm.read(CONTROL, 2)).toBe(1);
});

test('its state survives a snapshot', () => {
  pm.write(ENABLE, 2, POWER_BUTTON);
  pm.pressPowerButton();
  const state = structuredClone(pm.save());
  pm.reset();
  pm.restore(state);
  expect([pm.save(), sci.level]).toEqual([state, true]);
});
