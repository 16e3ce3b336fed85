import { commandLineBytes } from './CommandLine.ts';
import { CONVENTIONAL_END, EXTENDED_START, memoryMap } from './MemoryMap.ts';
import type { FrameBuffer } from './FrameBuffer.ts';
import { BOOT_LOADER_NAME, type MultibootModule } from './MultibootInformation.ts';

/** Multiboot2 Specification 2.0, 3.6.2 to 3.6.8 and 3.6.12. */
const TAG = { end: 0, commandLine: 1, loaderName: 2, module: 3, memory: 4, map: 6, frameBuffer: 8 } as const;
const HEADER_BYTES = 8;
const MAP_ENTRY_BYTES = 24;

/**
 * What EBX points to for a kernel of multiboot 2 (Multiboot2 Specification 2.0, 3.6): all addresses in it are absolute,
 * so that it may lie anywhere on a multiple of 8.
 */
export function multiboot2Information(
  memoryBytes: number,
  commandLine: string,
  modules: readonly MultibootModule[],
  screen: FrameBuffer,
): Uint8Array {
  const map = memoryMap(memoryBytes);
  const tags = [
    tag(TAG.commandLine, [], commandLine),
    tag(TAG.loaderName, [], BOOT_LOADER_NAME),
    ...modules.map(({ start, end, name }) => tag(TAG.module, [start, end], name)),
    tag(TAG.memory, [CONVENTIONAL_END / 1024, Math.max(0, memoryBytes - EXTENDED_START) / 1024]),
    tag(TAG.map, [
      MAP_ENTRY_BYTES,
      0, // version of an entry
      ...map.flatMap(({ start, end, type }) => [start, 0, end - start, 0, type, 0]),
    ]),
    tag(TAG.frameBuffer, [
      screen.address,
      0,
      screen.pitch,
      screen.width,
      screen.height,
      screen.depth | (screen.type << 8),
      ...words(screen.colours),
    ]),
    tag(TAG.end, []),
  ];
  const bytes = new Uint8Array(tags.reduce((sum, { length }) => sum + aligned(length), HEADER_BYTES));
  new DataView(bytes.buffer).setUint32(0, bytes.length, true);
  let at = HEADER_BYTES;
  for (const contents of tags) {
    bytes.set(contents, at);
    at += aligned(contents.length);
  }
  return bytes;
}

/** A tag of 32-bit fields and perhaps a text behind them. */
function tag(type: number, fields: readonly number[], text?: string): Uint8Array {
  const tail = text === undefined ? new Uint8Array(0) : commandLineBytes(text);
  const bytes = new Uint8Array(8 + 4 * fields.length + tail.length);
  const view = new DataView(bytes.buffer);
  [type, bytes.length, ...fields].forEach((field, i) => view.setUint32(4 * i, field, true));
  bytes.set(tail, 8 + 4 * fields.length);
  return bytes;
}

/** Bytes as 32-bit fields. */
function words(bytes: readonly number[]): number[] {
  const fields = Array.from({ length: Math.ceil(bytes.length / 4) }, () => 0);
  bytes.forEach((byte, at) => (fields[at >> 2] = (fields[at >> 2] ?? 0) + byte * 2 ** (8 * (at & 3))));
  return fields;
}

const aligned = (length: number): number => Math.ceil(length / 8) * 8;
