/**
 * A machine's screen in text mode. `cells` holds two bytes per cell, row by row from the top left, as the VGA keeps
 * them: the character (code page 437), then the attribute: bits 3..0 foreground colour, 6..4 background colour,
 * 7 blink. The colours are the VGA's sixteen.
 */
export interface TextScreenFrame {
  readonly mode: 'text';
  readonly columns: number;
  readonly rows: number;
  readonly cells: Uint8Array;
  /** Character position (row * columns + column), or -1 when hidden. */
  readonly cursor: number;
}

/** A machine's screen in a graphics mode: width * height pixels of four bytes, R G B A, row by row from the top left. */
export interface GraphicsScreenFrame {
  readonly mode: 'graphics';
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray;
}

export type ScreenFrame = TextScreenFrame | GraphicsScreenFrame;
