import { spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';

const MOST_OUTPUT = 256 * 1024 * 1024;
/** Behind the compressed data the kernel's build puts its unpacked length. */
const LENGTH_BYTES = 4;

/** The ELF file inside a bzImage (Linux, Documentation/arch/x86/boot.rst: payload_offset, payload_length). */
export function unpackedKernel(image) {
  const start = ((image[0x1f1] || 4) + 1) * 512 + image.readUInt32LE(0x248);
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c));
  if (payload[0] === 0x1f) return gunzipSync(payload.subarray(0, -LENGTH_BYTES));
  if (payload[0] !== 0xfd) throw new Error('the kernel is packed neither by gzip nor by xz.');
  // xz calls the length behind its data garbage, after it has written all.
  const { error, stdout } = spawnSync('xz', ['-dc', '--single-stream'], { input: payload, maxBuffer: MOST_OUTPUT });
  if (error) throw new Error(`xz cannot be run: ${error.message}.`);
  return stdout;
}
