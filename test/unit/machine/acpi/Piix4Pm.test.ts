import { describe, expect, test } from 'vitest';
import { Piix4Pm } from '../../../../src-main/machine/acpi/Piix4Pm.ts';
import { PortTaps } from '../../../../src-main/machine/bus/PortTaps.ts';
import { SystemBus } from '../../../../src-main/machine/bus/SystemBus.ts';
import type { PciRegister } from '../../../../src-main/machine/pci/PciDevice.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';

const PM_BASE = 0x40,
  PM_ENABLE = 0x80,
  SM_BUS_BASE = 0x90,
  SM_BUS_ENABLE = 0xd2;
const NOBODY = 0xff;

interface Rig {
  readonly bus: SystemBus;
  readonly device: Piix4Pm;
  readonly interrupt: RecordingLine;
  write(offset: number, value: number): void;
}

function rig(hasFirmware: boolean): Rig {
  const bus = new SystemBus({ report: () => undefined }, new PortTaps([], undefined, { log: () => 0, exit: () => 0 }));
  const { timers } = new ManualTime();
  const interrupt = new RecordingLine();
  const device = new Piix4Pm('pm0', {
    bus,
    timers,
    sci: new RecordingLine(),
    smBusInterrupt: interrupt,
    onPowerOff: () => undefined,
    hasFirmware,
  });
  const register = (offset: number): PciRegister | undefined => device.registers.find((each) => each.offset === offset);
  // As the bus does at reset.
  for (const { reset, onChange } of device.registers) onChange?.(reset ?? 0);
  return { bus, device, interrupt, write: (offset, value) => register(offset)?.onChange?.(value) };
}

test('without firmware its registers lie where firmware would have put them', () => {
  const { bus } = rig(false);
  bus.portWrite(0x704, 1, 0xa0);
  expect([bus.portRead(0x604, 1), bus.portRead(0x702, 1), bus.portRead(0x704, 1)]).toEqual([1, 0, 0xa0]);
  expect([bus.portRead(0x640, 1), bus.portRead(0x710, 1)]).toEqual([NOBODY, NOBODY]);
});

test('with firmware they are nowhere until it has placed and enabled them', () => {
  const { bus, write } = rig(true);
  write(PM_BASE + 1, 0xb0);
  write(SM_BUS_BASE + 1, 0xb1);
  expect([bus.portRead(0xb004, 1), bus.portRead(0xb102, 1)]).toEqual([NOBODY, NOBODY]);
  write(PM_ENABLE, 1);
  write(SM_BUS_ENABLE, 9);
  expect([bus.portRead(0xb004, 1), bus.portRead(0xb102, 1)]).toEqual([0, 0]);
  write(SM_BUS_ENABLE, 8);
  expect([bus.portRead(0xb004, 1), bus.portRead(0xb102, 1)]).toEqual([0, NOBODY]);
});

describe('the interrupt of the SMBus host controller', () => {
  const START = 0x40,
    WITH_INTERRUPT = 0x01,
    ERRORS = 0x1e;

  test('tells of a transaction that asks for it, until its status is cleared', () => {
    const { bus, interrupt } = rig(false);
    bus.portWrite(0x702, 1, START);
    expect(interrupt.level).toBe(false);
    bus.portWrite(0x700, 1, ERRORS);
    bus.portWrite(0x702, 1, START | WITH_INTERRUPT);
    expect(interrupt.level).toBe(true);
    bus.portWrite(0x700, 1, ERRORS);
    expect(interrupt.level).toBe(false);
  });

  test('reaches nobody while it is to be an SMI', () => {
    const { bus, interrupt, write } = rig(false);
    write(SM_BUS_ENABLE, 1);
    bus.portWrite(0x702, 1, START | WITH_INTERRUPT);
    expect(interrupt.level).toBe(false);
    write(SM_BUS_ENABLE, 9);
    expect(interrupt.level).toBe(true);
  });

  test('is let go of at a reset', () => {
    const { bus, device, interrupt } = rig(false);
    bus.portWrite(0x702, 1, START | WITH_INTERRUPT);
    device.reset();
    expect([interrupt.rises, interrupt.level]).toEqual([1, false]);
  });

  test('is as it was once a restored machine has its configuration again', () => {
    const source = rig(false);
    source.bus.portWrite(0x702, 1, START | WITH_INTERRUPT);
    const { device, interrupt, write } = rig(false);
    device.restore(source.device.save());
    write(SM_BUS_ENABLE, 9);
    expect(interrupt.level).toBe(true);
  });
});

test('a snapshot from before there was an SMBus is taken', () => {
  const { device } = rig(false);
  const { smBus, ...before } = device.save();
  expect(smBus).toMatchObject({ version: 1 });
  expect(() => device.restore(before)).not.toThrow();
});
