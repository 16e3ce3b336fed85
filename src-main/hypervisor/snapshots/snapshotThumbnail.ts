import { PNG } from 'pngjs';
import { rasterise } from '../../machine/vga/rasterise.ts';
import type { Screen } from '../../machine/vga/Screen.ts';

/** Most pixels across; a text screen of 720 pixels is halved. */
const MOST_WIDTH = 400;

/** A screen made small, as a PNG file; null: it has no pixels. */
export function snapshotThumbnail(screen: Screen): Uint8Array | null {
  const { width, height, pixels } = screen.mode === 'graphics' ? screen : rasterise(screen);
  const factor = Math.max(1, Math.ceil(width / MOST_WIDTH));
  const png = new PNG({ width: Math.floor(width / factor), height: Math.floor(height / factor) });
  if (png.width === 0 || png.height === 0) return null;
  const sums = [0, 0, 0];
  for (let y = 0; y < png.height; y++) {
    for (let x = 0; x < png.width; x++) {
      sums.fill(0);
      for (let part = 0; part < factor * factor; part++) {
        const from = ((y * factor + Math.floor(part / factor)) * width + x * factor + (part % factor)) * 4;
        for (let channel = 0; channel < 3; channel++)
          sums[channel] = (sums[channel] ?? 0) + (pixels[from + channel] ?? 0);
      }
      const to = (y * png.width + x) * 4;
      for (let channel = 0; channel < 3; channel++) png.data[to + channel] = (sums[channel] ?? 0) / (factor * factor);
      png.data[to + 3] = 255;
    }
  }
  // Colour type 2: no alpha, every pixel is opaque.
  return PNG.sync.write(png, { colorType: 2 });
}
