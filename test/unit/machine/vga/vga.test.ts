import { beforeEach, describe, expect, test } from 'vitest';
import { FONT_8X16 } from '../../../../src-main/machine/vga/fonts/fonts.ts';
import { rasterise, type RgbaImage } from '../../../../src-main/machine/vga/rasterise.ts';
import { readTextScreen, textLines } from '../../../../src-main/machine/vga/TextScreen.ts';
import { VgaRegisters } from '../../../../src-main/machine/vga/VgaRegisters.ts';
import { ManualTime } from '../../../support/machine/ManualTime.ts';

const CRTC = 0x24;
const ATTRIBUTE = 0x10;
const SEQUENCER = 0x14;
const GRAPHICS = 0x1e;
const STATUS_1 = 0x2a;

let time: ManualTime;
let vga: VgaRegisters;
let planes: Uint8Array;

beforeEach(() => {
  time = new ManualTime();
  vga = new VgaRegisters('vga0', time.timers);
  planes = new Uint8Array(0x4_0000);
  FONT_8X16.glyphs.forEach((row, at) => (planes[((at >> 4) * 32 + (at & 15)) * 4 + 2] = row));
});

function set(index: number, register: number, value: number): void {
  vga.write(index, 1, register);
  vga.write(index + 1, 1, value);
}

function write(row: number, column: number, text: string, attribute = 7): void {
  for (const [i, letter] of [...text].entries()) {
    planes[(row * 80 + column + i) * 4] = letter.charCodeAt(0);
    planes[(row * 80 + column + i) * 4 + 1] = attribute;
  }
}

describe('registers', () => {
  test('index and data pairs read back', () => {
    set(CRTC, 0x0e, 0x12);
    expect([vga.read(CRTC), vga.read(CRTC + 1)]).toEqual([0x0e, 0x12]);
    set(SEQUENCER, 2, 0x0f);
    expect(vga.read(SEQUENCER + 1)).toBe(0x0f);
    set(GRAPHICS, 8, 0xaa);
    expect(vga.read(GRAPHICS + 1)).toBe(0xaa);
  });

  test('registers that do not exist read as zero', () => {
    set(CRTC, 0x3f, 0x12);
    expect(vga.read(CRTC + 1)).toBe(0);
  });

  test('protection keeps the timing registers', () => {
    set(CRTC, 0x00, 0x11);
    expect(vga.crtcRegister(0)).toBe(0x5f);
    set(CRTC, 0x11, 0x0e);
    set(CRTC, 0x00, 0x11);
    expect(vga.crtcRegister(0)).toBe(0x11);
  });

  test('index and data of the attribute controller take turns; reading the status starts anew', () => {
    vga.read(STATUS_1);
    vga.write(ATTRIBUTE, 1, 0x01);
    vga.write(ATTRIBUTE, 1, 0x2a);
    vga.write(ATTRIBUTE, 1, 0x02);
    vga.read(STATUS_1);
    vga.write(ATTRIBUTE, 1, 0x23);
    vga.write(ATTRIBUTE, 1, 0x15);
    expect([1, 2, 3].map((index) => vga.attributeRegister(index))).toEqual([0x2a, 0x02, 0x15]);
    expect(vga.read(0x11)).toBe(0x15);
  });

  test('mono addresses answer instead of colour ones when misc says so', () => {
    vga.write(0x12, 1, 0x66);
    expect(vga.read(0x1c)).toBe(0x66);
    expect(vga.read(CRTC)).toBe(0xff);
    set(0x04, 0x0f, 0x77);
    expect(vga.read(0x05)).toBe(0x77);
  });

  test('the DAC moves three components an entry', () => {
    vga.write(0x18, 1, 5);
    for (const value of [1, 2, 3, 0xff, 5, 6]) vga.write(0x19, 1, value);
    vga.write(0x17, 1, 5);
    expect(vga.read(0x17)).toBe(3);
    expect(Array.from({ length: 6 }, () => vga.read(0x19))).toEqual([1, 2, 3, 0x3f, 5, 6]);
  });

  test('display and retrace alternate 70 times a second', () => {
    let retraces = 0;
    let blanks = 0;
    let was = 0;
    for (let us = 0; us < 100_000; us++) {
      const status = vga.read(STATUS_1);
      if (status & 8 && !(was & 8)) retraces++;
      if (status & 1 && !(was & 1)) blanks++;
      was = status;
      time.advance(1000);
    }
    expect(retraces).toBe(7);
    expect(blanks).toBeGreaterThan(2800);
  });
});

