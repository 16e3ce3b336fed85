import { beforeEach, describe, expect, test } from 'vitest';
import { programMode } from '../../../../src-main/machine/vga/programMode.ts';
import { VgaMemory } from '../../../../src-main/machine/vga/VgaMemory.ts';
import { findVgaMode, MODE_3 } from '../../../../src-main/machine/vga/vgaModes.ts';
import { VgaRegisters } from '../../../../src-main/machine/vga/VgaRegisters.ts';
import { ManualTime } from '../../../support/machine/ManualTime.ts';

let registers: VgaRegisters;
let planes: Uint8Array;
let memory: VgaMemory;

beforeEach(() => {
  registers = new VgaRegisters('vga0', new ManualTime().timers);
  planes = new Uint8Array(0x4_0000);
  memory = new VgaMemory('vga0-memory', registers, planes);
  programMode(registers, findVgaMode(0x12) ?? MODE_3);
});

function graphics(register: number, value: number): void {
  registers.write(0x1e, 1, register);
  registers.write(0x1f, 1, value);
}
function sequencer(register: number, value: number): void {
  registers.write(0x14, 1, register);
  registers.write(0x15, 1, value);
}
/** The four planes' bytes at a group. */
const group = (index: number): number[] => [...planes.subarray(index * 4, index * 4 + 4)];

describe('write mode 0', () => {
  test('writes the planes of the map mask', () => {
    sequencer(2, 0b0101);
    memory.write(3, 1, 0xa5);
    expect(group(3)).toEqual([0xa5, 0, 0xa5, 0]);
  });

  test('rotates, and takes set/reset where it is enabled', () => {
    graphics(3, 1);
    graphics(0, 0b1000);
    graphics(1, 0b1100);
    memory.write(0, 1, 0x81);
    expect(group(0)).toEqual([0xc0, 0xc0, 0x00, 0xff]);
  });

  test.each([
    { name: 'and', select: 1, result: 0b1000 },
    { name: 'or', select: 2, result: 0b1110 },
    { name: 'xor', select: 3, result: 0b0110 },
  ])('combines with the latches by $name', ({ select, result }) => {
    planes.set([0b1100, 0b1100, 0b1100, 0b1100], 40);
    memory.read(10, 1);
    graphics(3, select << 3);
    memory.write(10, 1, 0b1010);
    expect(group(10)).toEqual([result, result, result, result]);
  });

  test('leaves bits outside of the bit mask as they were latched', () => {
    planes.set([0xff, 0x00, 0xff, 0x00], 0);
    memory.read(0, 1);
    graphics(8, 0x0f);
    memory.write(0, 1, 0xaa);
    expect(group(0)).toEqual([0xfa, 0x0a, 0xfa, 0x0a]);
  });
});

test('write mode 1 copies the latches', () => {
  planes.set([1, 2, 3, 4], 0);
  graphics(5, 1);
  memory.read(0, 1);
  memory.write(7, 1, 0xff);
  expect(group(7)).toEqual([1, 2, 3, 4]);
});

test('write mode 2 makes each bit of the value a plane', () => {
  graphics(5, 2);
  graphics(8, 0xf0);
  memory.write(0, 1, 0b0110);
  expect(group(0)).toEqual([0, 0xf0, 0xf0, 0]);
});

test('write mode 3 uses the value as a mask for set/reset', () => {
  graphics(5, 3);
  graphics(0, 0b0011);
  graphics(8, 0x3c);
  memory.write(0, 1, 0x0f);
  expect(group(0)).toEqual([0x0c, 0x0c, 0, 0]);
});

describe('reads', () => {
  beforeEach(() => planes.set([0b1010, 0b1100, 0, 0xff], 20));

  test('mode 0 gives the chosen plane', () => {
    graphics(4, 1);
    expect(memory.read(5, 1)).toBe(0b1100);
  });

  test('mode 1 gives a bit for each pixel of the wanted colour', () => {
    graphics(5, 8);
    graphics(2, 0b1011); // planes 0, 1 and 3
    graphics(7, 0b1111);
    expect(memory.read(5, 1)).toBe(0b0000_1000);
    graphics(7, 0b1001);
    expect(memory.read(5, 1)).toBe(0b0000_1010);
  });

  test('nothing answers outside of the memory map, or with memory off', () => {
    expect(memory.read(0x18005, 1)).toBe(0xff);
    registers.write(0x12, 1, 0xe1);
    expect(memory.read(5, 2)).toBe(0xffff);
  });
});

describe('addressing', () => {
  test('chain-4 is linear', () => {
    programMode(registers, findVgaMode(0x13) ?? MODE_3);
    memory.write(6, 4, 0x4433_2211);
    expect([...planes.subarray(6, 10)]).toEqual([0x11, 0x22, 0x33, 0x44]);
    expect(memory.read(6, 4)).toBe(0x4433_2211);
    expect([memory.isLinear, memory.isPlainOddEven]).toEqual([true, false]);
  });

  test('mode X writes four pixels at once', () => {
    programMode(registers, findVgaMode(0x13) ?? MODE_3);
    sequencer(4, 0x06);
    memory.write(2, 1, 9);
    expect([...planes.subarray(8, 12)]).toEqual([9, 9, 9, 9]);
    expect(memory.isLinear).toBe(false);
  });

  test('odd and even addresses of a text mode are characters and attributes', () => {
    programMode(registers, MODE_3);
    memory.write(0x18000 + 160, 2, 0x1f41);
    expect(group(80)).toEqual([0x41, 0x1f, 0, 0]);
    expect(memory.read(0x18000 + 160, 2)).toBe(0x1f41);
    expect(memory.isPlainOddEven).toBe(true);
  });

  test('plane 2 takes a font while addresses are sequential', () => {
    programMode(registers, MODE_3);
    sequencer(2, 0x04);
    sequencer(4, 0x07);
    graphics(5, 0x00);
    graphics(6, 0x04);
    memory.write(0x41 * 32, 1, 0x18);
    expect(group(0x41 * 32)).toEqual([0, 0, 0x18, 0]);
  });
});

test('a restored memory has its latches', () => {
  planes.set([1, 2, 3, 4], 0);
  memory.read(0, 1);
  const other = new VgaMemory('vga0-memory', registers, planes);
  other.restore(JSON.parse(JSON.stringify(memory.save())));
  graphics(5, 1);
  other.write(1, 1, 0);
  expect(group(1)).toEqual([1, 2, 3, 4]);
});
