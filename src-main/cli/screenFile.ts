import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PNG } from 'pngjs';
import fontText from '../../resources/fonts/cp437-8x16.hex?raw';
import { parseGlyphs, rasterise, type RgbaImage } from '../machine/vga/rasterise.ts';
import { type TextScreen, textLines } from '../machine/vga/TextScreen.ts';
import { UsageError } from './ExitStatus.ts';

type ScreenFormat = 'txt' | 'png';

/** Which form a screen file has, by its name. Throws {@link UsageError}. */
export function screenFormat(file: string): ScreenFormat {
  const extension = path.extname(file).toLowerCase();
  if (extension === '.txt') return 'txt';
  if (extension === '.png') return 'png';
  throw new UsageError(`--screen ${file}: expected a file name that ends in .txt or .png.`);
}

/** Writes a screen as text or as a picture. Throws what the file system throws. */
export function writeScreen(file: string, screen: TextScreen): void {
  if (screenFormat(file) === 'txt') writeFileSync(file, `${textLines(screen).join('\n')}\n`);
  else writeFileSync(file, encodePng(rasterise(screen, parseGlyphs(fontText))));
}

function encodePng({ width, height, pixels }: RgbaImage): Uint8Array {
  const png = new PNG({ width, height });
  png.data.set(pixels);
  // Colour type 2: no alpha, every pixel is opaque.
  return PNG.sync.write(png, { colorType: 2 });
}
