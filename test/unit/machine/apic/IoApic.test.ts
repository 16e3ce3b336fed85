import { beforeEach, expect, test } from 'vitest';
import { ApicBus } from '../../../../src-main/machine/apic/ApicBus.ts';
import { IoApic } from '../../../../src-main/machine/apic/IoApic.ts';
import type { LocalApic } from '../../../../src-main/machine/apic/LocalApic.ts';
import { ManualTime } from '../../../support/machine/ManualTime.ts';

const LEVEL = 0x8000,
  MASKED = 0x10000;

let io: IoApic;
let local: LocalApic;

function writeEntry(pin: number, low: number, high = 0): void {
  io.write(0, 4, 0x11 + 2 * pin);
  io.write(0x10, 4, high);
  io.write(0, 4, 0x10 + 2 * pin);
  io.write(0x10, 4, low);
}

function readEntry(pin: number): number {
  io.write(0, 4, 0x10 + 2 * pin);
  return io.read(0x10, 4);
}

beforeEach(() => {
  const bus = new ApicBus();
  const none = { isPending: () => false, acknowledge: () => 0 };
  const processor = { notifyInterrupt: () => undefined, requestNmi: () => undefined };
  local = bus.addLocalApic(0, new ManualTime().timers, none, processor);
  local.write(0xf0, 4, 0x1ff);
  io = new IoApic('ioapic0', bus);
});

test('says that it has 24 pins, all masked', () => {
  io.write(0, 4, 1);
  expect([io.read(0x10, 4), readEntry(23)]).toEqual([0x0017_0020, MASKED]);
});

test('an edge interrupts once, and is lost while masked', () => {
  writeEntry(4, 0x44 | MASKED);
  io.setPin(4, true);
  writeEntry(4, 0x44);
  expect(local.isPending()).toBe(false);
  io.setPin(4, false);
  io.setPin(4, true);
  expect(local.acknowledge()).toBe(0x44);
  local.write(0xb0, 4, 0);
  expect(local.isPending()).toBe(false);
});

test('a level interrupts again after its EOI as long as it is asserted', () => {
  writeEntry(10, 0x51 | LEVEL);
  io.setPin(10, true);
  expect([local.acknowledge(), readEntry(10)]).toEqual([0x51, 0xc051]);
  local.write(0xb0, 4, 0);
  expect(local.acknowledge()).toBe(0x51);
  io.setPin(10, false);
  local.write(0xb0, 4, 0);
  expect([local.isPending(), readEntry(10)]).toEqual([false, 0x8051]);
});

test('a level that is asserted already interrupts when it is unmasked, and its EOI register ends it', () => {
  io.setPin(10, true);
  writeEntry(10, 0x51 | LEVEL);
  expect(local.isPending()).toBe(true);
  io.setPin(10, false);
  io.write(0x40, 4, 0x51);
  expect(readEntry(10)).toBe(0x8051);
});

test('its state survives a snapshot', () => {
  writeEntry(10, 0x51 | LEVEL, 0x0100_0000);
  io.setPin(10, true);
  const state = structuredClone(io.save());
  io.reset();
  io.restore(state);
  expect(io.save()).toEqual(state);
});
