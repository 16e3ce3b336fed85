import type { TextScreen } from './TextScreen.ts';

/** A picture in a graphics mode, or the part of it that has changed. */
export interface GraphicsScreen {
  readonly mode: 'graphics';
  /** Of the whole picture. */
  readonly width: number;
  readonly height: number;
  /** Lines that `pixels` holds: `lineCount` from `firstLine` on; all of them in a whole picture. */
  readonly firstLine: number;
  readonly lineCount: number;
  /** Red, green, blue and alpha bytes, line by line. */
  readonly pixels: Uint8Array;
}

/** What a machine's display shows. */
export type Screen = TextScreen | GraphicsScreen;
