/**
 * `npm run icons`: draws resources/icons/vivarium.svg anew in the sizes and containers that the platforms ask for.
 * Chromium draws, the app's own: the page of a started window.
 */
import { _electron } from '@playwright/test';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { appleIcon, windowsIcon } from './packaging/iconFiles.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { runScript } from './setup/progress.mjs';
import { prepareWindowTests } from './setup/windowTests.mjs';

/** Pixels of a side. freedesktop's icon themes take the files as they are. */
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const LARGEST_LOOSE = 512;

await runScript(async () => {
  const folder = inRoot('resources/icons');
  const svg = await readFile(path.join(folder, 'vivarium.svg'));
  const pictures = await draw(`data:image/svg+xml;base64,${svg.toString('base64')}`);
  await mkdir(path.join(folder, 'png'), { recursive: true });
  for (const [size, png] of pictures) {
    if (size <= LARGEST_LOOSE) await writeFile(path.join(folder, 'png', `${size}x${size}.png`), png);
  }
  await writeFile(path.join(folder, 'vivarium.ico'), windowsIcon(pictures));
  await writeFile(path.join(folder, 'vivarium.icns'), appleIcon(pictures));
  return 0;
});

/** @returns {Promise<Map<number, Buffer>>} PNG files by size */
async function draw(source) {
  const { env, stop } = await prepareWindowTests();
  const home = await mkdtemp(path.join(tmpdir(), 'vivarium-icons-'));
  try {
    const app = await _electron.launch({
      executablePath: env.VIVARIUM_ELECTRON,
      args: [root, ...JSON.parse(env.VIVARIUM_ELECTRON_SWITCHES), '--disable-gpu'],
      env: { ...process.env, ...env, VIVARIUM_HOME: home },
    });
    const page = await app.firstWindow();
    const urls = await page.evaluate(rasterise, { source, sizes: SIZES });
    await app.evaluate((electron) => electron.app.exit(0)).catch(() => undefined);
    return new Map(SIZES.map((size, index) => [size, Buffer.from(urls[index].split(',')[1], 'base64')]));
  } finally {
    stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Runs in the page. */
async function rasterise({ source, sizes }) {
  const { document, Image } = globalThis;
  const image = new Image();
  image.src = source;
  await image.decode();
  return sizes.map((size) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = size;
    canvas.getContext('2d').drawImage(image, 0, 0, size, size);
    return canvas.toDataURL('image/png');
  });
}
