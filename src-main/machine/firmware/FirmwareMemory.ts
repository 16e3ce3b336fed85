import type { DeviceMemory } from '../DeviceMemory.ts';
import type { VgaAdapter } from '../vga/VgaAdapter.ts';

const VIDEO_START = 0xa0000;
const VIDEO_END = 0xc0000;
/** Segment 40h, the BIOS data area. */
const DATA_AREA = 0x400;

/**
 * Memory as the firmware's services reach it: linear addresses as the guest means them, also when it runs them
 * in virtual-8086 mode behind page tables. Nothing throws: what leads nowhere reads as ones.
 */
export class FirmwareMemory {
  private readonly ram: DeviceMemory;
  private readonly vga: VgaAdapter;
  private readonly translate: (linear: number) => number | undefined;
  private readonly byte = new Uint8Array(1);

  constructor(ram: DeviceMemory, vga: VgaAdapter, translate: (linear: number) => number | undefined) {
    this.ram = ram;
    this.vga = vga;
    this.translate = translate;
  }

  read8(linear: number): number {
    const physical = this.translate(linear >>> 0);
    if (physical === undefined) return 0xff;
    if (this.isVideo(physical)) return this.vga.readByte(physical);
    this.ram.read(physical, this.byte);
    return this.byte[0] ?? 0xff;
  }

  read16(linear: number): number {
    return this.read8(linear) | (this.read8(linear + 1) << 8);
  }

  read32(linear: number): number {
    return (this.read16(linear) | (this.read16(linear + 2) << 16)) >>> 0;
  }

  write8(linear: number, value: number): void {
    const physical = this.translate(linear >>> 0);
    if (physical === undefined) return;
    if (this.isVideo(physical)) {
      this.vga.writeByte(physical, value & 0xff);
      return;
    }
    this.byte[0] = value;
    this.ram.write(physical, this.byte);
  }

  write16(linear: number, value: number): void {
    this.write8(linear, value);
    this.write8(linear + 1, value >>> 8);
  }

  write32(linear: number, value: number): void {
    this.write16(linear, value);
    this.write16(linear + 2, value >>> 16);
  }

  readBytes(linear: number, byteLength: number): Uint8Array {
    const bytes = new Uint8Array(byteLength);
    this.forPieces(linear, byteLength, (physical, from, length) => {
      const piece = bytes.subarray(from, from + length);
      if (physical === undefined) piece.fill(0xff);
      else if (this.isVideo(physical)) {
        piece.forEach((_, at) => (piece[at] = this.vga.readByte(physical + at)));
      } else this.ram.read(physical, piece);
    });
    return bytes;
  }

  writeBytes(linear: number, bytes: Uint8Array): void {
    this.forPieces(linear, bytes.length, (physical, from, length) => {
      const piece = bytes.subarray(from, from + length);
      if (physical === undefined) return;
      if (this.isVideo(physical)) {
        piece.forEach((byte, at) => this.vga.writeByte(physical + at, byte));
      } else this.ram.write(physical, piece);
    });
  }

  /** A byte of the BIOS data area. */
  data8(offset: number): number {
    return this.read8(DATA_AREA + offset);
  }

  data16(offset: number): number {
    return this.read16(DATA_AREA + offset);
  }

  setData8(offset: number, value: number): void {
    this.write8(DATA_AREA + offset, value);
  }

  setData16(offset: number, value: number): void {
    this.write16(DATA_AREA + offset, value);
  }

  /** The display adapter answers, and not the RAM beneath. */
  private isVideo(physical: number): boolean {
    return physical >= VIDEO_START && physical < VIDEO_END && !this.vga.isRam(physical);
  }

  /** Calls `move` for each piece within one page. */
  private forPieces(
    linear: number,
    byteLength: number,
    move: (physical: number | undefined, from: number, length: number) => void,
  ): void {
    for (let from = 0; from < byteLength;) {
      const at = (linear + from) >>> 0;
      const length = Math.min(byteLength - from, 0x1000 - (at & 0xfff));
      move(this.translate(at), from, length);
      from += length;
    }
  }
}
