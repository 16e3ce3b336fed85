import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, readNumber } from '../snapshot.ts';
import type { VgaRegisters } from './VgaRegisters.ts';

/** Address of the device's first byte; its range ends at BFFFFh. */
export const VGA_WINDOW = 0xa0000;

/** What the processor sees of the planes, by graphics register 6 bits 3..2; from A0000h. */
export const MEMORY_MAPS = [
  { first: 0x00000, byteLength: 0x20000 },
  { first: 0x00000, byteLength: 0x10000 },
  { first: 0x10000, byteLength: 0x8000 },
  { first: 0x18000, byteLength: 0x8000 },
] as const;

/** A byte per plane, all ones for each plane whose bit is set in the index. */
const PLANE_MASKS = Int32Array.from({ length: 16 }, (_, bits) =>
  [0, 1, 2, 3].reduce((mask, plane) => ((bits >> plane) & 1 ? mask | (0xff << (8 * plane)) : mask), 0),
);
const EVERY_PLANE = 0x0101_0101;
const PAGE_SHIFT = 12;

/** How an address reaches the planes: sequencer register 4 for writes, graphics register 5 for reads. */
type Addressing = 'chain-4' | 'odd-even' | 'planar';

/**
 * The four planes behind A0000h..BFFFFh, with latches, write modes 0 to 3 and both read modes (IBM PS/2 Hardware
 * Interface Technical Reference, "Video Subsystem", sequencer and graphics controller).
 *
 * Planes lie interleaved: byte `4 n + p` of video memory is byte `n` of plane `p`. Chained and odd/even addresses
 * count groups without gaps, as clones have it: group `address >> 2` or `address >> 1`. IBM's VGA leaves unused
 * bytes between; no picture shows the difference, but a mode-13h screen is plain linear memory this way.
 */
export class VgaMemory implements BusDevice {
  readonly id: string;
  /** Pages of video memory that were written here: one byte for each 4 KiB, cleared by the reader. */
  readonly writtenPages: Uint8Array;
  /** First of the 64 Ki groups that the processor reaches; other than 0 in VBE's planar modes alone. */
  firstGroup = 0;
  private readonly registers: VgaRegisters;
  private readonly bytes: Uint8Array;
  private readonly groups: Int32Array;
  /** A byte for each plane, from the last read. */
  private latch = 0;

  /** @param bytes video memory, 256 KiB at least, aligned to 4 */
  constructor(id: string, registers: VgaRegisters, bytes: Uint8Array) {
    this.id = id;
    this.registers = registers;
    this.bytes = bytes;
    this.groups = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
    this.writtenPages = new Uint8Array(bytes.byteLength >> PAGE_SHIFT);
  }

  read(offset: number, width: AccessWidth): number {
    let value = 0;
    for (let i = 0; i < width; i++) value |= this.readByte(offset + i) << (8 * i);
    return value >>> 0;
  }

  write(offset: number, width: AccessWidth, value: number): void {
    for (let i = 0; i < width; i++) this.writeByte(offset + i, (value >>> (8 * i)) & 0xff);
  }

  /** Writes leave each byte as it came, as plain memory would, and reads give it back. */
  get isLinear(): boolean {
    const { registers } = this;
    return (
      this.isTransparent(0x0f) && this.writeAddressing() === 'chain-4' && (registers.graphicsRegister(5) & 8) === 0
    );
  }

  /** The same for the even and odd bytes of planes 0 and 1, as in text modes and CGA's. */
  get isPlainOddEven(): boolean {
    const { registers } = this;
    return (
      this.isTransparent(0x03) &&
      this.writeAddressing() === 'odd-even' &&
      (registers.graphicsRegister(5) & 0x18) === 0x10 &&
      (registers.graphicsRegister(4) & 3) === 0
    );
  }

  /** The chip's memory answers the processor at all: miscellaneous output bit 1. */
  get isEnabled(): boolean {
    return (this.registers.miscellaneousOutput & 2) !== 0;
  }

  /** The part of A0000h..BFFFFh that leads to the planes. */
  get map(): (typeof MEMORY_MAPS)[number] {
    return MEMORY_MAPS[(this.registers.graphicsRegister(6) >> 2) & 3] ?? MEMORY_MAPS[0];
  }

  reset(): void {
    this.latch = 0;
    this.firstGroup = 0;
  }

