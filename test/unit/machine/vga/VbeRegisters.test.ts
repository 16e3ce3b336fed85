import { beforeEach, describe, expect, test } from 'vitest';
import { VbeRegisters } from '../../../../src-main/machine/vga/VbeRegisters.ts';

const MIB = 1024 * 1024;
let bytes: Uint8Array;
let vbe: VbeRegisters;

beforeEach(() => {
  bytes = new Uint8Array(16 * MIB);
  vbe = new VbeRegisters('vbe0', bytes);
});

function setMode(width: number, height: number, depth: number, flags = 0x41): void {
  vbe.writeRegister(4, 0);
  vbe.writeRegister(1, width);
  vbe.writeRegister(2, height);
  vbe.writeRegister(3, depth);
  vbe.writeRegister(4, flags);
}

test('says which version it is, and agrees to an older one', () => {
  expect(vbe.readRegister(0)).toBe(0xb0c5);
  vbe.write(0, 2, 0);
  vbe.write(1, 2, 0xb0c2);
  expect(vbe.read(1, 2)).toBe(0xb0c2);
});

test('tells its largest mode and its memory', () => {
  vbe.writeRegister(4, 2);
  expect([1, 2, 3].map((register) => vbe.readRegister(register))).toEqual([2560, 1600, 32]);
  expect(vbe.readRegister(10)).toBe(256);
});

describe('a mode', () => {
  test.each([
    { width: 1600, height: 1200, depth: 32, pitch: 6400 },
    { width: 1024, height: 768, depth: 16, pitch: 2048 },
    { width: 800, height: 600, depth: 4, pitch: 100 },
  ])('of $width by $height in $depth bits', ({ width, height, depth, pitch }) => {
    setMode(width, height, depth);
    expect(vbe.mode).toEqual({ width, height, depth, pitch, start: 0 });
  });

  test('clears what it shows, unless memory is kept', () => {
    bytes.fill(7);
    setMode(640, 480, 8, 0xc1);
    expect(bytes[0]).toBe(7);
    setMode(640, 480, 8);
    expect([bytes[0], bytes[640 * 480 - 1], bytes[640 * 480]]).toEqual([0, 0, 7]);
  });

  test('that needs more than there is stays off', () => {
    vbe = new VbeRegisters('vbe0', new Uint8Array(MIB));
    setMode(1024, 768, 32);
    expect(vbe.mode).toBeUndefined();
  });

  test('pans and flips inside video memory only', () => {
    setMode(640, 480, 32);
    vbe.writeRegister(6, 1024);
    expect(vbe.readRegister(7)).toBe(4096);
    vbe.writeRegister(9, 480);
    expect(vbe.mode?.start).toBe(480 * 4096);
    vbe.writeRegister(9, 4000);
    expect(vbe.mode?.start).toBe(480 * 4096);
  });
});

test('a restored interface shows the same, and one that shows more than there is is off', () => {
  setMode(640, 480, 32);
  const other = new VbeRegisters('vbe0', bytes);
  other.restore(JSON.parse(JSON.stringify(vbe.save())));
  expect(other.mode).toEqual(vbe.mode);
  const small = new VbeRegisters('vbe0', new Uint8Array(MIB));
  small.restore(vbe.save());
  expect(small.mode).toBeUndefined();
});
