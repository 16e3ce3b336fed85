import { FONT_8X14, FONT_8X16, FONT_8X8, type Font } from '../vga/fonts/fonts.ts';
import type { VgaAdapter } from '../vga/VgaAdapter.ts';
import type { VgaMode } from '../vga/vgaModes.ts';
import type { FirmwareMemory } from './FirmwareMemory.ts';
import { ROM, ROM_SEGMENT } from './rom.ts';
import { farPointer, linear, type ServiceFrame } from './ServiceFrame.ts';
import { setCrtcRegister } from './setCrtcRegister.ts';
import { CELL_HEIGHT, COLUMNS, LAST_ROW, PAGE_BYTES } from './videoData.ts';

const FONTS: Readonly<Record<number, Font>> = { 1: FONT_8X14, 2: FONT_8X8, 4: FONT_8X16 };
const FONT_PLACES: Readonly<Record<number, number>> = { 8: ROM.font8, 14: ROM.font14, 16: ROM.font16 };

/** INT 10h AH 11h: fonts of text modes, pointers to those of graphics modes. */
export class FontServices {
  private readonly memory: FirmwareMemory;
  private readonly vga: VgaAdapter;
  private readonly onCellHeight: () => void;

  /** @param onCellHeight a text mode's cells have another height: the cursor is in the wrong lines */
  constructor(memory: FirmwareMemory, vga: VgaAdapter, onCellHeight: () => void) {
    this.memory = memory;
    this.vga = vga;
    this.onCellHeight = onCellHeight;
  }

  /** What a mode begins with. */
  setMode(mode: VgaMode): void {
    this.pointFont(mode.cellHeight);
    if (mode.isText) this.loadFont(FONT_8X16.glyphs, 16, 0, 0, 256);
  }

  serve(frame: ServiceFrame): void {
    const { memory } = this;
    const isActivating = (frame.al & 0xf0) === 0x10;
    const font = FONTS[frame.al & 0x0f];
    switch (frame.al) {
      case 0x00:
      case 0x10: {
        const glyphs = memory.readBytes(linear(frame.es, frame.bp), frame.cx * frame.bh);
        this.loadFont(glyphs, frame.bh, frame.bl, frame.dx, frame.cx);
        if (isActivating) this.activateFont(frame.bh);
        return;
      }
      case 0x03:
        this.vga.registers.write(0x14, 1, 3);
        this.vga.registers.write(0x15, 1, frame.bl);
        return;
      case 0x20:
        memory.write32(0x1f * 4, farPointer(frame.es, frame.bp));
        return;
      case 0x21:
        memory.write32(0x43 * 4, farPointer(frame.es, frame.bp));
        memory.setData16(CELL_HEIGHT, frame.cx);
        memory.setData8(LAST_ROW, ([14, 14, 25, 43][frame.bl & 3] ?? 25) - 1);
        return;
      case 0x22:
      case 0x23:
      case 0x24: {
        const height = [14, 8, 16][frame.al - 0x22] ?? 16;
        this.pointFont(height);
        memory.setData16(CELL_HEIGHT, height);
        return;
      }
      case 0x30:
        return this.describeFont(frame);
    }
    if (font === undefined) return;
    this.loadFont(font.glyphs, font.rows, frame.bl, 0, 256);
    if (isActivating) this.activateFont(font.rows);
  }

  private describeFont(frame: ServiceFrame): void {
    const { memory } = this;
    const places: Readonly<Record<number, number>> = {
      0: memory.read32(0x1f * 4),
      1: memory.read32(0x43 * 4),
      2: farPointer(ROM_SEGMENT, ROM.font14),
      3: farPointer(ROM_SEGMENT, ROM.font8),
      4: farPointer(ROM_SEGMENT, ROM.font8 + 128 * 8),
      5: farPointer(ROM_SEGMENT, ROM.font14),
      6: farPointer(ROM_SEGMENT, ROM.font16),
      7: farPointer(ROM_SEGMENT, ROM.font16),
    };
    const place = places[frame.bh];
    if (place === undefined) return;
    frame.es = place >>> 16;
    frame.bp = place & 0xffff;
    frame.cx = memory.data16(CELL_HEIGHT);
    frame.dl = memory.data8(LAST_ROW);
  }

  /** Puts glyphs of `rows` bytes into one of the eight character maps of plane 2. */
  private loadFont(glyphs: Uint8Array, rows: number, map: number, first: number, count: number): void {
    const base = ((map & 3) << 14) | ((map & 4) << 11);
    for (let code = 0; code < count; code++) {
      for (let row = 0; row < 32; row++) {
        const byte = row < rows ? (glyphs[code * rows + row] ?? 0) : 0;
        this.vga.setPlaneByte(2, base + ((first + code) & 0xff) * 32 + row, byte);
      }
    }
  }

  /** Cells as high as the font, and as many rows as then fit the screen. */
  private activateFont(rows: number): void {
    const { memory, vga } = this;
    const height = Math.max(1, Math.min(32, rows));
    setCrtcRegister(vga.registers, 0x09, (vga.registers.crtcRegister(0x09) & 0xe0) | (height - 1));
    const lines = 400;
    memory.setData16(CELL_HEIGHT, height);
    memory.setData8(LAST_ROW, Math.floor(lines / height) - 1);
    memory.setData16(PAGE_BYTES, Math.floor(lines / height) * memory.data16(COLUMNS) * 2 + 256);
    this.onCellHeight();
  }

  private pointFont(height: number): void {
    this.memory.write32(0x43 * 4, farPointer(ROM_SEGMENT, FONT_PLACES[height] ?? ROM.font16));
  }
}
