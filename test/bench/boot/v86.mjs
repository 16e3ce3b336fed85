/** Boots Linux in v86 and streams its COM1: node v86.mjs FOLDER KERNEL INITRD COMMAND-LINE. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, kernel, initrd, commandLine] = process.argv.slice(2);
const build = path.dirname(createRequire(path.join(folder, 'package.json')).resolve('v86/build/libv86.js'));
const { V86 } = await import(pathToFileURL(path.join(build, 'libv86.mjs')).href);
const bytes = (file) => ({ buffer: new Uint8Array(readFileSync(file)).buffer });
const emulator = new V86({
  wasm_path: path.join(build, 'v86.wasm'),
  bios: bytes('/usr/share/seabios/bios.bin'),
  vga_bios: bytes('/usr/share/seabios/vgabios-stdvga.bin'),
  bzimage: bytes(kernel),
  initrd: bytes(initrd),
  cmdline: commandLine,
  autostart: true,
  memory_size: 128 << 20,
  vga_memory_size: 2 << 20,
});
emulator.add_listener('serial0-output-byte', (byte) => process.stdout.write(String.fromCharCode(byte)));
