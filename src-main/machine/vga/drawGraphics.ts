import type { GraphicsDisplay } from './GraphicsDisplay.ts';

const OPAQUE = 0xff00_0000 | 0;

/**
 * Draws lines `first` to `end` (exclusive) of a picture from video memory into `pixels`, a word of red, green, blue
 * and alpha bytes for each, `width` a line. Pure: the same display and bytes give the same pixels.
 */
export function drawGraphics(
  display: GraphicsDisplay,
  memory: Uint8Array,
  pixels: Uint32Array,
  first: number,
  end: number,
): void {
  const draw = LINE_PAINTERS[display.format];
  for (let line = first; line < end; line++) {
    const to = pixels.subarray(line * display.width, (line + 1) * display.width);
    draw(display, memory, display.lineStarts[line] ?? 0, display.linePans[line] ?? 0, to);
  }
}

type LinePainter = (
  display: GraphicsDisplay,
  memory: Uint8Array,
  start: number,
  pan: number,
  pixels: Uint32Array,
) => void;

const LINE_PAINTERS: Readonly<Record<GraphicsDisplay['format'], LinePainter>> = {
  planar: drawPlanar,
  cga: drawCga,
  packed: drawPacked,
  linear8: drawLinear8,
  linear15: drawLinear15,
  linear16: drawLinear16,
  linear24: drawLinear24,
  linear32: drawLinear32,
};

function drawPlanar(
  display: GraphicsDisplay,
  memory: Uint8Array,
  start: number,
  pan: number,
  pixels: Uint32Array,
): void {
  const { palette } = display;
  const wrap = display.wrapBytes - 1;
  for (let x = 0; x < pixels.length; x++) {
    const dot = x + pan;
    const at = (start + ((dot >> 3) << 2)) & wrap;
    const bit = 7 - (dot & 7);
    const value =
      (((memory[at] ?? 0) >> bit) & 1) |
      ((((memory[at + 1] ?? 0) >> bit) & 1) << 1) |
      ((((memory[at + 2] ?? 0) >> bit) & 1) << 2) |
      ((((memory[at + 3] ?? 0) >> bit) & 1) << 3);
    pixels[x] = palette[value] ?? 0;
  }
}

function drawCga(display: GraphicsDisplay, memory: Uint8Array, start: number, pan: number, pixels: Uint32Array): void {
  const { palette } = display;
  const wrap = display.wrapBytes - 1;
  for (let x = 0; x < pixels.length; x++) {
    const dot = x + pan;
    const at = ((start + ((dot >> 3) << 2)) & wrap) + ((dot >> 2) & 1);
    const bit = 6 - ((dot & 3) << 1);
    const value = (((memory[at] ?? 0) >> bit) & 3) | ((((memory[at + 2] ?? 0) >> bit) & 3) << 2);
    pixels[x] = palette[value] ?? 0;
  }
}

function drawPacked(
  display: GraphicsDisplay,
  memory: Uint8Array,
  start: number,
  pan: number,
  pixels: Uint32Array,
): void {
  const { palette } = display;
  const wrap = display.wrapBytes - 1;
  for (let x = 0; x < pixels.length; x++) pixels[x] = palette[memory[(start + x + pan) & wrap] ?? 0] ?? 0;
}

function drawLinear8(
  display: GraphicsDisplay,
  memory: Uint8Array,
  start: number,
  _: number,
  pixels: Uint32Array,
): void {
  const { palette } = display;
  for (let x = 0; x < pixels.length; x++) pixels[x] = palette[memory[start + x] ?? 0] ?? 0;
}

function drawLinear15(_: GraphicsDisplay, memory: Uint8Array, start: number, __: number, pixels: Uint32Array): void {
  for (let x = 0, at = start; x < pixels.length; x++, at += 2) {
    const value = (memory[at] ?? 0) | ((memory[at + 1] ?? 0) << 8);
    pixels[x] = rgba(five(value >> 10), five(value >> 5), five(value));
  }
}

function drawLinear16(_: GraphicsDisplay, memory: Uint8Array, start: number, __: number, pixels: Uint32Array): void {
  for (let x = 0, at = start; x < pixels.length; x++, at += 2) {
    const value = (memory[at] ?? 0) | ((memory[at + 1] ?? 0) << 8);
    const green = (value >> 5) & 63;
    pixels[x] = rgba(five(value >> 11), (green << 2) | (green >> 4), five(value));
  }
}

function drawLinear24(_: GraphicsDisplay, memory: Uint8Array, start: number, __: number, pixels: Uint32Array): void {
  for (let x = 0, at = start; x < pixels.length; x++, at += 3) {
    pixels[x] = rgba(memory[at + 2] ?? 0, memory[at + 1] ?? 0, memory[at] ?? 0);
  }
}

function drawLinear32(_: GraphicsDisplay, memory: Uint8Array, start: number, __: number, pixels: Uint32Array): void {
  const words = new Uint32Array(memory.buffer, memory.byteOffset + (start & ~3), pixels.length);
  for (let x = 0; x < pixels.length; x++) {
    const value = words[x] ?? 0;
    pixels[x] = OPAQUE | ((value & 0xff) << 16) | (value & 0xff00) | ((value >>> 16) & 0xff);
  }
}

function rgba(red: number, green: number, blue: number): number {
  return OPAQUE | (blue << 16) | (green << 8) | red;
}

/** The low five bits as eight. */
function five(bits: number): number {
  const value = bits & 31;
  return (value << 3) | (value >> 2);
}
