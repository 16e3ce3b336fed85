import type { VgaRegisters } from '../vga/VgaRegisters.ts';
import type { FirmwareMemory } from './FirmwareMemory.ts';
import { linear, type ServiceFrame } from './ServiceFrame.ts';

/** Attribute controller registers. */
const MODE_CONTROL = 0x10,
  OVERSCAN = 0x11,
  COLOUR_SELECT = 0x14;
const PALETTE_REGISTERS = 16;
const BLINK = 0x08;
const SHORT_PAGES = 0x80;

/** INT 10h AH 0Bh and 10h: palette registers, border and DAC. */
export class PaletteServices {
  private readonly memory: FirmwareMemory;
  private readonly vga: VgaRegisters;

  constructor(memory: FirmwareMemory, vga: VgaRegisters) {
    this.memory = memory;
    this.vga = vga;
  }

  /** AH 0Bh: background and palette of CGA's four colours. */
  serveCga(frame: ServiceFrame): void {
    if (frame.bh === 0) {
      const intensity = (frame.bl & 8) << 1;
      this.set(0, (frame.bl & 7) | intensity);
      for (let colour = 1; colour < 4; colour++)
        this.set(colour, (this.vga.attributeRegister(colour) & 0x0f) | (frame.bl & 0x10));
    } else {
      const first = frame.bl & 1 ? 3 : 2;
      const intensity = this.vga.attributeRegister(1) & 0x10;
      for (let colour = 1; colour < 4; colour++) this.set(colour, (first + (colour - 1) * 2) | intensity);
    }
  }

  serve(frame: ServiceFrame): void {
    const { memory, vga } = this;
    const table = linear(frame.es, frame.dx);
    switch (frame.al) {
      case 0x00:
        if (frame.bl <= COLOUR_SELECT) this.set(frame.bl, frame.bh);
        return;
      case 0x01:
        return this.set(OVERSCAN, frame.bh);
      case 0x02:
        for (let register = 0; register < PALETTE_REGISTERS; register++)
          this.set(register, memory.read8(table + register));
        return this.set(OVERSCAN, memory.read8(table + PALETTE_REGISTERS));
      case 0x03:
        return this.set(MODE_CONTROL, (vga.attributeRegister(MODE_CONTROL) & ~BLINK) | (frame.bl & 1 ? BLINK : 0));
      case 0x07:
        if (frame.bl <= COLOUR_SELECT) frame.bh = vga.attributeRegister(frame.bl);
        return;
      case 0x08:
        frame.bh = vga.attributeRegister(OVERSCAN);
        return;
      case 0x09:
        for (let register = 0; register < PALETTE_REGISTERS; register++)
          memory.write8(table + register, vga.attributeRegister(register));
        return memory.write8(table + PALETTE_REGISTERS, vga.attributeRegister(OVERSCAN));
      case 0x10:
        return this.writeDac(frame.bx, [frame.dh, frame.ch, frame.cl]);
      case 0x12:
        return this.writeDac(frame.bx, memory.readBytes(table, Math.min(256, frame.cx) * 3));
      case 0x13:
        return this.selectPage(frame);
      case 0x15: {
        const [red = 0, green = 0, blue = 0] = this.readDac(frame.bx, 1);
        frame.dh = red;
        frame.ch = green;
        frame.cl = blue;
        return;
      }
      case 0x17:
        return memory.writeBytes(table, this.readDac(frame.bx, Math.min(256, frame.cx)));
      case 0x18:
        return vga.write(0x16, 1, frame.bl);
      case 0x19:
        frame.bl = vga.read(0x16);
        return;
      case 0x1a: {
        const isShort = (vga.attributeRegister(MODE_CONTROL) & SHORT_PAGES) !== 0;
        frame.bl = isShort ? 1 : 0;
        frame.bh = isShort
          ? vga.attributeRegister(COLOUR_SELECT) & 15
          : (vga.attributeRegister(COLOUR_SELECT) >> 2) & 3;
        return;
      }
      case 0x1b:
        return this.sumToGrey(frame.bx, frame.cx);
    }
  }

  private selectPage(frame: ServiceFrame): void {
    const control = this.vga.attributeRegister(MODE_CONTROL);
    if (frame.bl === 0) this.set(MODE_CONTROL, (control & ~SHORT_PAGES) | (frame.bh & 1 ? SHORT_PAGES : 0));
    else this.set(COLOUR_SELECT, control & SHORT_PAGES ? frame.bh & 15 : (frame.bh & 3) << 2);
  }

  /** 30 % red, 59 % green, 11 % blue. */
  private sumToGrey(first: number, count: number): void {
    const colours = Uint8Array.from(this.readDac(first, Math.min(256, count)));
    for (let at = 0; at < colours.length; at += 3) {
      const grey = Math.round((colours[at] ?? 0) * 0.3 + (colours[at + 1] ?? 0) * 0.59 + (colours[at + 2] ?? 0) * 0.11);
      colours.fill(grey, at, at + 3);
    }
    this.writeDac(first, colours);
  }

  private writeDac(first: number, components: ArrayLike<number>): void {
    this.vga.write(0x18, 1, first & 0xff);
    for (let at = 0; at < components.length; at++) this.vga.write(0x19, 1, components[at] ?? 0);
  }

  private readDac(first: number, count: number): Uint8Array {
    this.vga.write(0x17, 1, first & 0xff);
    return Uint8Array.from({ length: count * 3 }, () => this.vga.read(0x19));
  }

  private set(register: number, value: number): void {
    const { vga } = this;
    vga.read(vga.miscellaneousOutput & 1 ? 0x2a : 0x0a);
    vga.write(0x10, 1, register);
    vga.write(0x10, 1, value);
    vga.write(0x10, 1, 0x20);
  }
}
