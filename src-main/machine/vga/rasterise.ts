import type { TextScreen } from './TextScreen.ts';

/** Rows of each glyph in the font. */
const GLYPH_ROWS = 16;
const GLYPH_COUNT = 256;

/** 256 glyphs of 16 rows, one byte a row, leftmost pixel in bit 7. */
export type GlyphTable = Uint8Array;

/** A picture: red, green, blue and alpha bytes, row by row from the top. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Phase of what blinks. */
export interface BlinkPhase {
  readonly isCursorShown: boolean;
  readonly isTextShown: boolean;
}

/** Reads `resources/fonts/cp437-8x16.hex`: a line a glyph, `code:rows`. Throws when a glyph is missing. */
export function parseGlyphs(text: string): GlyphTable {
  const glyphs = new Uint8Array(GLYPH_COUNT * GLYPH_ROWS);
  let count = 0;
  for (const [, code, rows] of text.matchAll(/^([0-9a-f]{2}):([0-9a-f]{32})$/gim)) {
    if (code === undefined || rows === undefined) continue;
    for (let row = 0; row < GLYPH_ROWS; row++) {
      glyphs[parseInt(code, 16) * GLYPH_ROWS + row] = parseInt(rows.slice(row * 2, row * 2 + 2), 16);
    }
    count++;
  }
  if (count !== GLYPH_COUNT) throw new Error(`the font holds ${count} glyphs, expected ${GLYPH_COUNT}`);
  return glyphs;
}

/** Draws a text screen as the VGA would. Cells that are not 16 lines high show their glyphs stretched or squeezed. */
export function rasterise(
  screen: TextScreen,
  glyphs: GlyphTable,
  phase: BlinkPhase = { isCursorShown: true, isTextShown: true },
): RgbaImage {
  const { columns, rows, cellWidth, cellHeight, cells } = screen;
  const width = columns * cellWidth;
  const height = rows * cellHeight;
  const pixels = new Uint8Array(width * height * 4);
  for (let cell = 0; cell < columns * rows; cell++) {
    const code = cells[cell * 2] ?? 0;
    const attribute = cells[cell * 2 + 1] ?? 0;
    const isHidden = screen.isBlinking && (attribute & 0x80) !== 0 && !phase.isTextShown;
    const background = (attribute >> 4) & (screen.isBlinking ? 7 : 15);
    const foreground = isHidden ? background : attribute & 15;
    const hasCursor = cell === screen.cursor && phase.isCursorShown;
    const left = (cell % columns) * cellWidth;
    const top = Math.floor(cell / columns) * cellHeight;
    for (let y = 0; y < cellHeight; y++) {
      const isCursorLine = hasCursor && y >= screen.cursorTop && y <= screen.cursorBottom;
      const bits = isCursorLine ? 0x1ff : glyphLine(screen, glyphs, code, y);
      let at = ((top + y) * width + left) * 4;
      for (let x = 0; x < cellWidth; x++, at += 4) {
        const colour = (bits >> (8 - x)) & 1 ? (isCursorLine ? attribute & 15 : foreground) : background;
        pixels[at] = screen.palette[colour * 3] ?? 0;
        pixels[at + 1] = screen.palette[colour * 3 + 1] ?? 0;
        pixels[at + 2] = screen.palette[colour * 3 + 2] ?? 0;
        pixels[at + 3] = 0xff;
      }
    }
  }
  return { width, height, pixels };
}

/** Nine bits, leftmost in bit 8: the glyph's row and the ninth column. */
function glyphLine(screen: TextScreen, glyphs: GlyphTable, code: number, y: number): number {
  const row = Math.floor((y * GLYPH_ROWS) / screen.cellHeight);
  const bits = glyphs[code * GLYPH_ROWS + row] ?? 0;
  const isContinued = screen.extendsLineGraphics && code >= 0xc0 && code <= 0xdf;
  return (bits << 1) | (isContinued ? bits & 1 : 0);
}
