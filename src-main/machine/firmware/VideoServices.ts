import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readObject } from '../snapshot.ts';
import { FONT_8X14, FONT_8X16, FONT_8X8, type Font } from '../vga/fonts/fonts.ts';
import { programMode } from '../vga/programMode.ts';
import type { VgaAdapter } from '../vga/VgaAdapter.ts';
import { findVgaMode, MODE_3, type VgaMode } from '../vga/vgaModes.ts';
import type { FirmwareMemory } from './FirmwareMemory.ts';
import { PaletteServices } from './PaletteServices.ts';
import { ROM, ROM_SEGMENT } from './rom.ts';
import { linear, type ServiceFrame } from './ServiceFrame.ts';
import { VbeServices } from './VbeServices.ts';
import { VideoScreen } from './VideoScreen.ts';

/** Offsets in the BIOS data area. */
const MODE = 0x49,
  COLUMNS = 0x4a,
  PAGE_BYTES = 0x4c,
  PAGE_START = 0x4e,
  CURSORS = 0x50,
  CURSOR_SHAPE = 0x60,
  ACTIVE_PAGE = 0x62,
  CRTC_PORT = 0x63,
  LAST_ROW = 0x84,
  CELL_HEIGHT = 0x85,
  VIDEO_CONTROL = 0x87,
  SWITCHES = 0x88,
  MODE_OPTIONS = 0x89,
  DISPLAY_CODE = 0x8a;

const KEEP_MEMORY = 0x80;
/** A VGA with an analogue colour display. */
const COLOUR_VGA = 0x08;
const FONTS: Readonly<Record<number, Font>> = { 1: FONT_8X14, 2: FONT_8X8, 4: FONT_8X16 };
const FONT_PLACES: Readonly<Record<number, number>> = { 8: ROM.font8, 14: ROM.font14, 16: ROM.font16 };
const BELL = 7,
  BACKSPACE = 8,
  LINE_FEED = 10,
  RETURN = 13;

/** INT 10h of a VGA (IBM PS/2 and PC BIOS Interface Technical Reference, INT 10h), VBE at AH 4Fh. */
export class VideoServices {
  private readonly memory: FirmwareMemory;
  private readonly vga: VgaAdapter;
  private readonly palette: PaletteServices;
  private readonly vbe: VbeServices;
  private readonly screen: VideoScreen;

  constructor(memory: FirmwareMemory, vga: VgaAdapter) {
    this.memory = memory;
    this.vga = vga;
    this.palette = new PaletteServices(memory, vga.registers);
    this.screen = new VideoScreen(memory, vga);
    this.vbe = new VbeServices(memory, vga, (mode) => this.setMode(mode));
  }

  powerOn(): void {
    const { memory } = this;
    memory.setData8(VIDEO_CONTROL, 0x60);
    memory.setData8(SWITCHES, 0xf9);
    memory.setData8(MODE_OPTIONS, 0x51);
    memory.setData8(DISPLAY_CODE, COLOUR_VGA);
    memory.writeBytes(
      linear(ROM_SEGMENT, ROM.videoFunctionality),
      Uint8Array.of(0xff, 0xe0, 0x0f, 0, 0, 0, 0, 7, 2, 8, 0xff, 0x0e, 0, 0, 0x3f, 0),
    );
    this.vbe.powerOn();
    memory.write32(0x1f * 4, pointer(ROM_SEGMENT, ROM.font8 + 128 * 8));
    this.setMode(3);
  }

  save(): DeviceState {
    return { version: 1, vbe: this.vbe.save() };
  }

  restore(state: DeviceState): void {
    checkVersion('video services', state, 1);
    this.vbe.restore(readObject(state, 'vbe'));
  }

  /** Prints at the cursor, as function 0Eh does. */
  print(text: string): void {
    for (const character of text) this.teletype(character.charCodeAt(0), 0x07);
  }