  /** Planes are memory: their owner keeps them, as RAM. */
  save(): DeviceState {
    return { version: 1, latch: this.latch >>> 0, firstGroup: this.firstGroup };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const latch = readNumber(state, 'latch', 0, 0xffff_ffff);
    this.firstGroup = readNumber(state, 'firstGroup', 0, this.groups.length - 1);
    this.latch = latch | 0;
  }

  private readByte(offset: number): number {
    const { registers } = this;
    const address = this.inMap(offset);
    if (address < 0) return 0xff;
    const mode = registers.graphicsRegister(5);
    let plane = registers.graphicsRegister(4) & 3;
    let group = address;
    if (registers.sequencerRegister(4) & 8) {
      plane = address & 3;
      group = address >> 2;
    } else if (mode & 0x10) {
      plane = (plane & 2) | (address & 1);
      group = address >> 1;
    }
    this.latch = this.groups[this.groupIndex(group)] ?? 0;
    if ((mode & 8) === 0) return (this.latch >>> (8 * plane)) & 0xff;
    // Read mode 1: a bit for each pixel whose colour agrees in all planes that count.
    const wanted = PLANE_MASKS[registers.graphicsRegister(2) & 15] ?? 0;
    const counted = PLANE_MASKS[registers.graphicsRegister(7) & 15] ?? 0;
    const difference = (this.latch ^ wanted) & counted;
    return ~(difference | (difference >>> 8) | (difference >>> 16) | (difference >>> 24)) & 0xff;
  }

  private writeByte(offset: number, value: number): void {
    const address = this.inMap(offset);
    if (address < 0) return;
    let planes = this.registers.sequencerRegister(2) & 15;
    let group = address;
    switch (this.writeAddressing()) {
      case 'chain-4':
        planes &= 1 << (address & 3);
        group = address >> 2;
        break;
      case 'odd-even':
        planes &= address & 1 ? 0b1010 : 0b0101;
        group = address >> 1;
        break;
      case 'planar':
        break;
    }
    const index = this.groupIndex(group);
    const mask = PLANE_MASKS[planes] ?? 0;
    this.groups[index] = ((this.groups[index] ?? 0) & ~mask) | (this.combine(value) & mask);
    this.writtenPages[index >> (PAGE_SHIFT - 2)] = 1;
  }

  /** What the graphics controller makes of a byte and the latches: a byte for each plane. */
  private combine(value: number): number {
    const { registers, latch } = this;
    const mode = registers.graphicsRegister(5) & 3;
    if (mode === 1) return latch;
    const rotation = registers.graphicsRegister(3) & 7;
    const rotated = ((value >>> rotation) | (value << (8 - rotation))) & 0xff;
    const setReset = PLANE_MASKS[registers.graphicsRegister(0) & 15] ?? 0;
    let bits = registers.graphicsRegister(8);
    let data: number;
    if (mode === 0) {
      const enabled = PLANE_MASKS[registers.graphicsRegister(1) & 15] ?? 0;
      data = (Math.imul(rotated, EVERY_PLANE) & ~enabled) | (setReset & enabled);
    } else if (mode === 2) {
      data = PLANE_MASKS[value & 15] ?? 0;
    } else {
      data = setReset;
      bits &= rotated;
    }
    switch ((registers.graphicsRegister(3) >> 3) & 3) {
      case 1:
        data &= latch;
        break;
      case 2:
        data |= latch;
        break;
      case 3:
        data ^= latch;
        break;
    }
    const mask = Math.imul(bits, EVERY_PLANE);
    return (data & mask) | (latch & ~mask);
  }

  private writeAddressing(): Addressing {
    const mode = this.registers.sequencerRegister(4);
    if (mode & 8) return 'chain-4';
    return mode & 4 ? 'planar' : 'odd-even';
  }

  /** Write mode 0 without rotation, function, set/reset or bit mask, and these planes enabled. */
  private isTransparent(planes: number): boolean {
    const { registers } = this;
    return (
      (registers.graphicsRegister(5) & 3) === 0 &&
      (registers.graphicsRegister(1) & 15) === 0 &&
      (registers.graphicsRegister(3) & 0x1f) === 0 &&
      registers.graphicsRegister(8) === 0xff &&
      (registers.sequencerRegister(2) & 15) === planes
    );
  }

  /** Address within the part that is mapped; -1 outside of it. */
  private inMap(offset: number): number {
    const { first, byteLength } = this.map;
    const address = offset - first;
    return this.isEnabled && address >= 0 && address < byteLength ? address : -1;
  }

  private groupIndex(group: number): number {
    return (this.firstGroup + (group & 0xffff)) % this.groups.length;
  }
}
