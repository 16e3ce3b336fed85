import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';
import { beforeEach, expect, test } from 'vitest';
import type { RgbaImage } from '../../src-main/machine/vga/rasterise.ts';
import { TestDisplay } from '../support/machine/TestDisplay.ts';

/**
 * Pictures of every kind of mode, drawn by the registers' and planes' own rules (IBM PS/2 Hardware Interface
 * Technical Reference, "Video Subsystem"; Bochs' VBE interface) and reviewed by eye. `VIVARIUM_UPDATE_GOLDEN=1`
 * writes them anew.
 */
const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), 'screens');

let display: TestDisplay;
beforeEach(() => (display = new TestDisplay()));

function expectPicture(name: string, image: RgbaImage): void {
  const file = path.join(FOLDER, `${name}.png`);
  if (process.env['VIVARIUM_UPDATE_GOLDEN'] === '1' || !existsSync(file)) {
    mkdirSync(FOLDER, { recursive: true });
    const png = new PNG({ width: image.width, height: image.height });
    png.data.set(image.pixels);
    writeFileSync(file, PNG.sync.write(png, { colorType: 2 }));
    if (process.env['VIVARIUM_UPDATE_GOLDEN'] !== '1') throw new Error(`${file} was missing; look at it`);
  }
  const golden = PNG.sync.read(readFileSync(file));
  expect([image.width, image.height]).toEqual([golden.width, golden.height]);
  expect(Buffer.compare(Buffer.from(image.pixels), golden.data)).toBe(0);
}

const SEQUENCER = 0x14;
const GRAPHICS = 0x1e;
const CRTC = 0x24;

/** Sets a pixel in a planar mode by set/reset and the bit mask. */
function plotPlanar(x: number, y: number, colour: number, pitch: number): void {
  display.port(GRAPHICS, 0, colour);
  display.port(GRAPHICS, 1, 0x0f);
  display.port(GRAPHICS, 8, 0x80 >> (x & 7));
  const at = y * pitch + (x >> 3);
  display.adapter.memory.read(at, 1);
  display.poke(0xa0000 + at, 0);
}

function drawPlanarScene(width: number, height: number): void {
  const pitch = width / 8;
  for (let colour = 0; colour < 16; colour++) {
    for (let y = 20; y < height - 40; y++) {
      for (let x = 0; x < width / 16; x++) plotPlanar(colour * (width / 16) + x, y, colour, pitch);
    }
  }
  display.draw(8, 2, 'Sixteen colours in four planes', (x, y) => plotPlanar(x, y, 15, pitch));
  for (let x = 0; x < width; x++) plotPlanar(x, Math.floor((x * (height - 1)) / (width - 1)), 10, pitch);
}

test('80 by 25 text with attributes, lines and two character sets', () => {
  for (let attribute = 0; attribute < 128; attribute++) {
    display.print(2 + (attribute >> 4), (attribute & 15) * 5, ` ${attribute.toString(16).padStart(2, '0')} `, attribute);
  }
  display.print(12, 4, '\xc9\xcd\xcd\xcb\xcd\xcd\xbb', 0x1e);
  display.print(13, 4, '\xba\xb0\xb1\xba\xb2\xdb\xba', 0x1e);
  display.print(14, 4, '\xc8\xcd\xcd\xca\xcd\xcd\xbc', 0x1e);
  display.print(16, 4, 'The quick brown fox jumps over the lazy dog', 0x0a);
  expectPicture('text-80x25', display.picture());
  // A second character set in map 1, upside down, for attribute bit 3.
  for (let code = 0; code < 256; code++) {
    for (let row = 0; row < 16; row++) {
      const from = (code * 32 + 15 - row) * 4 + 2;
      display.video[(0x4000 + code * 32 + row) * 4 + 2] = display.video[from] ?? 0;
    }
  }
  display.port(SEQUENCER, 3, 0x04);
  expectPicture('text-two-sets', display.picture());
});

test('text that is panned, scrolled by lines and split', () => {
  for (let row = 0; row < 50; row++) display.print(row, 0, `row ${row} `.padEnd(80, '.'), 0x07 + (row % 8) * 16);
  display.port(CRTC, 0x0c, 0x03);
  display.port(CRTC, 0x0d, 0x20);
  display.port(CRTC, 0x08, 0x05);
  display.attribute(0x13, 0x03);
  // The split begins at scan line 320.
  display.port(CRTC, 0x18, 0x3f);
  display.port(CRTC, 0x09, 0x0f);
  expectPicture('text-split', display.picture());
});