  serve(frame: ServiceFrame): void {
    const { memory } = this;
    switch (frame.ah) {
      case 0x00:
        this.setMode(frame.al);
        // What IBM's BIOS leaves there.
        frame.al = (frame.al & 0x7f) > 7 ? 0x20 : 0x30;
        return;
      case 0x01:
        return this.setCursorShape(frame.cx);
      case 0x02:
        return this.setCursor(frame.bh, frame.dh, frame.dl);
      case 0x03:
        frame.cx = memory.data16(CURSOR_SHAPE);
        frame.dx = memory.data16(CURSORS + (frame.bh & 7) * 2);
        return;
      case 0x04:
        frame.ah = 0;
        return;
      case 0x05:
        return this.showPage(frame.al);
      case 0x06:
      case 0x07:
        return this.screen.scroll({
          lines: frame.al,
          isDown: frame.ah === 7,
          attribute: frame.bh,
          top: frame.ch,
          left: frame.cl,
          bottom: frame.dh,
          right: frame.dl,
          page: memory.data8(ACTIVE_PAGE),
        });
      case 0x08: {
        const [row, column] = this.cursor(frame.bh);
        frame.ax = this.screen.readCell(frame.bh, row, column);
        return;
      }
      case 0x09:
      case 0x0a:
        return this.writeCells(frame);
      case 0x0b:
        return this.palette.serveCga(frame);
      case 0x0c:
        return this.screen.writePixel(frame.cx, frame.dx, frame.al, frame.bh);
      case 0x0d:
        frame.al = this.screen.readPixel(frame.cx, frame.dx, frame.bh);
        return;
      case 0x0e:
        return this.teletype(frame.al, frame.bl);
      case 0x0f:
        frame.al = memory.data8(MODE) | (memory.data8(VIDEO_CONTROL) & 0x80);
        frame.ah = memory.data8(COLUMNS);
        frame.bh = memory.data8(ACTIVE_PAGE);
        return;
      case 0x10:
        return this.palette.serve(frame);
      case 0x11:
        return this.serveFonts(frame);
      case 0x12:
        return this.select(frame);
      case 0x13:
        return this.writeString(frame);
      case 0x1a:
        if (frame.al === 0) frame.bx = COLOUR_VGA;
        frame.al = 0x1a;
        return;
      case 0x1b:
        return this.describeState(frame);
      case 0x4f:
        return this.vbe.serve(frame);
    }
  }

  private setMode(value: number): void {
    const { memory, vga } = this;
    const mode = findVgaMode(value & 0x7f);
    if (mode === undefined) return;
    const keepsMemory = (value & KEEP_MEMORY) !== 0;
    vga.vbe.writeRegister(4, 0);
    programMode(vga.registers, mode, (memory.data8(MODE_OPTIONS) & 0x08) !== 0);
    memory.setData8(MODE, mode.number);
    memory.setData16(COLUMNS, mode.columns);
    memory.setData16(PAGE_BYTES, mode.pageBytes);
    memory.setData16(PAGE_START, 0);
    for (let page = 0; page < 8; page++) memory.setData16(CURSORS + page * 2, 0);
    memory.setData16(CURSOR_SHAPE, 0x0607);
    memory.setData8(ACTIVE_PAGE, 0);
    memory.setData16(CRTC_PORT, mode.misc & 1 ? 0x3d4 : 0x3b4);
    memory.setData8(LAST_ROW, mode.rows - 1);
    memory.setData16(CELL_HEIGHT, mode.cellHeight);
    memory.setData8(VIDEO_CONTROL, 0x60 | (keepsMemory ? 0x80 : 0));
    this.pointFont(mode.cellHeight);
    if (mode.isText) this.loadFont(FONT_8X16.glyphs, 16, 0, 0, 256);
    if (!keepsMemory) this.screen.clear(mode);
  }

  private cursor(page: number): [row: number, column: number] {
    const position = this.memory.data16(CURSORS + (page & 7) * 2);
    return [position >> 8, position & 0xff];
  }

