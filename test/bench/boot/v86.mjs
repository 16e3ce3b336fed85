/** Boots Linux in v86 and streams its COM1: node v86.mjs FOLDER KERNEL INITRD COMMAND-LINE. */
import { bytes, startV86 } from '../startV86.mjs';

const [folder, kernel, initrd, commandLine] = process.argv.slice(2);
const emulator = await startV86(folder, {
  bzimage: bytes(kernel),
  initrd: bytes(initrd),
  cmdline: commandLine,
  memory_size: 128 << 20,
});
emulator.add_listener('serial0-output-byte', (byte) => process.stdout.write(String.fromCharCode(byte)));
