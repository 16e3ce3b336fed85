import type { TextScreenFrame } from '../../../src-preload/contract/layouts/ScreenFrame.ts';

/** No cell has this value, since cells are 16 bits wide. */
const NEVER_DRAWN = -1;
const BLINK = 0x80;
const GLYPH_COUNT = 256;
/** The ninth column of a cell repeats the eighth for these characters, so that lines join. */
const FIRST_LINE_GRAPHIC = 0xc0;
const LAST_LINE_GRAPHIC = 0xdf;
const UNDERLINED = 0x01;

/** What of a frame decides how cells are drawn; another look draws all of them anew. */
type Look = Omit<TextScreenFrame, 'cells' | 'cursor'>;

/** A text screen as pixels. Draws only cells that differ from what it drew before. */
export class TextRaster {
  readonly image: ImageData;
  readonly #look: Look;
  readonly #colours: Uint32Array;
  readonly #hasTwoSets: boolean;
  readonly #pixels: Uint32Array;
  readonly #drawn: Int32Array;
  #cursor = -1;

  constructor(look: Look) {
    const { columns, rows, cellWidth, cellHeight, palette } = look;
    this.#look = look;
    this.image = new ImageData(columns * cellWidth, rows * cellHeight);
    this.#pixels = new Uint32Array(this.image.data.buffer);
    this.#drawn = new Int32Array(columns * rows).fill(NEVER_DRAWN);
    this.#hasTwoSets = look.glyphs.length > GLYPH_COUNT * cellHeight;
    // ImageData's bytes are R G B A, and every host of Electron is little-endian.
    this.#colours = Uint32Array.from({ length: 16 }, (_, colour) => {
      const [red = 0, green = 0, blue = 0] = palette.subarray(colour * 3, colour * 3 + 3);
      return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
    });
  }

  /** Whether it can go on with a frame, or the frame's cells look different. */
  fits(frame: TextScreenFrame): boolean {
    const look = this.#look;
    return (
      look.columns === frame.columns &&
      look.rows === frame.rows &&
      look.cellWidth === frame.cellWidth &&
      look.cellHeight === frame.cellHeight &&
      look.cursorTop === frame.cursorTop &&
      look.cursorBottom === frame.cursorBottom &&
      look.isBlinking === frame.isBlinking &&
      look.extendsLineGraphics === frame.extendsLineGraphics &&
      look.underline === frame.underline &&
      look.scrollLines === frame.scrollLines &&
      look.scrollPixels === frame.scrollPixels &&
      sameBytes(look.palette, frame.palette) &&
      sameBytes(look.glyphs, frame.glyphs)
    );
  }

  /** `isBlinkOn` is the phase of blinking characters, `isCursorOn` that of the cursor, which blinks twice as fast. */
  draw(screen: Pick<TextScreenFrame, 'cells' | 'cursor'>, isBlinkOn: boolean, isCursorOn: boolean): void {
    const cursor = isCursorOn && screen.cursor < this.#drawn.length ? screen.cursor : -1;
    if (this.#cursor >= 0 && this.#cursor !== cursor) this.#drawn[this.#cursor] = NEVER_DRAWN;
    this.#cursor = cursor;
    for (let cell = 0; cell < this.#drawn.length; cell++) {
      const attribute = screen.cells[cell * 2 + 1] ?? 0;
      const isHidden = this.#look.isBlinking && (attribute & BLINK) !== 0 && !isBlinkOn;
      const value = (attribute << 8) | (isHidden ? 0 : (screen.cells[cell * 2] ?? 0));
      if (this.#drawn[cell] === value) continue;
      this.#drawn[cell] = value;
      this.#drawCell(cell, value);
    }
    if (cursor >= 0) this.#drawCursor(cursor, screen.cells[cursor * 2 + 1] ?? 0);
  }

  #drawCell(cell: number, value: number): void {
    const { cellWidth, cellHeight, glyphs, extendsLineGraphics, underline, isBlinking } = this.#look;
    const code = value & 0xff;
    const attribute = value >> 8;
    const foreground = this.#colours[attribute & 15] ?? 0;
    const background = this.#colours[(attribute >> 4) & (isBlinking ? 7 : 15)] ?? 0;
    const glyph = (this.#hasTwoSets && attribute & 8 ? GLYPH_COUNT + code : code) * cellHeight;
    const isJoined = extendsLineGraphics && code >= FIRST_LINE_GRAPHIC && code <= LAST_LINE_GRAPHIC;
    for (let row = 0; row < cellHeight; row++) {
      const isUnderlined = row === underline && (attribute & 0x77) === UNDERLINED;
      const bits = isUnderlined ? 0xff : (glyphs[glyph + row] ?? 0);
      for (let column = 0; column < cellWidth; column++) {
        const isLit = column < 8 ? bits & (0x80 >> column) : (isJoined || isUnderlined) && bits & 1;
        this.#set(cell, column, row, isLit ? foreground : background);
      }
    }
  }

  #drawCursor(cell: number, attribute: number): void {
    const foreground = this.#colours[attribute & 15] ?? 0;
    for (let row = this.#look.cursorTop; row <= this.#look.cursorBottom; row++) {
      for (let column = 0; column < this.#look.cellWidth; column++) this.#set(cell, column, row, foreground);
    }
    this.#drawn[cell] = NEVER_DRAWN;
  }

  /** Sets a pixel of a cell, unless it is scrolled out of the picture. */
  #set(cell: number, column: number, row: number, colour: number): void {
    const { columns, cellWidth, cellHeight, scrollLines, scrollPixels } = this.#look;
    const x = (cell % columns) * cellWidth + column - scrollPixels;
    const y = Math.floor(cell / columns) * cellHeight + row - scrollLines;
    if (x >= 0 && y >= 0) this.#pixels[y * this.image.width + x] = colour;
  }
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}
