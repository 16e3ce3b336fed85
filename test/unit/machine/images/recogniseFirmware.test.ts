import { expect, test } from 'vitest';
import { isBios, isVgaBios, saysVga } from '../../../../src-main/machine/images/recogniseFirmware.ts';

const KIB = 1024;

function bios(byteLength: number, jump = [0xea, 0x5b, 0xe0, 0x00, 0xf0]): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  bytes.set(jump, byteLength - 16);
  return bytes;
}

function efi(byteLength: number): Uint8Array {
  const bytes = bios(byteLength);
  bytes.set(new TextEncoder().encode('_FVH'), 40);
  return bytes;
}

function rom(units: number, byteLength: number, text = ''): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  bytes.set([0x55, 0xaa, units]);
  bytes.set(new TextEncoder().encode(text), 0x1e);
  return bytes;
}

test.each([64, 128, 256, 512, 1024, 1792, 16384])('%i KiB with a jump at the reset vector are a BIOS', (kib) => {
  expect(isBios(bios(kib * KIB))).toBe(true);
});

test.each([
  ['nothing at the reset vector', bios(128 * KIB, [])],
  ['an odd size', bios(100 * KIB)],
  ['EFI firmware', efi(2048 * KIB)],
  ['more than the largest chip', bios(16448 * KIB)],
  ['nothing at all', new Uint8Array(0)],
])('%s is none', (_, bytes) => {
  expect(isBios(bytes)).toBe(false);
});

test('an option ROM is known by its signature and length, a VGA BIOS by the letters that programs look for', () => {
  expect([isVgaBios(rom(64, 32 * KIB)), saysVga(rom(64, 32 * KIB))]).toEqual([true, false]);
  expect(saysVga(rom(64, 32 * KIB, 'IBM'))).toBe(true);
  expect(isVgaBios(rom(65, 32 * KIB))).toBe(false);
  expect(isVgaBios(rom(0, 32 * KIB))).toBe(false);
});
