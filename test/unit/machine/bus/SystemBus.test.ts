import { beforeEach, describe, expect, test } from 'vitest';
import type { AccessWidth } from '../../../../src-main/engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState } from '../../../../src-main/machine/BusDevice.ts';
import { PortTaps } from '../../../../src-main/machine/bus/PortTaps.ts';
import { SystemBus } from '../../../../src-main/machine/bus/SystemBus.ts';

/** Remembers its accesses; reads as its offset plus A0h in each byte. */
class Recorder implements BusDevice {
  readonly id: string;
  readonly log: string[] = [];

  constructor(id: string) {
    this.id = id;
  }

  read(offset: number, width: AccessWidth): number {
    this.log.push(`r${width}@${offset}`);
    let value = 0;
    for (let i = 0; i < width; i++) value += (0xa0 + offset + i) * 2 ** (8 * i);
    return value;
  }

  write(offset: number, width: AccessWidth, value: number): void {
    this.log.push(`w${width}@${offset}=${value.toString(16)}`);
  }

  reset(): void {}

  save(): DeviceState {
    return { version: 1 };
  }

  restore(): void {}
}

let reports: string[];
let tapped: string[];
let bus: SystemBus;
let bytewide: Recorder;
let wide: Recorder;

beforeEach(() => {
  reports = [];
  tapped = [];
  bus = new SystemBus(
    {
      report: (kind, access, address, value) =>
        reports.push(`${kind} ${access} ${address.toString(16)}${value === undefined ? '' : `=${value.toString(16)}`}`),
    },
    new PortTaps([0x190, 0x61], 0xf4, {
      log: (port, byte) => tapped.push(`${port.toString(16)}: ${byte.toString(16)}`),
      exit: (_, value) => tapped.push(`exit ${value.toString(16)}`),
    }),
  );
  bytewide = new Recorder('bytewide');
  wide = new Recorder('wide');
  bus.mapPorts(bytewide, { first: 0x60, count: 2, offset: 4 });
  bus.mapPorts(wide, { first: 0x604, count: 4, width: 4 });
  bus.mapMmio(wide, { first: 0xfec0_0000, byteLength: 0x10 });
});

describe('ports', () => {
  test('a device sees offsets, not addresses', () => {
    expect(bus.portRead(0x61, 1)).toBe(0xa5);
    bus.portWrite(0x60, 1, 0x12);
    expect(bytewide.log).toEqual(['r1@5', 'w1@4=12']);
  });

  test('wide accesses to a byte-wide device are split, low byte first', () => {
    expect(bus.portRead(0x60, 2)).toBe(0xa5a4);
    bus.portWrite(0x60, 2, 0x1234);
    expect(bytewide.log).toEqual(['r1@4', 'r1@5', 'w1@4=34', 'w1@5=12']);
  });

  test('what leaves the range reads as ones there', () => {
    expect(bus.portRead(0x61, 4)).toBe(0xffff_ffa5);
    expect(bus.portRead(0x5f, 2)).toBe(0xa4ff);
    expect(reports).toEqual([]);
  });

  test('a wide device takes the access whole', () => {
    expect(bus.portRead(0x604, 4)).toBe(0xa3a2a1a0);
    bus.portWrite(0x606, 2, 0xffff);
    expect(wide.log).toEqual(['r4@0', 'w2@2=ffff']);
  });

  test('a range of one port that is two bytes wide is a register of its own', () => {
    bus.mapPorts(wide, { first: 0x1ce, count: 1, width: 2 });
    bus.mapPorts(bytewide, { first: 0x1cf, count: 1, width: 2 });
    bus.portWrite(0x1ce, 2, 0x1234);
    bus.portWrite(0x1cf, 2, 0x5678);
    expect([...wide.log, ...bytewide.log]).toEqual(['w2@0=1234', 'w2@0=5678']);
  });

  test('unknown ports read as ones and are reported once, with their whole value', () => {
    expect(bus.portRead(0x1234, 4)).toBe(0xffff_ffff);
    expect(bus.portRead(0x1234, 2)).toBe(0xffff);
    bus.portWrite(0x1234, 4, 0xdead_beef);
    expect(reports).toEqual(['unknown-port read 1234', 'unknown-port read 1234', 'unknown-port write 1234=deadbeef']);
  });

  test('the last port wraps to the first', () => {
    expect(bus.portRead(0xffff, 2)).toBe(0xffff);
    expect(reports).toEqual(['unknown-port read ffff']);
  });

  test('a port that is taken is refused', () => {
    expect(() => bus.mapPorts(wide, { first: 0x61, count: 1 })).toThrow(/port 0x61 is taken/);
  });
});

describe('taps', () => {
  test('every byte written to a logged port is logged, whoever owns it', () => {
    bus.portWrite(0x190, 1, 0xff);
    bus.portWrite(0x18f, 4, 0x4433_2211);
    bus.portWrite(0x60, 2, 0x1234);
    expect(tapped).toEqual(['190: ff', '190: 22', '61: 12']);
    expect(reports).toEqual([]);
  });

  test('the exit port gives the value as wide as written', () => {
    bus.portWrite(0xf4, 4, 0x8000_0001);
    bus.portWrite(0xf3, 2, 0x1200);
    expect(tapped).toEqual(['exit 80000001', 'exit 12']);
  });
});

describe('memory-mapped I/O', () => {
  test('reaches its device', () => {
    expect(bus.mmioRead(0xfec0_0004, 4)).toBe(0xa7a6a5a4);
    bus.mmioWrite(0xfec0_0008, 1, 5);
    expect(wide.log).toEqual(['r4@4', 'w1@8=5']);
  });

  test('what crosses the end is split', () => {
    expect(bus.mmioRead(0xfec0_000e, 4)).toBe(0xffffafae);
  });

  test('outside of everything reads as ones and is reported', () => {
    expect(bus.mmioRead(0x8000_0000, 2)).toBe(0xffff);
    bus.mmioWrite(0x8000_0000, 4, 1);
    expect(reports).toEqual(['outside-ram read 80000000', 'outside-ram write 80000000=1']);
  });
});

test('accesses are counted, in all and by device', () => {
  bus.portRead(0x60, 2);
  bus.portWrite(0x1234, 1, 0);
  bus.mmioRead(0xfec0_0000, 4);
  expect(bus.counts).toEqual({ portReads: 1, portWrites: 1, mmioReads: 1, mmioWrites: 0 });
  expect(bus.deviceAccesses()).toEqual([
    { id: 'bytewide', reads: 2, writes: 0 },
    { id: 'wide', reads: 1, writes: 0 },
  ]);
});