test('40 by 25 text', () => {
  display.mode(1);
  'Forty columns'.split('').forEach((letter, at) => {
    display.poke(0xb8000 + at * 2, letter.charCodeAt(0));
    display.poke(0xb8001 + at * 2, 0x1f);
  });
  expectPicture('text-40x25', display.picture());
});

test('CGA 320 by 200 in four colours', () => {
  display.mode(4);
  for (let y = 0; y < 200; y++) {
    for (let at = 0; at < 80; at++) {
      const colour = (Math.floor(at / 20) + (y < 100 ? 0 : 1)) & 3;
      display.poke(0xb8000 + (y & 1) * 0x2000 + (y >> 1) * 80 + at, colour * 0x55);
    }
  }
  expectPicture('cga-320x200', display.picture());
});

test('CGA 640 by 200 in black and white', () => {
  display.mode(6);
  display.draw(16, 20, 'Six hundred and forty', (x, y) => {
    const at = (y & 1) * 0x2000 + (y >> 1) * 80 + (x >> 3);
    display.poke(0xb8000 + at, display.adapter.memory.read(0x18000 + at, 1) | (0x80 >> (x & 7)));
  });
  expectPicture('cga-640x200', display.picture());
});

test.each([
  { mode: 0x0d, width: 320, height: 200 },
  { mode: 0x10, width: 640, height: 350 },
  { mode: 0x12, width: 640, height: 480 },
])('planar mode $mode', ({ mode, width, height }) => {
  display.mode(mode);
  drawPlanarScene(width, height);
  expectPicture(`planar-${width}x${height}`, display.picture());
});

test('256 colours, the default palette', () => {
  display.mode(0x13);
  for (let y = 0; y < 200; y++) {
    for (let x = 0; x < 320; x++) {
      display.poke(0xa0000 + y * 320 + x, Math.floor(y / 12.5) * 16 + Math.floor(x / 20));
    }
  }
  expectPicture('mode-13h', display.picture());
});

test('mode X, 320 by 240, panned by two pixels', () => {
  display.mode(0x13);
  display.adapter.registers.write(0x12, 1, 0xe3);
  display.port(SEQUENCER, 4, 0x06);
  display.port(CRTC, 0x11, 0x2c);
  for (const [register, value] of [
    [0x06, 0x0d], [0x07, 0x3e], [0x09, 0x41], [0x10, 0xea], [0x11, 0xac], [0x12, 0xdf],
    [0x14, 0x00], [0x15, 0xe7], [0x16, 0x06], [0x17, 0xe3],
  ] as const) {
    display.port(CRTC, register, value);
  }
  for (let y = 0; y < 240; y++) {
    for (let x = 0; x < 320; x++) {
      display.port(SEQUENCER, 2, 1 << (x & 3));
      display.poke(0xa0000 + y * 80 + (x >> 2), 32 + ((x + y) % 72));
    }
  }
  display.attribute(0x13, 4);
  expectPicture('mode-x', display.picture());
});

test.each([8, 15, 16, 24, 32])('VBE 400 by 300 in %i bits', (depth) => {
  const { vbe } = display.adapter;
  [[1, 400], [2, 300], [3, depth], [4, 0x41]].forEach(([register = 0, value = 0]) => vbe.writeRegister(register, value));
  const unit = (depth + 7) >> 3;
  for (let y = 0; y < 300; y++) {
    for (let x = 0; x < 400; x++) {
      const [red, green, blue] = [Math.floor(x / 1.57), Math.floor(y / 1.18), 255 - Math.floor(x / 1.57)];
      const values: Record<number, number> = {
        8: Math.floor(y / 19) * 16 + Math.floor(x / 25),
        15: ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3),
        16: ((red >> 3) << 11) | ((green >> 2) << 5) | (blue >> 3),
        24: (red << 16) | (green << 8) | blue,
        32: (red << 16) | (green << 8) | blue,
      };
      for (let i = 0; i < unit; i++) display.video[(y * 400 + x) * unit + i] = ((values[depth] ?? 0) >> (8 * i)) & 0xff;
    }
  }
  expectPicture(`vbe-${depth}`, display.picture());
});
