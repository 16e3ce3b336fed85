import type { TextScreen } from './TextScreen.ts';

const GLYPH_COUNT = 256;

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

/** Draws a text screen as the VGA would. */
export function rasterise(
  screen: TextScreen,
  phase: BlinkPhase = { isCursorShown: true, isTextShown: true },
): RgbaImage {
  const { columns, rows, cellWidth, cellHeight, cells } = screen;
  const width = columns * cellWidth;
  const height = rows * cellHeight;
  const pixels = new Uint8Array(width * height * 4);
  for (let at = 3; at < pixels.length; at += 4) pixels[at] = 0xff;
  const hasTwoSets = screen.glyphs.length > GLYPH_COUNT * cellHeight;
  for (let cell = 0; cell < columns * rows; cell++) {
    const code = cells[cell * 2] ?? 0;
    const attribute = cells[cell * 2 + 1] ?? 0;
    const isHidden = screen.isBlinking && (attribute & 0x80) !== 0 && !phase.isTextShown;
    const background = (attribute >> 4) & (screen.isBlinking ? 7 : 15);
    const foreground = isHidden ? background : attribute & 15;
    const hasCursor = cell === screen.cursor && phase.isCursorShown;
    const glyph = hasTwoSets && attribute & 8 ? GLYPH_COUNT + code : code;
    const left = (cell % columns) * cellWidth - screen.scrollPixels;
    const top = Math.floor(cell / columns) * cellHeight - screen.scrollLines;
    for (let y = Math.max(0, -top); y < cellHeight; y++) {
      const isCursorLine = hasCursor && y >= screen.cursorTop && y <= screen.cursorBottom;
      const isUnderlined = y === screen.underline && (attribute & 0x77) === 1;
      const bits = isCursorLine || isUnderlined ? 0x1ff : glyphLine(screen, glyph, y);
      for (let x = Math.max(0, -left); x < cellWidth; x++) {
        const colour = (bits >> (8 - x)) & 1 ? (isCursorLine ? attribute & 15 : foreground) : background;
        const at = ((top + y) * width + left + x) * 4;
        pixels[at] = screen.palette[colour * 3] ?? 0;
        pixels[at + 1] = screen.palette[colour * 3 + 1] ?? 0;
        pixels[at + 2] = screen.palette[colour * 3 + 2] ?? 0;
      }
    }
  }
  return { width, height, pixels };
}

/** Nine bits, leftmost in bit 8: the glyph's row and the ninth column. */
function glyphLine(screen: TextScreen, glyph: number, y: number): number {
  const bits = screen.glyphs[glyph * screen.cellHeight + y] ?? 0;
  const code = glyph % GLYPH_COUNT;
  const isContinued = screen.extendsLineGraphics && code >= 0xc0 && code <= 0xdf;
  return (bits << 1) | (isContinued ? bits & 1 : 0);
}
