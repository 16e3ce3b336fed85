import { FONT_8X16 } from '../../../src-main/machine/vga/fonts/fonts.ts';
import type { TextScreen } from '../../../src-main/machine/vga/TextScreen.ts';

/** A text screen of one blank cell, or what the test says. */
export function textScreen(parts: Partial<TextScreen> = {}): TextScreen {
  return {
    mode: 'text',
    columns: 1,
    rows: 1,
    cells: new Uint8Array(2),
    cursor: -1,
    cursorTop: 0,
    cursorBottom: 0,
    palette: new Uint8Array(48),
    isBlinking: false,
    cellWidth: 9,
    cellHeight: 16,
    extendsLineGraphics: true,
    glyphs: FONT_8X16.glyphs,
    underline: -1,
    scrollLines: 0,
    scrollPixels: 0,
    ...parts,
  };
}
