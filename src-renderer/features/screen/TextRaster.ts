import type { TextScreenFrame } from '../../../src-preload/contract/layouts/ScreenFrame.ts';
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphs } from './cp437Font.ts';
import { VGA_PALETTE } from './vgaPalette.ts';

/** No cell has this value, since cells are 16 bits wide. */
const NEVER_DRAWN = -1;
/** Scan lines of the cursor, as the BIOS sets them for 16-line cells. */
const CURSOR_FIRST_LINE = 13;
const CURSOR_LAST_LINE = 14;
const BLINK = 0x80;

/** ImageData's bytes are R G B A, and every host of Electron is little-endian. */
const COLOURS = Uint32Array.from(
  VGA_PALETTE,
  (rgb) => (0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | ((rgb >> 16) & 0xff)) >>> 0,
);

/** A text screen as pixels. Draws only cells that differ from what it drew before. */
export class TextRaster {
  readonly columns: number;
  readonly rows: number;
  readonly image: ImageData;
  readonly #pixels: Uint32Array;
  readonly #drawn: Int32Array;
  #cursor = -1;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.image = new ImageData(columns * GLYPH_WIDTH, rows * GLYPH_HEIGHT);
    this.#pixels = new Uint32Array(this.image.data.buffer);
    this.#drawn = new Int32Array(columns * rows).fill(NEVER_DRAWN);
  }

  /** `isBlinkOn` is the phase of blinking characters, `isCursorOn` that of the cursor, which blinks twice as fast. */
  draw(screen: Pick<TextScreenFrame, 'cells' | 'cursor'>, isBlinkOn: boolean, isCursorOn: boolean): void {
    const cursor = isCursorOn && screen.cursor < this.#drawn.length ? screen.cursor : -1;
    if (this.#cursor >= 0 && this.#cursor !== cursor) this.#drawn[this.#cursor] = NEVER_DRAWN;
    this.#cursor = cursor;
    for (let cell = 0; cell < this.#drawn.length; cell++) {
      const attribute = screen.cells[cell * 2 + 1] ?? 0;
      const isHidden = (attribute & BLINK) !== 0 && !isBlinkOn;
      const value = (attribute << 8) | (isHidden ? 0 : (screen.cells[cell * 2] ?? 0));
      if (this.#drawn[cell] === value) continue;
      this.#drawn[cell] = value;
      this.#drawCell(cell, value);
    }
    if (cursor >= 0) this.#drawCursor(cursor, screen.cells[cursor * 2 + 1] ?? 0);
  }

  #drawCell(cell: number, value: number): void {
    const foreground = COLOURS[(value >> 8) & 15] ?? 0;
    const background = COLOURS[(value >> 12) & 7] ?? 0;
    const width = this.columns * GLYPH_WIDTH;
    let pixel = this.#corner(cell);
    const glyph = (value & 0xff) * GLYPH_HEIGHT;
    for (let row = 0; row < GLYPH_HEIGHT; row++) {
      const bits = glyphs[glyph + row] ?? 0;
      for (let column = 0; column < GLYPH_WIDTH; column++) {
        this.#pixels[pixel + column] = bits & (0x80 >> column) ? foreground : background;
      }
      pixel += width;
    }
  }

  #drawCursor(cell: number, attribute: number): void {
    const foreground = COLOURS[attribute & 15] ?? 0;
    const width = this.columns * GLYPH_WIDTH;
    for (let line = CURSOR_FIRST_LINE; line <= CURSOR_LAST_LINE; line++) {
      const start = this.#corner(cell) + line * width;
      this.#pixels.fill(foreground, start, start + GLYPH_WIDTH);
    }
    this.#drawn[cell] = NEVER_DRAWN;
  }

  /** Index of a cell's upper left pixel. */
  #corner(cell: number): number {
    const width = this.columns * GLYPH_WIDTH;
    return Math.floor(cell / this.columns) * GLYPH_HEIGHT * width + (cell % this.columns) * GLYPH_WIDTH;
  }
}