describe('text screen', () => {
  test('80x25 after a reset, with the cursor at the top', () => {
    const screen = readTextScreen(vga, planes);
    expect(screen).toMatchObject({
      columns: 80,
      rows: 25,
      cursor: 0,
      cursorTop: 13,
      cursorBottom: 14,
      cellWidth: 9,
      cellHeight: 16,
    });
    expect([...screen.palette.subarray(0, 6), ...screen.palette.subarray(45)]).toEqual([
      0, 0, 0, 0, 0, 170, 255, 255, 255,
    ]);
    expect([...screen.palette.subarray(18, 21)]).toEqual([170, 85, 0]); // brown, not dark yellow
  });

  test('lines lose their trailing blanks and speak Unicode', () => {
    write(0, 0, 'Hello,');
    write(24, 78, 'ok');
    planes[320] = 0xc9;
    planes[324] = 0xe3;
    planes[328] = 0x01;
    const lines = textLines(readTextScreen(vga, planes));
    expect(lines).toHaveLength(25);
    expect(lines[0]).toBe('Hello,');
    expect(lines[1]).toBe('╔π☺');
    expect(lines[24]).toBe(`${' '.repeat(78)}ok`);
  });

  test('start address scrolls, and the cursor moves with it', () => {
    write(1, 0, 'second');
    set(CRTC, 0x0d, 80);
    set(CRTC, 0x0f, 85);
    const screen = readTextScreen(vga, planes);
    expect(textLines(screen)[0]).toBe('second');
    expect(screen.cursor).toBe(5);
  });

  test('the cursor can be off or out of sight', () => {
    set(CRTC, 0x0a, 0x2d);
    expect(readTextScreen(vga, planes).cursor).toBe(-1);
    set(CRTC, 0x0a, 0x0d);
    set(CRTC, 0x0e, 0xff);
    expect(readTextScreen(vga, planes).cursor).toBe(-1);
  });

  test('40 columns, and 50 lines of 8', () => {
    set(CRTC, 0x11, 0x0e);
    set(CRTC, 0x01, 39);
    set(CRTC, 0x13, 20);
    set(CRTC, 0x09, 0x47);
    write(0, 40, 'next'); // the second row of 40 columns
    const screen = readTextScreen(vga, planes);
    expect([screen.columns, screen.rows]).toEqual([40, 50]);
    expect(textLines(screen)[1]).toBe('next');
  });

  test('is blank in a graphics mode and while the display is off', () => {
    write(0, 0, 'x');
    set(GRAPHICS, 6, 0x0f);
    expect(textLines(readTextScreen(vga, planes))[0]).toBe('');
    set(GRAPHICS, 6, 0x0e);
    vga.read(STATUS_1);
    vga.write(ATTRIBUTE, 1, 0x00);
    expect(textLines(readTextScreen(vga, planes))[0]).toBe('');
  });

  test('any register values give some screen', () => {
    for (let seed = 1; seed < 300; seed++) {
      let random = seed;
      for (let i = 0; i < 200; i++) {
        random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
        vga.write((random >> 8) % 0x30, 1, (random >> 16) & 0xff);
        vga.read((random >> 4) % 0x30);
      }
      const screen = readTextScreen(vga, planes);
      expect(screen.cells.length).toBe(screen.columns * screen.rows * 2);
      expect(screen.cursor).toBeLessThan(screen.columns * screen.rows);
    }
  });
});

describe('picture', () => {
  function pixel(image: RgbaImage, x: number, y: number): string {
    const at = (y * image.width + x) * 4;
    return [...image.pixels.subarray(at, at + 3)].join(',');
  }

  test('glyphs are drawn in their colours', () => {
    write(0, 0, ' ');
    planes[0] = 0xdb; // full block
    planes[1] = 0x1e; // yellow on blue
    planes[4] = 0x20;
    planes[5] = 0x1e;
    set(CRTC, 0x0a, 0x20);
    const image = rasterise(readTextScreen(vga, planes));
    expect([image.width, image.height]).toEqual([720, 400]);
    expect(pixel(image, 0, 0)).toBe('255,255,85');
    expect(pixel(image, 8, 5)).toBe('255,255,85'); // the ninth column continues the block
    expect(pixel(image, 9, 0)).toBe('0,0,170');
    expect(image.pixels[3]).toBe(255);
  });

  test('the cursor is drawn unless its phase is off', () => {
    write(0, 0, ' ', 0x07);
    const screen = readTextScreen(vga, planes);
    expect(pixel(rasterise(screen), 4, 13)).toBe('170,170,170');
    expect(pixel(rasterise(screen, { isCursorShown: false, isTextShown: true }), 4, 13)).toBe('0,0,0');
  });

  test('blinking text disappears; without blinking bit 7 is a bright background', () => {
    set(CRTC, 0x0a, 0x20);
    planes[0] = 0xdb;
    planes[1] = 0x8f;
    const hidden = { isCursorShown: false, isTextShown: false };
    expect(pixel(rasterise(readTextScreen(vga, planes), hidden), 0, 0)).toBe('0,0,0');
    vga.read(STATUS_1);
    vga.write(ATTRIBUTE, 1, 0x30);
    vga.write(ATTRIBUTE, 1, 0x04);
    planes[1] = 0x9f;
    planes[0] = 0x20;
    expect(pixel(rasterise(readTextScreen(vga, planes), hidden), 0, 0)).toBe('85,85,255');
  });
});

test('a restored adapter shows the same', () => {
  set(CRTC, 0x0f, 99);
  vga.write(0x18, 1, 7);
  vga.write(0x19, 1, 9);
  const state = JSON.parse(JSON.stringify(vga.save()));
  const other = new VgaRegisters('vga0', time.timers);
  other.restore(state);
  expect(other.save()).toEqual(state);
});
