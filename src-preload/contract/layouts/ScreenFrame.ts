/**
 * A machine's screen in text mode. `cells` holds two bytes per cell, row by row from the top left, as the VGA keeps
 * them: the character, then the attribute: bits 3..0 foreground colour, 6..4 background colour, 7 blink (or the
 * background's intensity, unless `isBlinking`). Character codes are code page 437 unless the guest loaded a font.
 */
export interface TextScreenFrame {
  readonly mode: 'text';
  readonly columns: number;
  readonly rows: number;
  readonly cells: Uint8Array;
  /** Character position (row * columns + column), or -1 when hidden. */
  readonly cursor: number;
  /** First and last scan line of the cursor within its cell. */
  readonly cursorTop: number;
  readonly cursorBottom: number;
  /** Red, green and blue of the 16 colours. */
  readonly palette: Uint8Array;
  readonly isBlinking: boolean;
  readonly cellWidth: 8 | 9;
  readonly cellHeight: number;
  /** Codes C0h..DFh continue into the ninth column. */
  readonly extendsLineGraphics: boolean;
  /** `cellHeight` bytes per character, leftmost pixel in bit 7; a second set is for attribute bit 3. */
  readonly glyphs: Uint8Array;
  /** Scan line that underlines, or -1. */
  readonly underline: number;
  /** Scan lines and pixels by which everything is shifted up and to the left. */
  readonly scrollLines: number;
  readonly scrollPixels: number;
}

/**
 * A machine's screen in a graphics mode: `lineCount` lines from `firstLine` on have changed, four bytes a pixel,
 * R G B A, line by line. The first frame brings all lines.
 */
export interface GraphicsScreenFrame {
  readonly mode: 'graphics';
  readonly width: number;
  readonly height: number;
  readonly firstLine: number;
  readonly lineCount: number;
  readonly pixels: Uint8Array;
}

export type ScreenFrame = TextScreenFrame | GraphicsScreenFrame;
