import { describe, expect, test } from 'vitest';
import { isFirmwareImage } from '../../../../src-main/machine/loaders/FirmwareImage.ts';

function image(byteLength: number, ...resetVector: number[]): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  bytes.set(resetVector, byteLength - 16);
  return bytes;
}

const TO_F000_E05B = [0xea, 0x5b, 0xe0, 0x00, 0xf0];

describe('a firmware image', () => {
  test.each([0x2000, 0x1_0000, 0x2_0000, 0x4_0000])('of %d bytes starts with a far jump into the ROM', (byteLength) => {
    expect(isFirmwareImage(image(byteLength, 0xea, 0x00, 0xf0, 0x00, 0xf0))).toBe(true);
  });

  test('may start with a near jump backwards', () => {
    expect(isFirmwareImage(image(0x1_0000, 0xe9, 0x00, 0xf0))).toBe(true);
    expect(isFirmwareImage(image(0x1_0000, 0xe9, 0x00, 0x10))).toBe(false);
  });

  test('has a chip’s size', () => {
    expect(isFirmwareImage(image(0x1_8000, ...TO_F000_E05B))).toBe(false);
    expect(isFirmwareImage(image(0x1000, ...TO_F000_E05B))).toBe(false);
    expect(isFirmwareImage(new Uint8Array(0))).toBe(false);
  });

  test('jumps into itself', () => {
    expect(isFirmwareImage(image(0x2000, 0xea, 0x00, 0x00, 0x00, 0xf0))).toBe(false);
    expect(isFirmwareImage(image(0x1_0000, 0xea, 0x00, 0x7c, 0x00, 0x00))).toBe(false);
  });

  test('is nothing else of that size', () => {
    expect(isFirmwareImage(image(0x1_0000))).toBe(false);
  });
});
