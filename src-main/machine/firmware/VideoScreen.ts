import type { VgaAdapter } from '../vga/VgaAdapter.ts';
import { findVgaMode, MODE_3, type VgaMode } from '../vga/vgaModes.ts';
import type { FirmwareMemory } from './FirmwareMemory.ts';
import { CELL_HEIGHT, COLUMNS, LAST_ROW, MODE, PAGE_BYTES } from './videoData.ts';

const BLANK = 0x20;
/** Light grey on black. */
const USUAL_ATTRIBUTE = 0x07;
/** A colour with this bit is combined by exclusive or. */
const XOR = 0x80;

export interface ScrolledArea {
  /** 0 clears the area. */
  readonly lines: number;
  readonly isDown: boolean;
  readonly attribute: number;
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly page: number;
}

/** The screen as INT 10h writes it: cells in text modes, pixels in the others. */
export class VideoScreen {
  private readonly memory: FirmwareMemory;
  private readonly vga: VgaAdapter;

  constructor(memory: FirmwareMemory, vga: VgaAdapter) {
    this.memory = memory;
    this.vga = vga;
  }

  /** What a mode begins with. */
  clear(mode: VgaMode): void {
    if (mode.isText) {
      const cells = new Uint16Array(0x4000).fill((USUAL_ATTRIBUTE << 8) | BLANK);
      this.memory.writeBytes(this.textAddress(mode), new Uint8Array(cells.buffer));
    } else if (mode.number <= 6) this.memory.writeBytes(0xb8000, new Uint8Array(0x4000));
    else this.vga.clearPlanes();
  }

  /** Character, and attribute in bits 15..8. In graphics modes 0: shapes are not read back. */
  readCell(page: number, row: number, column: number): number {
    const { mode } = this;
    return mode.isText ? this.memory.read16(this.cellAddress(mode, page, row, column)) : 0;
  }

  /** @param attribute undefined: the cell keeps its own */
  writeCell(page: number, row: number, column: number, character: number, attribute: number | undefined): void {
    const { mode } = this;
    if (!mode.isText) {
      this.drawCharacter(mode, page, row, column, character, attribute ?? 7);
      return;
    }
    const address = this.cellAddress(mode, page, row, column);
    this.memory.write8(address, character);
    if (attribute !== undefined) this.memory.write8(address + 1, attribute);
  }

  scroll(area: ScrolledArea): void {
    const { mode } = this;
    const last = this.memory.data8(LAST_ROW);
    const bottom = Math.min(area.bottom, last);
    const right = Math.min(area.right, this.memory.data16(COLUMNS) - 1);
    const rows = bottom - area.top + 1;
    if (rows <= 0 || right < area.left) return;
    const lines = area.lines === 0 || area.lines > rows ? rows : area.lines;
    for (let i = 0; i < rows; i++) {
      const row = area.isDown ? bottom - i : area.top + i;
      const from = area.isDown ? row - lines : row + lines;
      const isInside = from >= area.top && from <= bottom;
      this.moveRow(
        { mode, page: area.page, left: area.left, right, attribute: area.attribute },
        isInside ? from : undefined,
        row,
      );
    }
  }

  writePixel(x: number, y: number, colour: number, page: number): void {
    this.plot(this.mode, page, x, y, colour);
  }

  readPixel(x: number, y: number, page: number): number {
    const { mode, memory } = this;
    if (mode.isText) return 0;
    if (mode.number === 0x13) return memory.read8(0xa0000 + y * 320 + x);
    if (mode.number <= 6) {
      const bits = mode.number === 6 ? 1 : 2;
      const byte = memory.read8(cgaAddress(x, y, bits));
      return (byte >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);
    }
    const at = this.planarByte(mode, page, x, y);
    return [0, 1, 2, 3].reduce(
      (value, plane) => value | (((this.vga.planeByte(plane, at) >> (7 - (x & 7))) & 1) << plane),
      0,
    );
  }

  private moveRow(
    area: { mode: VgaMode; page: number; left: number; right: number; attribute: number },
    from: number | undefined,
    to: number,
  ): void {
    const { mode, page, left, right, attribute } = area;
    const { memory } = this;
    const columns = right - left + 1;
    if (mode.isText) {
      const target = this.cellAddress(mode, page, to, left);
      if (from === undefined) {
        const cells = new Uint8Array(columns * 2);
        for (let at = 0; at < cells.length; at += 2) cells.set([BLANK, attribute], at);
        memory.writeBytes(target, cells);
      } else memory.writeBytes(target, memory.readBytes(this.cellAddress(mode, page, from, left), columns * 2));
      return;
    }
    const height = memory.data16(CELL_HEIGHT);
    for (let line = 0; line < height; line++) {
      for (let column = left; column <= right; column++) {
        this.moveCellLine(
          mode,
          page,
          column,
          from === undefined ? undefined : from * height + line,
          to * height + line,
          attribute,
        );
      }
    }
  }

