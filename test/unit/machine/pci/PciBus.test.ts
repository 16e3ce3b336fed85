import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AccessWidth } from '../../../../src-main/engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState } from '../../../../src-main/machine/BusDevice.ts';
import { PortTaps } from '../../../../src-main/machine/bus/PortTaps.ts';
import { RamMaster } from '../../../../src-main/machine/bus/RamMaster.ts';
import { SystemBus } from '../../../../src-main/machine/bus/SystemBus.ts';
import { ConfigurationPorts } from '../../../../src-main/machine/pci/ConfigurationPorts.ts';
import { PciBus } from '../../../../src-main/machine/pci/PciBus.ts';
import type { PciDevice, PciSlot } from '../../../../src-main/machine/pci/PciDevice.ts';
import { RecordingLine } from '../../../support/machine/ManualTime.ts';

class Registers implements BusDevice {
  readonly id = 'registers';
  readonly writes: string[] = [];

  read(offset: number): number {
    return offset + 0x50;
  }

  write(offset: number, width: AccessWidth, value: number): void {
    this.writes.push(`${offset}/${width}=${value.toString(16)}`);
  }

  reset(): void {}

  save(): DeviceState {
    return { version: 1 };
  }

  restore(): void {}
}

const PORT_BAR = 0x10,
  MEMORY_BAR = 0x14,
  FRAME_BAR = 0x18,
  ROM_BAR = 0x30;

let bus: SystemBus;
let pci: PciBus;
let lines: RecordingLine[];
let ram: Uint8Array;
let slot: PciSlot | undefined;
let registers: Registers;
let frameAt: number | undefined;
let ownRegister: number[];
let written: [number, number][];

function config(device: number, register: number): number {
  return (0x8000_0000 | (device << 11) | register) >>> 0;
}

function read(device: number, register: number, width: AccessWidth = 4): number {
  bus.portWrite(0xcf8, 4, config(device, register & ~3));
  return bus.portRead(0xcfc + (register & 3), width);
}

function write(device: number, register: number, value: number, width: AccessWidth = 4): void {
  bus.portWrite(0xcf8, 4, config(device, register & ~3));
  bus.portWrite(0xcfc + (register & 3), width, value);
}

beforeEach(() => {
  bus = new SystemBus({ report: () => undefined }, new PortTaps([], undefined, { log: () => 0, exit: () => 0 }));
  lines = Array.from({ length: 4 }, () => new RecordingLine());
  ram = new Uint8Array(0x1000);
  written = [];
  const memory = new RamMaster(
    { size: ram.length, view: (address, length) => ram.subarray(address, address + length) },
    (address, length) => written.push([address, length]),
  );
  pci = new PciBus({ bus, memory, interrupts: lines });
  registers = new Registers();
  ownRegister = [];
  frameAt = undefined;
  const device: PciDevice = {
    id: 'card0',
    identity: { vendorId: 0x1af4, deviceId: 0x1001, classCode: 0x01_0080, subsystemVendorId: 0x1af4, subsystemId: 2 },
    bars: [
      { index: 0, space: 'io', byteLength: 0x40, device: registers, width: 4 },
      { index: 1, space: 'memory', byteLength: 0x1000, device: registers },
      { index: 2, space: 'memory', byteLength: 0x100_0000, isPrefetchable: true, onPlaced: (at) => (frameAt = at) },
    ],
    interruptPin: 1,
    rom: Uint8Array.of(0x55, 0xaa, 4),
    registers: [{ offset: 0x59, reset: 0x10, writable: 0x33, onChange: (value) => ownRegister.push(value) }],
    capabilities: [{ bytes: Uint8Array.of(9, 0, 16, 1) }, { bytes: Uint8Array.of(9, 0, 16, 2) }],
    attach: (given) => (slot = given),
    reset: () => undefined,
    save: () => ({ version: 1 }),
    restore: () => undefined,
  };
  pci.attach(device, 3);
  const ports = new ConfigurationPorts('pci0', pci, registers);
  bus.mapPorts(ports, { first: 0xcf8, count: 8, width: 4 });
  ports.reset();
});

