/** Program files made up for tests. */

export const textFile = (text: string): Uint8Array => new TextEncoder().encode(text);

export function bootSector(length = 512): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set([0xfa, 0xf4], 0);
  bytes.set([0x55, 0xaa], 510);
  return bytes;
}

export interface ElfSegment {
  readonly virtual: number;
  readonly physical: number;
  readonly contents: Uint8Array;
  readonly memorySize?: number;
  readonly type?: number;
}

const CODE: ElfSegment = {
  virtual: 0x100000,
  physical: 0x100000,
  contents: Uint8Array.of(0xf4, 0xeb, 0xfd),
  memorySize: 16,
};

/** A 32-bit i386 executable of these segments. */
export function elfFile(segments: readonly ElfSegment[] = [CODE], entry = segments[0]?.virtual ?? 0): Uint8Array {
  const headers = 52 + 32 * segments.length;
  const bytes = new Uint8Array(headers + segments.reduce((sum, { contents }) => sum + contents.length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 3, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, entry, true);
  view.setUint32(28, 52, true);
  view.setUint16(40, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, segments.length, true);
  let offset = headers;
  segments.forEach(({ virtual, physical, contents, memorySize = contents.length, type = 1 }, i) => {
    [type, offset, virtual, physical, contents.length, memorySize, 7, 0x1000].forEach((value, k) =>
      view.setUint32(52 + i * 32 + k * 4, value, true),
    );
    bytes.set(contents, offset);
    offset += contents.length;
  });
  return bytes;
}

export interface MultibootFields {
  readonly flags?: number;
  /** header, load, load end, bss end, entry */
  readonly addresses?: readonly [number, number, number, number, number];
}

/** A flat kernel: the multiboot header, then a HLT. */
export function multibootKernel({
  flags = 0x10003,
  addresses = [0x100000, 0x100000, 0, 0x101000, 0x100020],
}: MultibootFields = {}): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  [0x1badb002, flags, -(0x1badb002 + flags) >>> 0, ...addresses].forEach((value, i) =>
    view.setUint32(i * 4, value, true),
  );
  bytes.set([0xf4, 0xeb, 0xfd], 32);
  return bytes;
}
