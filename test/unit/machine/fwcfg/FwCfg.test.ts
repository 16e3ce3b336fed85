import { beforeEach, describe, expect, test } from 'vitest';
import { RamMaster } from '../../../../src-main/machine/bus/RamMaster.ts';
import { FwCfg } from '../../../../src-main/machine/fwcfg/FwCfg.ts';

const DIRECTORY = 0x19;

let ram: Uint8Array;
let device: FwCfg;

function select(key: number): void {
  device.write(0, 2, key);
}

function readBytes(count: number): number[] {
  return Array.from({ length: count }, () => device.read(1, 1));
}

/** A DMA request at 100h; returns its control word afterwards. */
function dma(control: number, length: number, address: number): number {
  const request = new DataView(ram.buffer);
  request.setUint32(0x100, control);
  request.setUint32(0x104, length);
  request.setBigUint64(0x108, BigInt(address));
  device.write(4, 4, 0);
  device.write(8, 4, 0x0001_0000);
  return request.getUint32(0x100);
}

beforeEach(() => {
  ram = new Uint8Array(0x2000);
  const memory = new RamMaster(
    { size: ram.length, view: (address, length) => ram.subarray(address, address + length) },
    () => undefined,
  );
  device = new FwCfg('fwcfg0', memory, {
    ramBytes: 0x400_0000,
    cpuCount: 2,
    files: [
      { name: 'etc/z', contents: Uint8Array.of(9, 8, 7) },
      { name: 'bootorder', contents: Uint8Array.of(1, 2) },
    ],
  });
});

test('is known by its signature, and by the DMA interface’s', () => {
  select(0);
  expect(readBytes(5)).toEqual([...Buffer.from('QEMU\0')]);
  expect([device.read(4, 4), device.read(8, 4)]).toEqual([0x554d_4551, 0x4746_4320]);
});

test('tells the number of processors', () => {
  select(5);
  expect(readBytes(2)).toEqual([2, 0]);
});

test('lists its files in order of their names, and gives their contents', () => {
  select(DIRECTORY);
  const bytes = Uint8Array.from(readBytes(4 + 2 * 64));
  const view = new DataView(bytes.buffer);
  expect([view.getUint32(0), view.getUint32(4), view.getUint16(8), bytes[12]]).toEqual([2, 2, 0x20, 0x62]);
  select(view.getUint16(8 + 64));
  expect(readBytes(4)).toEqual([9, 8, 7, 0]);
});

describe('DMA', () => {
  test('selects, skips and reads', () => {
    expect(dma((0x21 << 16) | 8 | 4, 1, 0)).toBe(0);
    expect(dma(2, 4, 0x200)).toBe(0);
    expect([...ram.subarray(0x200, 0x205)]).toEqual([8, 7, 0, 0, 0]);
  });

  test('refuses to write', () => {
    expect(dma((0x21 << 16) | 8 | 16, 1, 0x200)).toBe(1);
  });

  test('stays in RAM, however much it is asked for', () => {
    expect(dma((0x21 << 16) | 8 | 2, 0xffff_ffff, 0x1fff)).toBe(0);
    expect(ram[0x1fff]).toBe(9);
    expect(dma(2, 0xffff_ffff, 2 ** 40)).toBe(0);
  });
});

test('its state survives a snapshot', () => {
  select(0x21);
  readBytes(1);
  const state = structuredClone(device.save());
  device.reset();
  device.restore(state);
  expect(readBytes(2)).toEqual([8, 7]);
});
