import type { Thumbnail } from '../../../src-preload/contract/layouts/OverviewFrame.ts';
import { glyphInk } from './cp437Font.ts';
import { VGA_PALETTE } from './vgaPalette.ts';

/** A text screen with one pixel for each half of a character: the ink's share mixes the two colours. */
export function drawThumbnail(context: CanvasRenderingContext2D, screen: NonNullable<Thumbnail['screen']>): void {
  const { columns, rows, cells } = screen;
  const { canvas } = context;
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows * 2) canvas.height = rows * 2;
  const image = context.createImageData(columns, rows * 2);
  const pixels = image.data;
  for (let cell = 0; cell < columns * rows; cell++) {
    const character = cells[cell * 2] ?? 0;
    const attribute = cells[cell * 2 + 1] ?? 0;
    const foreground = VGA_PALETTE[attribute & 15] ?? 0;
    const background = VGA_PALETTE[(attribute >> 4) & 7] ?? 0;
    for (let half = 0; half < 2; half++) {
      // Thin strokes would vanish: the square root lifts them.
      const ink = Math.sqrt((glyphInk[character * 2 + half] ?? 0) / 255);
      const offset = ((Math.floor(cell / columns) * 2 + half) * columns + (cell % columns)) * 4;
      for (let shift = 16, channel = 0; channel < 3; shift -= 8, channel++) {
        const from = (background >> shift) & 0xff;
        const to = (foreground >> shift) & 0xff;
        pixels[offset + channel] = from + (to - from) * ink;
      }
      pixels[offset + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
