import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readObject } from '../snapshot.ts';
import { programMode } from '../vga/programMode.ts';
import type { VgaAdapter } from '../vga/VgaAdapter.ts';
import { findVgaMode, MODE_3, type VgaMode } from '../vga/vgaModes.ts';
import type { FirmwareMemory } from './FirmwareMemory.ts';
import { FontServices } from './FontServices.ts';
import { PaletteServices } from './PaletteServices.ts';
import { ROM, ROM_SEGMENT } from './rom.ts';
import { farPointer, linear, type ServiceFrame } from './ServiceFrame.ts';
import { setCrtcRegister } from './setCrtcRegister.ts';
import { VbeServices } from './VbeServices.ts';
import {
  ACTIVE_PAGE,
  CELL_HEIGHT,
  COLUMNS,
  CRTC_PORT,
  CURSORS,
  CURSOR_SHAPE,
  DISPLAY_CODE,
  LAST_ROW,
  MODE,
  MODE_OPTIONS,
  PAGE_BYTES,
  PAGE_START,
  SWITCHES,
  VIDEO_CONTROL,
} from './videoData.ts';
import { VideoScreen } from './VideoScreen.ts';

const KEEP_MEMORY = 0x80;
/** First and last line, of eight. */
const USUAL_CURSOR = 0x0607;
/** A VGA with an analogue colour display. */
const COLOUR_VGA = 0x08;
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
  private readonly fonts: FontServices;
  private readonly screen: VideoScreen;

  constructor(memory: FirmwareMemory, vga: VgaAdapter) {
    this.memory = memory;
    this.vga = vga;
    this.palette = new PaletteServices(memory, vga.registers);
    this.fonts = new FontServices(memory, vga, () => this.setCursorShape(USUAL_CURSOR));
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
    memory.write32(0x1f * 4, farPointer(ROM_SEGMENT, ROM.font8 + 128 * 8));
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
        return this.fonts.serve(frame);
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
    memory.setData16(CURSOR_SHAPE, USUAL_CURSOR);
    memory.setData8(ACTIVE_PAGE, 0);
    memory.setData16(CRTC_PORT, mode.misc & 1 ? 0x3d4 : 0x3b4);
    memory.setData8(LAST_ROW, mode.rows - 1);
    memory.setData16(CELL_HEIGHT, mode.cellHeight);
    memory.setData8(VIDEO_CONTROL, 0x60 | (keepsMemory ? 0x80 : 0));
    this.fonts.setMode(mode);
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
    setCrtcRegister(this.vga.registers, 0x0e, at >> 8);
    setCrtcRegister(this.vga.registers, 0x0f, at & 0xff);
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
    setCrtcRegister(this.vga.registers, 0x0a, top);
    setCrtcRegister(this.vga.registers, 0x0b, bottom);
  }

  private showPage(page: number): void {
    const { memory } = this;
    const mode = this.mode;
    const start = (page & 7) * memory.data16(PAGE_BYTES);
    memory.setData8(ACTIVE_PAGE, page & 7);
    memory.setData16(PAGE_START, start);
    const address = mode.isText ? start >> 1 : start;
    setCrtcRegister(this.vga.registers, 0x0c, (address >> 8) & 0xff);
    setCrtcRegister(this.vga.registers, 0x0d, address & 0xff);
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
    memory.write32(to, farPointer(ROM_SEGMENT, ROM.videoFunctionality));
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
}
