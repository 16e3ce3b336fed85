import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readNumber } from '../snapshot.ts';
import { edid } from '../vga/edid.ts';
import type { VgaAdapter } from '../vga/VgaAdapter.ts';
import type { VbeDepth } from '../vga/VbeRegisters.ts';
import type { FirmwareMemory } from './FirmwareMemory.ts';
import { ROM, ROM_SEGMENT } from './rom.ts';
import { farPointer, linear, type ServiceFrame } from './ServiceFrame.ts';
import { MODE } from './videoData.ts';

interface VbeModeEntry {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly depth: VbeDepth;
}

const SIZES: readonly (readonly [
  width: number,
  height: number,
  numbers: Readonly<Partial<Record<VbeDepth, number>>>,
])[] = [
  [320, 200, { 15: 0x10d, 16: 0x10e, 24: 0x10f, 32: 0x140 }],
  [640, 400, { 8: 0x100, 32: 0x141 }],
  [640, 480, { 8: 0x101, 15: 0x110, 16: 0x111, 24: 0x112, 32: 0x142 }],
  [800, 600, { 4: 0x102, 8: 0x103, 15: 0x113, 16: 0x114, 24: 0x115, 32: 0x143 }],
  [1024, 768, { 4: 0x104, 8: 0x105, 15: 0x116, 16: 0x117, 24: 0x118, 32: 0x144 }],
  [1280, 1024, { 4: 0x106, 8: 0x107, 15: 0x119, 16: 0x11a, 24: 0x11b, 32: 0x145 }],
  [1600, 1200, { 8: 0x11c, 15: 0x11d, 16: 0x11e, 24: 0x11f, 32: 0x147 }],
];

const MODES: readonly VbeModeEntry[] = SIZES.flatMap(([width, height, numbers]) =>
  Object.entries(numbers).map(([depth, number]) => ({ number, width, height, depth: Number(depth) as VbeDepth })),
);

const LINEAR = 0x4000;
const KEEP_MEMORY = 0x8000;
const SUPPORTED = 0x4f;
const FAILED = 0x014f;
const TEXT = 'Vivarium';
const BANK_BYTES = 0x1_0000;

/** Position and width of red, green, blue and the rest, by depth. */
const FIELDS: Readonly<Partial<Record<VbeDepth, readonly number[]>>> = {
  15: [5, 10, 5, 5, 5, 0, 1, 15],
  16: [5, 11, 6, 5, 5, 0, 0, 0],
  24: [8, 16, 8, 8, 8, 0, 0, 0],
  32: [8, 16, 8, 8, 8, 0, 8, 24],
};

/** INT 10h AH 4Fh: VESA BIOS Extension Core Functions, version 2.0. The protected-mode interface is missing. */
export class VbeServices {
  private readonly memory: FirmwareMemory;
  private readonly vga: VgaAdapter;
  private readonly setVgaMode: (mode: number) => void;
  private current: number | undefined;

  constructor(memory: FirmwareMemory, vga: VgaAdapter, setVgaMode: (mode: number) => void) {
    this.memory = memory;
    this.vga = vga;
    this.setVgaMode = setVgaMode;
  }

  powerOn(): void {
    this.current = undefined;
    const text = Uint8Array.from([...TEXT, '\0'], (letter) => letter.charCodeAt(0));
    this.memory.writeBytes(linear(ROM_SEGMENT, ROM.vbeText), text);
    [...MODES.map(({ number }) => number), 0xffff].forEach((number, index) =>
      this.memory.write16(linear(ROM_SEGMENT, ROM.vbeModes + index * 2), number),
    );
  }

  save(): DeviceState {
    return { version: 1, current: this.current ?? null };
  }

  restore(state: DeviceState): void {
    checkVersion('VBE services', state, 1);
    this.current = state['current'] === null ? undefined : readNumber(state, 'current', 0, 0xffff);
  }

  serve(frame: ServiceFrame): void {
    const isDone = this.serveFunction(frame);
    frame.ax = isDone ? SUPPORTED : FAILED;
  }

  private serveFunction(frame: ServiceFrame): boolean {
    const { vbe } = this.vga;
    switch (frame.al) {
      case 0x00:
        return this.describeController(frame);
      case 0x01:
        return this.describeMode(frame);
      case 0x02:
        return this.setMode(frame.bx);
      case 0x03:
        frame.bx = vbe.mode && this.current !== undefined ? this.current : this.memory.data8(MODE);
        return true;
      case 0x05:
        return this.bank(frame);
      case 0x06:
        return this.lineLength(frame);
      case 0x07:
        return this.displayStart(frame);
      case 0x08:
        return this.dacWidth(frame);
      case 0x09:
        return this.palette(frame);
      case 0x15:
        return this.displayData(frame);
      default:
        return false;
    }
  }

  /** VBE/DDC 1.1: what there is to read of the screen, and its one block. */
  private displayData(frame: ServiceFrame): boolean {
    if (frame.bl === 0) {
      // Under a second for a block, by DDC2.
      frame.bx = 0x0102;
      return true;
    }
    if (frame.bl !== 1 || frame.dx !== 0) return false;
    this.memory.writeBytes(linear(frame.es, frame.di), edid());
    return true;
  }

  private describeController(frame: ServiceFrame): boolean {
    const { memory } = this;
    const to = linear(frame.es, frame.di);
    const isVersion2 = memory.read32(to) === 0x3245_4256; // VBE2
    memory.writeBytes(to, new Uint8Array(isVersion2 ? 512 : 256));
    memory.write32(to, 0x4153_4556); // VESA
    memory.write16(to + 4, 0x0200);
    memory.write32(to + 6, farPointer(ROM_SEGMENT, ROM.vbeText));
    // The DAC can be switched to eight bits.
    memory.write32(to + 10, 1);
    memory.write32(to + 14, farPointer(ROM_SEGMENT, ROM.vbeModes));
    memory.write16(to + 18, this.vga.vbe.readRegister(10));
    if (!isVersion2) return true;
    for (const at of [22, 26, 30]) memory.write32(to + at, farPointer(ROM_SEGMENT, ROM.vbeText));
    return true;
  }

