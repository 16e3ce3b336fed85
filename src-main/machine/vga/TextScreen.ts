import type { GuestMemory } from '../GuestMemory.ts';
import { fromCodePage437 } from './codePage437.ts';
import type { VgaRegisters } from './VgaRegisters.ts';

/** A text screen as data: what is in each cell, and all that is needed to draw it. */
export interface TextScreen {
  readonly columns: number;
  readonly rows: number;
  /** A character and an attribute byte per cell, row by row. */
  readonly cells: Uint8Array;
  /** Cell of the cursor, or -1 when it is off or outside of the screen. */
  readonly cursor: number;
  /** First and last scan line of the cursor within its cell. */
  readonly cursorTop: number;
  readonly cursorBottom: number;
  /** Red, green and blue, 0..255 each, of the 16 attribute colours. */
  readonly palette: Uint8Array;
  /** Attribute bit 7 blinks the character; otherwise it is the background's intensity. */
  readonly isBlinking: boolean;
  readonly cellWidth: 8 | 9;
  readonly cellHeight: number;
  /** Codes C0h..DFh continue into the ninth column, so that lines join. */
  readonly extendsLineGraphics: boolean;
}

/** Where the display looks for text, by graphics register 6 bits 3..2. */
const MEMORY_WINDOWS = [
  { first: 0xa0000, byteLength: 0x20000 },
  { first: 0xa0000, byteLength: 0x10000 },
  { first: 0xb0000, byteLength: 0x8000 },
  { first: 0xb8000, byteLength: 0x8000 },
] as const;

const TEXT_PAGE_BYTES = 80 * 25 * 2;
/** The characters of two cells, without their attributes. */
const CHARACTERS = 0x00ff_00ff;
const MOST_COLUMNS = 256;
const MOST_ROWS = 128;

/** Reads the screen that registers and memory describe; blank while the display is off or in a graphics mode. */
export function readTextScreen(vga: VgaRegisters, memory: GuestMemory): TextScreen {
  const columns = Math.min(MOST_COLUMNS, vga.crtcRegister(0x01) + 1);
  const cellHeight = (vga.crtcRegister(0x09) & 0x1f) + 1;
  const overflow = vga.crtcRegister(0x07);
  const lines = (vga.crtcRegister(0x12) | ((overflow & 0x02) << 7) | ((overflow & 0x40) << 3)) + 1;
  const rows = Math.max(1, Math.min(MOST_ROWS, Math.floor(lines / cellHeight)));
  const start = (vga.crtcRegister(0x0c) << 8) | vga.crtcRegister(0x0d);
  const cursorAt = (vga.crtcRegister(0x0e) << 8) | vga.crtcRegister(0x0f);
  const pitch = vga.crtcRegister(0x13) * 2;
  const cursorTop = vga.crtcRegister(0x0a) & 0x1f;
  const cursorBottom = Math.min(vga.crtcRegister(0x0b) & 0x1f, cellHeight - 1);
  const isCursorOff = (vga.crtcRegister(0x0a) & 0x20) !== 0 || cursorTop > cursorBottom;
  const isText = (vga.graphicsRegister(6) & 1) === 0 && vga.isDisplayOn;
  const modeControl = vga.attributeRegister(0x10);
  return {
    columns,
    rows,
    cells: readCells(memory, vga, isText, { columns, rows, start, pitch }),
    cursor: isCursorOff || !isText ? -1 : cursorCell(cursorAt - start, pitch, columns, rows),
    cursorTop,
    cursorBottom,
    palette: readPalette(vga),
    isBlinking: (modeControl & 0x08) !== 0,
    cellWidth: vga.sequencerRegister(1) & 1 ? 8 : 9,
    cellHeight,
    extendsLineGraphics: (modeControl & 0x04) !== 0,
  };
}

/** One line of Unicode text a row, without the blanks at its end. */
export function textLines(screen: TextScreen): string[] {
  return Array.from({ length: screen.rows }, (_, row) => {
    let line = '';
    for (let column = 0; column < screen.columns; column++) {
      line += fromCodePage437(screen.cells[(row * screen.columns + column) * 2] ?? 0);
    }
    return line.trimEnd();
  });
}

/** Changes when a character of the first page of text memory does, 80 by 25 cells; colours do not count. */
export function textMemorySum(memory: GuestMemory): number {
  const first = MEMORY_WINDOWS[3].first;
  if (memory.size < first + TEXT_PAGE_BYTES) return 0;
  const bytes = memory.view(first, TEXT_PAGE_BYTES);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, TEXT_PAGE_BYTES >> 2);
  return words.reduce((sum, word) => (Math.imul(sum, 31) + (word & CHARACTERS)) | 0, 0);
}

function readCells(
  memory: GuestMemory,
  vga: VgaRegisters,
  isText: boolean,
  layout: { columns: number; rows: number; start: number; pitch: number },
): Uint8Array {
  const cells = new Uint8Array(layout.columns * layout.rows * 2);
  const window = MEMORY_WINDOWS[(vga.graphicsRegister(6) >> 2) & 3] ?? MEMORY_WINDOWS[3];
  if (!isText || memory.size < window.first + window.byteLength) return cells;
  const bytes = memory.view(window.first, window.byteLength);
  for (let row = 0; row < layout.rows; row++) {
    const from = (layout.start + row * layout.pitch) * 2;
    const to = row * layout.columns * 2;
    for (let i = 0; i < layout.columns * 2; i++) cells[to + i] = bytes[(from + i) % window.byteLength] ?? 0;
  }
  return cells;
}

function cursorCell(distance: number, pitch: number, columns: number, rows: number): number {
  if (distance < 0 || pitch === 0) return -1;
  const row = Math.floor(distance / pitch);
  const column = distance % pitch;
  return row < rows && column < columns ? row * columns + column : -1;
}

function readPalette(vga: VgaRegisters): Uint8Array {
  const palette = new Uint8Array(16 * 3);
  for (let colour = 0; colour < 16; colour++) {
    const entry = dacIndex(vga, colour);
    for (let component = 0; component < 3; component++) {
      // Six bits to eight: the top bits repeat at the bottom, so that 63 becomes 255.
      const value = vga.dacComponent(entry, component);
      palette[colour * 3 + component] = (value << 2) | (value >> 4);
    }
  }
  return palette;
}

/** Attribute colour to DAC entry: palette register, with its top bits from the colour select register. */
function dacIndex(vga: VgaRegisters, colour: number): number {
  const low = vga.attributeRegister(colour) & 0x3f;
  const select = vga.attributeRegister(0x14);
  if (vga.attributeRegister(0x10) & 0x80) return (low & 0x0f) | ((select & 0x0f) << 4);
  return low | ((select & 0x0c) << 4);
}
