import { expect, test } from 'vitest';
import { isRomOfVga, PciVga } from '../../../../src-main/machine/vga/PciVga.ts';
import { VgaAdapter } from '../../../../src-main/machine/vga/VgaAdapter.ts';
import { detachedVideoMemory } from '../../../../src-main/machine/vga/detachedVideoMemory.ts';
import { ManualTime } from '../../../support/machine/ManualTime.ts';
import { TestRam } from '../../../support/machine/TestRam.ts';
import type { BusDevice } from '../../../../src-main/machine/BusDevice.ts';

const [WIDTH, HEIGHT, ENABLE] = [0x502, 0x504, 0x508];

function made(): { device: PciVga; vga: VgaAdapter; registers: BusDevice } {
  const vga = new VgaAdapter({
    ids: { registers: 'vga0', memory: 'vga0-memory', vbe: 'vbe0' },
    timers: new ManualTime().timers,
    video: detachedVideoMemory(),
    ram: new TestRam(0x10_0000),
  });
  const device = new PciVga('pci-vga', vga, undefined);
  const bar = device.bars.find(({ index }) => index === 2);
  if (bar === undefined || !('device' in bar)) throw new Error('no register range');
  return { device, vga, registers: bar.device };
}

test('shows the VBE interface’s registers side by side', () => {
  const { vga, registers } = made();
  expect(registers.read(0x500, 2)).toBe(0xb0c5);
  registers.write(WIDTH, 2, 320);
  registers.write(HEIGHT, 2, 200);
  registers.write(ENABLE, 2, 1);
  expect(vga.vbe.mode).toMatchObject({ width: 320, height: 200, depth: 8 });
  expect([registers.read(WIDTH, 2), registers.read(WIDTH, 1), registers.read(WIDTH + 1, 1)]).toEqual([320, 0x40, 1]);
});

test('shows the ports from 3C0h on, words low byte first', () => {
  const { vga, registers } = made();
  // Sequencer index and data, 3C4h and 3C5h.
  registers.write(0x404, 2, 0x0702);
  expect(vga.registers.sequencerRegister(2)).toBe(7);
  expect(registers.read(0x404, 2)).toBe(0x0702);
});

test('says that pixels are little-endian, and that 3FFh and below hold nothing', () => {
  const { registers } = made();
  expect([registers.read(0x600, 2), registers.read(0x604, 2), registers.read(0x606, 2)]).toEqual([8, 0x1e1e, 0x1e1e]);
  expect([registers.read(0, 2), registers.read(0x700, 2)]).toEqual([0, 0]);
});

test('puts the frame buffer where its base address register says', () => {
  const { device, vga } = made();
  const bar = device.bars.find(({ index }) => index === 0);
  if (bar === undefined || !('onPlaced' in bar)) throw new Error('no frame buffer');
  bar.onPlaced(0xc000_0000);
  expect(vga.frameBufferAddress).toBe(0xc000_0000);
  bar.onPlaced(undefined);
  expect(vga.frameBufferAddress).toBeUndefined();
});

test.each([
  ['its own', [0x34, 0x12, 0x11, 0x11], true],
  ['another adapter’s', [0x86, 0x80, 0x11, 0x11], false],
])('knows %s expansion ROM', (_, ids, isOwn) => {
  const rom = new Uint8Array(0x200);
  rom.set([0x55, 0xaa, 1]);
  rom.set([0x40, 0], 0x18);
  rom.set([...Buffer.from('PCIR'), ...ids], 0x40);
  expect(isRomOfVga(rom)).toBe(isOwn);
  expect(isRomOfVga(rom.subarray(0, 0x44))).toBe(false);
});