  /** Eight pixels of a line. */
  private moveCellLine(
    mode: VgaMode,
    page: number,
    column: number,
    from: number | undefined,
    to: number,
    colour: number,
  ): void {
    const { memory, vga } = this;
    if (mode.number === 0x13 || mode.number <= 6) {
      const bits = mode.number === 0x13 ? 8 : mode.number === 6 ? 1 : 2;
      const address = (y: number): number =>
        bits === 8 ? 0xa0000 + y * 320 + column * 8 : cgaAddress(column * 8, y, bits);
      const blank = new Uint8Array(bits).fill(
        bits === 8 ? colour : bits === 2 ? (colour & 3) * 0x55 : colour & 1 ? 0xff : 0,
      );
      memory.writeBytes(address(to), from === undefined ? blank : memory.readBytes(address(from), bits));
      return;
    }
    const target = this.planarByte(mode, page, column * 8, to);
    const source = from === undefined ? undefined : this.planarByte(mode, page, column * 8, from);
    for (let plane = 0; plane < 4; plane++) {
      const blank = (colour >> plane) & 1 ? 0xff : 0;
      vga.setPlaneByte(plane, target, source === undefined ? blank : vga.planeByte(plane, source));
    }
  }

  private drawCharacter(
    mode: VgaMode,
    page: number,
    row: number,
    column: number,
    character: number,
    colour: number,
  ): void {
    const { memory } = this;
    const height = memory.data16(CELL_HEIGHT);
    const font = memory.read32(0x43 * 4);
    const upper = memory.read32(0x1f * 4);
    // In CGA's modes the upper half of the small font is elsewhere.
    const isUpper = mode.number <= 6 && character >= 128;
    const place = isUpper ? upper : font;
    const glyph = (place >>> 16) * 16 + (place & 0xffff) + (isUpper ? character - 128 : character) * height;
    for (let line = 0; line < height; line++) {
      const bits = memory.read8(glyph + line);
      for (let x = 0; x < 8; x++) {
        const isLit = (bits >> (7 - x)) & 1;
        if (isLit === 0 && colour & XOR && mode.number !== 0x13) continue;
        this.plot(mode, page, column * 8 + x, row * height + line, isLit ? colour : 0);
      }
    }
  }

  private plot(mode: VgaMode, page: number, x: number, y: number, colour: number): void {
    const { memory, vga } = this;
    if (mode.isText) return;
    if (mode.number === 0x13) {
      memory.write8(0xa0000 + y * 320 + x, colour);
      return;
    }
    if (mode.number <= 6) {
      const bits = mode.number === 6 ? 1 : 2;
      const address = cgaAddress(x, y, bits);
      const shift = 8 - bits - ((x * bits) & 7);
      const mask = ((1 << bits) - 1) << shift;
      const before = memory.read8(address);
      const value = (colour << shift) & mask;
      memory.write8(address, colour & XOR ? before ^ value : (before & ~mask) | value);
      return;
    }
    const at = this.planarByte(mode, page, x, y);
    const mask = 0x80 >> (x & 7);
    for (let plane = 0; plane < 4; plane++) {
      const before = vga.planeByte(plane, at);
      const isSet = (colour >> plane) & 1;
      const value = colour & XOR ? before ^ (isSet ? mask : 0) : isSet ? before | mask : before & ~mask;
      vga.setPlaneByte(plane, at, value);
    }
  }

  private planarByte(mode: VgaMode, page: number, x: number, y: number): number {
    return (page & 7) * mode.pageBytes + y * mode.columns + (x >> 3);
  }

  private cellAddress(mode: VgaMode, page: number, row: number, column: number): number {
    const { memory } = this;
    const at = (page & 7) * memory.data16(PAGE_BYTES) + (row * memory.data16(COLUMNS) + column) * 2;
    return this.textAddress(mode) + (at & 0x7fff);
  }

  private textAddress(mode: VgaMode): number {
    return mode.number === 7 ? 0xb0000 : 0xb8000;
  }

  private get mode(): VgaMode {
    return findVgaMode(this.memory.data8(MODE) & 0x7f) ?? MODE_3;
  }
}

/** Even lines first, odd ones 8 KiB further. */
function cgaAddress(x: number, y: number, bits: number): number {
  return 0xb8000 + (y & 1) * 0x2000 + (y >> 1) * 80 + ((x * bits) >> 3);
}