describe('configuration space', () => {
  test('names the function and reads as ones where none is', () => {
    expect([read(3, 0), read(3, 0x09, 2), read(3, 0x0b, 1), read(3, 0x2c)]).toEqual([
      0x1001_1af4, 0x0080, 0x01, 0x0002_1af4,
    ]);
    expect([read(4, 0), read(3, 0x0e, 1)]).toEqual([0xffff_ffff, 0]);
    bus.portWrite(0xcf8, 4, 0x8001_1800);
    expect(bus.portRead(0xcfc, 4)).toBe(0xffff_ffff);
    bus.portWrite(0xcf8, 4, 0x0000_1800);
    expect(bus.portRead(0xcfc, 4)).toBe(0xffff_ffff);
  });

  test('keeps what is read-only', () => {
    for (let register = 0; register < 0x100; register += 4) write(3, register, 0xffff_ffff);
    expect([read(3, 0), read(3, 0x04, 2), read(3, 0x3d, 1), read(3, 0x59, 1), read(3, 0xf0)]).toEqual([
      0x1001_1af4, 0x077f, 1, 0x33, 0,
    ]);
  });

  test('tells the size of each range when all ones are written', () => {
    for (const register of [PORT_BAR, MEMORY_BAR, FRAME_BAR, 0x1c, ROM_BAR]) write(3, register, 0xffff_ffff);
    expect([PORT_BAR, MEMORY_BAR, FRAME_BAR, 0x1c, ROM_BAR].map((register) => read(3, register))).toEqual([
      0xffff_ffc1, 0xffff_f000, 0xff00_0008, 0, 0xffff_f801,
    ]);
  });

  test('links capabilities', () => {
    expect(read(3, 0x06, 2) & 0x10).toBe(0x10);
    expect([read(3, 0x34, 1), read(3, 0x40), read(3, 0x44)]).toEqual([0x40, 0x0110_4409, 0x0210_0009]);
  });

  test('tells a device of its own registers', () => {
    write(3, 0x58, 0xffff_ffff);
    expect(ownRegister).toEqual([0x10, 0x33]);
  });

  test('the byte at CF9h belongs to the reset control register, and no other narrow access to CONFADD', () => {
    bus.portWrite(0xcf8, 4, config(3, 0));
    bus.portWrite(0xcf9, 1, 6);
    bus.portWrite(0xcf8, 1, 0);
    expect(registers.writes).toEqual(['0/1=6']);
    expect(bus.portRead(0xcf8, 4)).toBe(config(3, 0));
  });
});

describe('base addresses', () => {
  test('decode only once the command register enables their space', () => {
    write(3, PORT_BAR, 0xc000);
    expect(bus.portRead(0xc004, 1)).toBe(0xff);
    write(3, 0x04, 1, 2);
    expect(bus.portRead(0xc004, 1)).toBe(0x54);
    write(3, PORT_BAR, 0xd000);
    expect([bus.portRead(0xc004, 1), bus.portRead(0xd004, 1)]).toEqual([0xff, 0x54]);
  });

  test('memory ranges answer, frame buffers are told where they lie, and the ROM shows its image', () => {
    write(3, MEMORY_BAR, 0xfe00_0000);
    write(3, FRAME_BAR, 0xe000_0000);
    write(3, ROM_BAR, 0xfd00_0001);
    write(3, 0x04, 2, 2);
    bus.mmioWrite(0xfe00_0010, 4, 0xabcd);
    expect(registers.writes).toEqual(['16/4=abcd']);
    expect(frameAt).toBe(0xe000_0000);
    expect(bus.mmioRead(0xfd00_0000, 4)).toBe(0xff04_aa55);
    write(3, 0x04, 0, 2);
    expect([frameAt, bus.mmioRead(0xfe00_0000, 1)]).toEqual([undefined, 0xff]);
  });

  test('a fixed port range keeps what a driver lays over it', () => {
    write(3, PORT_BAR, 0x0cc0);
    write(3, 0x04, 1, 2);
    expect(read(3, 0)).toBe(0x1001_1af4);
    expect(bus.portRead(0xcc4, 1)).toBe(0x54);
  });

  test('a range at 0 or being sized is decoded nowhere', () => {
    write(3, 0x04, 3, 2);
    write(3, FRAME_BAR, 0xffff_ffff);
    expect(frameAt).toBeUndefined();
  });
});

describe('interrupts and bus mastering', () => {
  test('pin A of device 3 drives the third line, unless disabled', () => {
    slot?.interrupt.set(true);
    expect(lines.map(({ level }) => level)).toEqual([false, false, true, false]);
    expect(read(3, 0x06, 2) & 8).toBe(8);
    write(3, 0x04, 0x400, 2);
    expect(lines[2]?.level).toBe(false);
    write(3, 0x04, 0, 2);
    expect(lines[2]?.level).toBe(true);
  });

  test('memory is reached only by a bus master, and only RAM', () => {
    const target = new Uint8Array(4);
    ram.set([1, 2, 3, 4]);
    slot?.memory.read(0, target);
    slot?.memory.write(0x100, Uint8Array.of(9));
    expect([[...target], ram[0x100]]).toEqual([[0xff, 0xff, 0xff, 0xff], 0]);
    write(3, 0x04, 4, 2);
    slot?.memory.read(0xffe, target);
    slot?.memory.write(0xfff, Uint8Array.of(7, 8));
    slot?.memory.write(0xffff_f000, Uint8Array.of(7, 8));
    expect([[...target], ram[0xfff], written]).toEqual([[0, 0, 0xff, 0xff], 7, [[0xfff, 1]]]);
  });
});

test('configuration space survives a snapshot, and random traffic breaks nothing', () => {
  const access = fc.record({
    device: fc.constantFrom(3, 3, 3, 0, 31),
    register: fc.nat(0xff),
    width: fc.constantFrom<AccessWidth>(1, 2, 4),
    value: fc.nat(0xffff_ffff),
    isPinAsserted: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(access, { maxLength: 40 }), (accesses) => {
      for (const { device, register, width, value, isPinAsserted } of accesses) {
        write(device, register, value % 2 ** (8 * width), width);
        slot?.interrupt.set(isPinAsserted);
        read(device, register, width);
      }
      const state = structuredClone(pci.save());
      pci.reset();
      pci.restore(state);
      expect(pci.save()).toEqual(state);
    }),
    { numRuns: 100 },
  );
});