  private describeMode(frame: ServiceFrame): boolean {
    const { memory, vga } = this;
    const mode = MODES.find(({ number }) => number === (frame.cx & 0x3fff));
    if (mode === undefined) return false;
    const to = linear(frame.es, frame.di);
    const { width, height, depth } = mode;
    const pitch = depth === 4 ? width / 8 : width * ((depth + 7) >> 3);
    const isPlanar = depth === 4;
    const frameBuffer = isPlanar ? undefined : vga.frameBufferAddress;
    memory.writeBytes(to, new Uint8Array(256));
    // Supported, information complete, colour, graphics; linear frame buffer.
    memory.write16(to, 0x1b | (frameBuffer === undefined ? 0 : 0x80));
    memory.write8(to + 2, 7);
    memory.write16(to + 4, 64);
    memory.write16(to + 6, 64);
    memory.write16(to + 8, 0xa000);
    memory.write16(to + 16, pitch);
    memory.write16(to + 18, width);
    memory.write16(to + 20, height);
    memory.write8(to + 22, 8);
    memory.write8(to + 23, 16);
    memory.write8(to + 24, isPlanar ? 4 : 1);
    memory.write8(to + 25, depth === 15 ? 16 : depth);
    memory.write8(to + 26, 1);
    memory.write8(to + 27, isPlanar ? 3 : depth === 8 ? 4 : 6);
    const pages = Math.floor(vga.videoBytes / (pitch * height * (isPlanar ? 4 : 1))) - 1;
    memory.write8(to + 29, Math.min(255, pages));
    memory.write8(to + 30, 1);
    (FIELDS[depth] ?? []).forEach((value, index) => memory.write8(to + 31 + index, value));
    memory.write32(to + 40, frameBuffer ?? 0);
    return true;
  }

  private setMode(value: number): boolean {
    const number = value & 0x3fff;
    if (number < 0x100) {
      this.current = undefined;
      this.setVgaMode(number | (value & KEEP_MEMORY ? 0x80 : 0));
      return true;
    }
    const mode = MODES.find((each) => each.number === number);
    if (mode === undefined) return false;
    // The palette and the planes' registers as in the nearest mode of the VGA's own.
    this.setVgaMode(mode.depth === 4 ? 0x12 : 0x13);
    const { vbe } = this.vga;
    vbe.setMode(mode, { isLinear: (value & LINEAR) !== 0, keepsMemory: (value & KEEP_MEMORY) !== 0 });
    this.current = value & ~KEEP_MEMORY;
    return vbe.mode !== undefined;
  }

  private bank(frame: ServiceFrame): boolean {
    const { vbe } = this.vga;
    if (frame.bl !== 0) return false;
    if (frame.bh === 1) frame.dx = vbe.bank;
    else {
      if (frame.dx * BANK_BYTES >= this.vga.videoBytes) return false;
      vbe.writeRegister(5, frame.dx);
    }
    return true;
  }

  private lineLength(frame: ServiceFrame): boolean {
    const { vbe } = this.vga;
    const { mode } = vbe;
    if (!mode) return false;
    const pixelBytes = mode.depth === 4 ? 1 / 8 : (mode.depth + 7) >> 3;
    if (frame.bl === 0) vbe.writeRegister(6, frame.cx);
    else if (frame.bl === 2) vbe.writeRegister(6, Math.ceil(frame.cx / pixelBytes));
    frame.bx = vbe.mode?.pitch ?? 0;
    frame.cx = vbe.readRegister(6);
    frame.dx = vbe.readRegister(7);
    return true;
  }

  private displayStart(frame: ServiceFrame): boolean {
    const { vbe } = this.vga;
    if (!vbe.mode) return false;
    if ((frame.bl & 0x7f) === 1) {
      frame.bh = 0;
      frame.cx = vbe.readRegister(8);
      frame.dx = vbe.readRegister(9);
      return true;
    }
    vbe.writeRegister(8, frame.cx);
    vbe.writeRegister(9, frame.dx);
    return vbe.readRegister(9) === frame.dx;
  }

  private dacWidth(frame: ServiceFrame): boolean {
    const { vbe } = this.vga;
    if (!vbe.mode) return false;
    if (frame.bl === 0) {
      const enable = vbe.readRegister(4) & ~0x20;
      vbe.writeRegister(4, frame.bh >= 8 ? enable | 0x20 : enable);
    }
    frame.bh = vbe.hasWideDac ? 8 : 6;
    return true;
  }

  /** Entries of four bytes: blue, green, red, and one that is not used. */
  private palette(frame: ServiceFrame): boolean {
    const { memory } = this;
    const { registers } = this.vga;
    const table = linear(frame.es, frame.di);
    const count = Math.min(256, frame.cx);
    const isRead = (frame.bl & 0x7f) === 1;
    if (!isRead && (frame.bl & 0x7f) !== 0) return false;
    registers.write(isRead ? 0x17 : 0x18, 1, frame.dx & 0xff);
    for (let entry = 0; entry < count; entry++) {
      for (const component of [2, 1, 0]) {
        const at = table + entry * 4 + component;
        if (isRead) memory.write8(at, registers.read(0x19));
        else registers.write(0x19, 1, memory.read8(at));
      }
    }
    return true;
  }
}