  private setCursor(page: number, row: number, column: number): void {
    const { memory } = this;
    memory.setData16(CURSORS + (page & 7) * 2, (row << 8) | column);
    if (page !== memory.data8(ACTIVE_PAGE)) return;
    const at = (memory.data16(PAGE_START) >> 1) + row * memory.data16(COLUMNS) + column;
    this.crtc(0x0e, at >> 8);
    this.crtc(0x0f, at & 0xff);
  }

  /** Lines of an 8-line cell, as programs know them from the CGA, become those of the cells there are. */
  private setCursorShape(shape: number): void {
    const { memory } = this;
    memory.setData16(CURSOR_SHAPE, shape);
    const height = memory.data16(CELL_HEIGHT);
    let top = (shape >> 8) & 0x3f;
    let bottom = shape & 0x1f;
    const isEmulated = (memory.data8(VIDEO_CONTROL) & 1) === 0;
    if (isEmulated && height > 8 && (top & 0x20) === 0 && top < 8 && bottom < 8) {
      const isUnderline = bottom - top <= 1;
      bottom = isUnderline && bottom >= 6 ? height - 2 : Math.floor(((bottom + 1) * height) / 8) - 1;
      top = isUnderline && (shape & 0x1f) >= 6 ? bottom - 1 : Math.floor((top * height) / 8);
    }
    this.crtc(0x0a, top);
    this.crtc(0x0b, bottom);
  }

  private showPage(page: number): void {
    const { memory } = this;
    const mode = this.mode;
    const start = (page & 7) * memory.data16(PAGE_BYTES);
    memory.setData8(ACTIVE_PAGE, page & 7);
    memory.setData16(PAGE_START, start);
    const address = mode.isText ? start >> 1 : start;
    this.crtc(0x0c, (address >> 8) & 0xff);
    this.crtc(0x0d, address & 0xff);
    this.setCursor(page & 7, ...this.cursor(page));
  }

  /** 09h writes character and attribute, 0Ah leaves the attribute; CX of them from the cursor on, which stays. */
  private writeCells(frame: ServiceFrame): void {
    const columns = this.memory.data16(COLUMNS);
    const [row, column] = this.cursor(frame.bh);
    const attribute = frame.ah === 0x0a && this.mode.isText ? undefined : frame.bl;
    for (let i = 0, at = row * columns + column; i < frame.cx; i++, at++) {
      this.screen.writeCell(frame.bh, Math.floor(at / columns), at % columns, frame.al, attribute);
    }
  }

  private teletype(character: number, colour: number): void {
    const { memory } = this;
    const page = memory.data8(ACTIVE_PAGE);
    const columns = memory.data16(COLUMNS);
    let [row, column] = this.cursor(page);
    if (character === BELL) return;
    if (character === BACKSPACE) column = Math.max(0, column - 1);
    else if (character === RETURN) column = 0;
    else if (character === LINE_FEED) row++;
    else {
      this.screen.writeCell(page, row, column, character, this.mode.isText ? undefined : colour);
      column++;
    }
    if (column >= columns) {
      column = 0;
      row++;
    }
    const last = memory.data8(LAST_ROW);
    if (row > last) {
      // The new line takes the attribute of the last one.
      const attribute = this.mode.isText ? this.screen.readCell(page, last, 0) >> 8 : 0;
      this.screen.scroll({
        lines: 1,
        isDown: false,
        attribute,
        top: 0,
        left: 0,
        bottom: last,
        right: columns - 1,
        page,
      });
      row = last;
    }
    this.setCursor(page, row, column);
  }

  private writeString(frame: ServiceFrame): void {
    const { memory } = this;
    const before = this.cursor(frame.bh);
    const hasAttributes = (frame.al & 2) !== 0;
    let at = linear(frame.es, frame.bp);
    this.setCursor(frame.bh, frame.dh, frame.dl);
    for (let left = frame.cx; left > 0; left--) {
      const character = memory.read8(at++);
      const attribute = hasAttributes ? memory.read8(at++) : frame.bl;
      if (![BELL, BACKSPACE, LINE_FEED, RETURN].includes(character)) {
        const [row, column] = this.cursor(frame.bh);
        this.screen.writeCell(frame.bh, row, column, character, attribute);
      }
      this.teletype(character, attribute);
    }
    if ((frame.al & 1) === 0) this.setCursor(frame.bh, ...before);
  }

