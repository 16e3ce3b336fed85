import { gunzipSync } from 'node:zlib';
import { runTool } from './runTool.ts';

/** In a bzImage, behind the compressed data, the kernel's build puts its unpacked length. */
const LENGTH_BYTES = 4;

/**
 * The ELF file inside a bzImage (Linux, Documentation/arch/x86/boot.rst: payload_offset, payload_length); undefined when it
 * is packed by neither gzip nor xz.
 */
export async function unpackedKernel(image: Buffer, signal: AbortSignal): Promise<Buffer | undefined> {
  const start = ((image[0x1f1] || 4) + 1) * 512 + image.readUInt32LE(0x248);
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c));
  if (payload[0] === 0x1f) return gunzipSync(payload.subarray(0, -LENGTH_BYTES));
  if (payload[0] !== 0xfd) return undefined;
  // xz calls the length behind its data garbage, after it has written all.
  const unpacked = await runTool('xz', ['-dc', '--single-stream'], { signal, input: payload, ignoresStatus: true });
  return unpacked.length > payload.length ? unpacked : undefined;
}
