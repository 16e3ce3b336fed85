import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeScreen } from '../hypervisor/screenPicture.ts';
import type { Screen } from '../machine/vga/Screen.ts';
import { textLines } from '../machine/vga/TextScreen.ts';
import { UsageError } from './ExitStatus.ts';

type ScreenFormat = 'txt' | 'png';

/** Which form a screen file has, by its name. Throws {@link UsageError}. */
export function screenFormat(file: string, option = '--screen'): ScreenFormat {
  const extension = path.extname(file).toLowerCase();
  if (extension === '.txt') return 'txt';
  if (extension === '.png') return 'png';
  throw new UsageError(`${option} ${file}: expected a file name that ends in .txt or .png.`);
}

/** Writes a screen as text (a picture has none) or as a picture. Throws what the file system throws. */
export function writeScreen(file: string, screen: Screen): void {
  const isPicture = screen.mode === 'graphics';
  if (screenFormat(file) === 'png') writeFileSync(file, encodeScreen(screen));
  else writeFileSync(file, isPicture ? '' : `${textLines(screen).join('\n')}\n`);
}
