/** Runs a multiboot guest in v86 and streams its COM1: node v86.mjs FOLDER GUEST. NOJIT=1: its interpreter alone. */
import { bytes, startV86 } from '../startV86.mjs';

const [folder, guest] = process.argv.slice(2);
const emulator = await startV86(folder, {
  multiboot: bytes(guest),
  memory_size: 64 << 20,
  disable_jit: Number(process.env.NOJIT ?? 0),
});
emulator.add_listener('serial0-output-byte', (byte) => {
  process.stdout.write(String.fromCharCode(byte));
  if (byte === '!'.charCodeAt(0)) setTimeout(() => process.exit(0), 20);
});
