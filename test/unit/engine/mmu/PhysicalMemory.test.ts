import { describe, expect, test } from 'vitest';
import { PhysicalMemory } from '../../../../src-main/engine/mmu/PhysicalMemory.ts';
import { PAGE_FLAG } from '../../../../src-main/engine/state/layout.ts';

const RAM = 0x4000;

describe('physical memory', () => {
  test('answers RAM, and nothing beyond it', () => {
    const memory = PhysicalMemory.create(RAM);
    expect(memory.host(0)).toBe(memory.layout.ramBase);
    expect(memory.host(RAM - 1)).toBe(memory.layout.ramBase + RAM - 1);
    expect([memory.host(RAM), memory.host(0xffff_f000)]).toEqual([0, 0]);
    expect([memory.isWritable(0), memory.isWritable(RAM)]).toEqual([true, false]);
  });

  test('a ROM answers at each of its addresses, padded with ones, and cannot be written', () => {
    const memory = PhysicalMemory.create(RAM);
    expect(memory.mapRom(Uint8Array.of(1, 2, 3), [0x2000, 0xffff_f000])).toBe(true);
    for (const at of [0x2000, 0xffff_f000]) {
      expect([...memory.bytes.subarray(memory.host(at), memory.host(at) + 4)]).toEqual([1, 2, 3, 0xff]);
      expect(memory.isWritable(at)).toBe(false);
    }
  });

  test('takes no more ROM than there is room for', () => {
    const memory = PhysicalMemory.create(RAM);
    expect(memory.mapRom(new Uint8Array(0x10_0000), [0xfff0_0000])).toBe(true);
    expect(memory.mapRom(Uint8Array.of(1), [0xc_0000])).toBe(false);
  });

  test('the A20 gate takes line 20 away while it is closed', () => {
    const memory = PhysicalMemory.create(RAM);
    memory.setA20(false);
    expect(memory.gated(0x0010_0234)).toBe(0x234);
    expect(memory.gated(0xfff0_0000)).toBe(0xffe0_0000);
    memory.setA20(true);
    expect(memory.gated(0xfff0_0000)).toBe(0xfff0_0000);
  });

  test('page flags are kept by page, and outside of RAM there are none', () => {
    const memory = PhysicalMemory.create(RAM);
    memory.setFlags(0x1fff, PAGE_FLAG.code | PAGE_FLAG.dirty);
    memory.clearFlags(0x1000, PAGE_FLAG.code);
    memory.setFlags(0x8000_0000, PAGE_FLAG.code);
    expect([memory.flagsOf(0x1000), memory.flagsOf(0x2000), memory.flagsOf(0x8000_0000)]).toEqual([2, 0, 0]);
  });

  test('a read-only page cannot be written', () => {
    const memory = PhysicalMemory.create(RAM);
    memory.setFlags(0x1000, PAGE_FLAG.readOnly);
    expect([memory.isWritable(0x1fff), memory.isWritable(0x2000)]).toEqual([false, true]);
  });

  test('a ROM may let writes through to the RAM beneath it, where there is some', () => {
    const memory = PhysicalMemory.create(RAM);
    const host = memory.placeRom(Uint8Array.of(1)) ?? 0;
    memory.setWindow('shadowed', 0x1000, 0x1000, { kind: 'rom', host, writesToRam: true });
    memory.setWindow('nobody', 0x2000, 0x1000, { kind: 'bus', writesToRam: true });
    memory.setWindow('high', 0xffff_f000, 0x1000, { kind: 'rom', host, writesToRam: true });
    const ends = [0x1004, 0x2004, 0xffff_f004].map((at) => [memory.host(at), memory.writeHost(at)]);
    expect(ends).toEqual([
      [host + 4, memory.layout.ramBase + 0x1004],
      [0, memory.layout.ramBase + 0x2004],
      [host + 4, 0],
    ]);
    expect(memory.isWritable(0x1004)).toBe(false);
  });

  test('a window leads to video memory, to the bus, or back to RAM', () => {
    const memory = PhysicalMemory.create(RAM, 1, 0x1_0000);
    memory.setWindow('vga', 0x1000, 0x2000, { kind: 'video', offset: 0x3000 });
    expect(memory.host(0x1004)).toBe(memory.layout.videoBase + 0x3004);
    expect([memory.isWritable(0x2fff), memory.host(0x3000)]).toEqual([true, memory.layout.ramBase + 0x3000]);
    memory.setWindow('vga', 0x1000, 0x1000, { kind: 'bus' });
    expect([memory.host(0x1004), memory.isWritable(0x1004)]).toEqual([0, false]);
    expect(memory.host(0x2000)).toBe(memory.layout.ramBase + 0x2000);
    memory.removeWindow('vga');
    expect(memory.host(0x1004)).toBe(memory.layout.ramBase + 0x1004);
  });

  test('flags of video memory belong to its pages, by whatever window they are reached', () => {
    const memory = PhysicalMemory.create(RAM, 1, 0x1_0000);
    memory.setWindow('bank', 0x1000, 0x1000, { kind: 'video', offset: 0x3000 });
    memory.setWindow('frame', 0xe000_0000, 0x1_0000, { kind: 'video', offset: 0 });
    memory.setFlags(0x1800, PAGE_FLAG.dirty);
    expect([memory.flagsOf(0xe000_3000), memory.flagsOf(0xe000_2000)]).toEqual([PAGE_FLAG.dirty, 0]);
    expect([...memory.videoFlags.subarray(0, 5)]).toEqual([0, 0, 0, PAGE_FLAG.dirty, 0]);
    expect([...memory.ramFlags.subarray(0, 3)]).toEqual([0, PAGE_FLAG.covered, 0]);
    memory.removeWindow('bank');
    expect(memory.ramFlags.every((flags) => flags === 0)).toBe(true);
  });

  test('a range outside of RAM is refused', () => {
    const memory = PhysicalMemory.create(RAM);
    expect(() => memory.ram(RAM - 1, 2)).toThrow(RangeError);
  });
});