  /** AH 11h: fonts of text modes, pointers to those of graphics modes. */
  private serveFonts(frame: ServiceFrame): void {
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
        memory.write32(0x1f * 4, pointer(frame.es, frame.bp));
        return;
      case 0x21:
        memory.write32(0x43 * 4, pointer(frame.es, frame.bp));
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
      2: pointer(ROM_SEGMENT, ROM.font14),
      3: pointer(ROM_SEGMENT, ROM.font8),
      4: pointer(ROM_SEGMENT, ROM.font8 + 128 * 8),
      5: pointer(ROM_SEGMENT, ROM.font14),
      6: pointer(ROM_SEGMENT, ROM.font16),
      7: pointer(ROM_SEGMENT, ROM.font16),
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
    this.crtc(0x09, (vga.registers.crtcRegister(0x09) & 0xe0) | (height - 1));
    const lines = 400;
    memory.setData16(CELL_HEIGHT, height);
    memory.setData8(LAST_ROW, Math.floor(lines / height) - 1);
    memory.setData16(PAGE_BYTES, Math.floor(lines / height) * memory.data16(COLUMNS) * 2 + 256);
    this.setCursorShape(0x0607);
  }

  private pointFont(height: number): void {
    this.memory.write32(0x43 * 4, pointer(ROM_SEGMENT, FONT_PLACES[height] ?? ROM.font16));
  }

  /** AH 12h, alternate select. */
  private select(frame: ServiceFrame): void {
    const { memory } = this;
    switch (frame.bl) {
      case 0x10:
        // Colour, 256 KiB; the switches of an EGA with such a display.
        frame.bx = 0x0003;
        frame.cx = 0x0009;
        return;
      case 0x31:
        memory.setData8(MODE_OPTIONS, (memory.data8(MODE_OPTIONS) & ~0x08) | (frame.al & 1 ? 0x08 : 0));
        break;
      case 0x34:
        memory.setData8(VIDEO_CONTROL, (memory.data8(VIDEO_CONTROL) & ~1) | (frame.al & 1));
        break;
      case 0x36:
        this.vga.registers.write(0x14, 1, 1);
        this.vga.registers.write(
          0x15,
          1,
          (this.vga.registers.sequencerRegister(1) & ~0x20) | (frame.al & 1 ? 0x20 : 0),
        );
        break;
      case 0x30:
      case 0x32:
      case 0x33:
        break;
      default:
        return;
    }
    frame.al = 0x12;
  }

  private describeState(frame: ServiceFrame): void {
    const { memory } = this;
    const to = linear(frame.es, frame.di);
    memory.writeBytes(to, new Uint8Array(64));
    memory.write32(to, pointer(ROM_SEGMENT, ROM.videoFunctionality));
    memory.writeBytes(to + 4, memory.readBytes(0x449, 30));
    memory.write8(to + 0x22, memory.data8(LAST_ROW) + 1);
    memory.write16(to + 0x23, memory.data16(CELL_HEIGHT));
    memory.write8(to + 0x25, COLOUR_VGA);
    memory.write16(to + 0x27, this.mode.isText ? 16 : this.mode.dac === '256' ? 256 : 16);
    memory.write8(to + 0x29, 8);
    memory.write8(to + 0x2a, 2);
    memory.write8(to + 0x31, 3);
    frame.al = 0x1b;
  }

  private get mode(): VgaMode {
    return findVgaMode(this.memory.data8(MODE) & 0x7f) ?? MODE_3;
  }

  private crtc(register: number, value: number): void {
    const index = this.vga.registers.miscellaneousOutput & 1 ? 0x24 : 0x04;
    this.vga.registers.write(index, 1, register);
    this.vga.registers.write(index + 1, 1, value);
  }
}

/** A far pointer as a double word. */
function pointer(segment: number, offset: number): number {
  return ((segment << 16) | offset) >>> 0;
}
