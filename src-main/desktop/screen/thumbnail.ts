import type { ThumbnailPicture } from '../../../src-preload/contract/layouts/OverviewFrame.ts';
import type { Screen, TextScreen } from '../../hypervisor/types.ts';

/** Most pixels of a picture's thumbnail, across and down; a text screen's has as many as half characters. */
const MOST_WIDTH = 96;
const MOST_HEIGHT = 60;
/** Samples of a picture that make one pixel, across and down. */
const SAMPLES = 3;

/** A screen made small. */
export function makeThumbnail(screen: Screen): ThumbnailPicture {
  if (screen.mode === 'text') return textThumbnail(screen);
  const { width, height, pixels } = screen;
  const scale = Math.max(1, width / MOST_WIDTH, height / MOST_HEIGHT);
  return sample(pixels, width, height, Math.max(1, Math.floor(width / scale)), Math.max(1, Math.floor(height / scale)));
}

function sample(
  pixels: Uint8Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): ThumbnailPicture {
  const small = new Uint8Array(toWidth * toHeight * 4);
  for (let to = 0; to < toWidth * toHeight; to++) {
    const left = (to % toWidth) / toWidth;
    const top = Math.floor(to / toWidth) / toHeight;
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0;
      for (let i = 0; i < SAMPLES * SAMPLES; i++) {
        const x = Math.floor((left + ((i % SAMPLES) + 0.5) / SAMPLES / toWidth) * width);
        const y = Math.floor((top + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES / toHeight) * height);
        sum += pixels[(y * width + x) * 4 + channel] ?? 0;
      }
      small[to * 4 + channel] = sum / (SAMPLES * SAMPLES);
    }
    small[to * 4 + 3] = 255;
  }
  return { width: toWidth, height: toHeight, pixels: small };
}

/** One pixel for each half of a character: the ink's share mixes the two colours. */
function textThumbnail(screen: TextScreen): ThumbnailPicture {
  const { columns, rows, cells, palette } = screen;
  const pixels = new Uint8Array(columns * rows * 2 * 4);
  const ink = new Map<number, number>();
  for (let cell = 0; cell < columns * rows; cell++) {
    const character = cells[cell * 2] ?? 0;
    const attribute = cells[cell * 2 + 1] ?? 0;
    const foreground = (attribute & 15) * 3;
    const background = ((attribute >> 4) & (screen.isBlinking ? 7 : 15)) * 3;
    for (let half = 0; half < 2; half++) {
      const key = character * 2 + half;
      const share = ink.get(key) ?? inkShare(screen, character, half);
      ink.set(key, share);
      const to = ((Math.floor(cell / columns) * 2 + half) * columns + (cell % columns)) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const from = palette[background + channel] ?? 0;
        pixels[to + channel] = from + ((palette[foreground + channel] ?? 0) - from) * share;
      }
      pixels[to + 3] = 255;
    }
  }
  return { width: columns, height: rows * 2, pixels };
}

/** Lit pixels in the upper or the lower half of a glyph, 0..1. Thin strokes would vanish: the square root lifts them. */
function inkShare({ glyphs, cellHeight }: TextScreen, character: number, half: number): number {
  const rows = Math.max(1, cellHeight >> 1);
  const first = character * cellHeight + half * rows;
  let lit = 0;
  for (let row = first; row < first + rows; row++) {
    for (let bits = glyphs[row] ?? 0; bits !== 0; bits &= bits - 1) lit++;
  }
  return Math.sqrt(lit / (rows * 8));
}
