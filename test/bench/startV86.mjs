import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const FIRMWARE = '/usr/share/seabios';

/** A file as v86 takes one. */
export const bytes = (file) => ({ buffer: new Uint8Array(readFileSync(file)).buffer });

/** Starts v86, installed in `folder`, with Debian's seabios. */
export async function startV86(folder, options) {
  const build = path.dirname(createRequire(path.join(folder, 'package.json')).resolve('v86/build/libv86.js'));
  const { V86 } = await import(pathToFileURL(path.join(build, 'libv86.mjs')).href);
  return new V86({
    wasm_path: path.join(build, 'v86.wasm'),
    bios: bytes(`${FIRMWARE}/bios.bin`),
    vga_bios: bytes(`${FIRMWARE}/vgabios-stdvga.bin`),
    vga_memory_size: 2 << 20,
    autostart: true,
    ...options,
  });
}
