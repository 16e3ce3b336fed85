import type { AccessWidth } from '../../engine/VirtualProcessor.ts';

/** Reads a device's own configuration; zeros behind its end. */
export function readSpace(bytes: Uint8Array, offset: number, width: AccessWidth): number {
  let value = 0;
  for (let i = 0; i < width; i++) value += (bytes[offset + i] ?? 0) * 2 ** (8 * i);
  return value;
}

/** The part of a 32-bit register that an access at `offset` reaches. */
export function partOf(register: number, offset: number, width: AccessWidth): number {
  const shifted = register >>> (8 * (offset & 3));
  return width === 4 ? shifted : width === 2 ? shifted & 0xffff : shifted & 0xff;
}

/** Replaces half of a 64-bit address, which a double holds exactly wherever RAM may be. */
export function withHalf(address: number, isHigh: boolean, value: number): number {
  const [low, high] = [address % 2 ** 32, Math.floor(address / 2 ** 32)];
  // What lies beyond 2^53 is nobody's; it need not be told apart.
  return Math.min(Number.MAX_SAFE_INTEGER, isHigh ? value * 2 ** 32 + low : high * 2 ** 32 + value);
}
