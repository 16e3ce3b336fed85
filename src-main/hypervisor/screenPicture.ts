import { PNG } from 'pngjs';
import { rasterise } from '../machine/vga/rasterise.ts';
import type { Screen } from '../machine/vga/Screen.ts';

/** A screen as a PNG file. */
export function encodeScreen(screen: Screen): Uint8Array {
  const { width, height, pixels } = screen.mode === 'graphics' ? screen : rasterise(screen);
  const png = new PNG({ width, height });
  png.data.set(pixels);
  // Colour type 2: no alpha, every pixel is opaque.
  return PNG.sync.write(png, { colorType: 2 });
}
