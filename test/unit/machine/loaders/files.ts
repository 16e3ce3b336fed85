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
  /** Mode type (0 pixels, 1 text), width, height, depth. */
  readonly video?: readonly number[];
}

/** A flat kernel: the multiboot header, then a HLT. */
export function multibootKernel({
  video,
  flags = video ? 0x10007 : 0x10003,
  addresses = [0x100000, 0x100000, 0, 0x101000, video ? 0x100030 : 0x100020],
}: MultibootFields = {}): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  [0x1badb002, flags, -(0x1badb002 + flags) >>> 0, ...addresses].forEach((value, i) =>
    view.setUint32(i * 4, value, true),
  );
  video?.forEach((value, i) => view.setUint32(32 + 4 * i, value, true));
  bytes.set([0xf4, 0xeb, 0xfd], video ? 48 : 32);
  return bytes;
}

export interface Multiboot2Tag {
  readonly type: number;
  readonly isOptional?: boolean;
  /** 32-bit ones. */
  readonly fields: readonly number[];
}

/** A flat kernel: the multiboot 2 header with these tags and the one that ends them, then a HLT. */
export function multiboot2Kernel(
  tags: readonly Multiboot2Tag[] = [
    { type: 2, fields: [0x100000, 0x100000, 0, 0x101000] },
    { type: 3, fields: [0x100040] },
  ],
  { architecture = 0, hasEnd = true } = {},
): Uint8Array {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  let at = 16;
  for (const { type, isOptional = false, fields } of hasEnd ? [...tags, { type: 0, fields: [] }] : tags) {
    [type | (isOptional ? 0x1_0000 : 0), 8 + 4 * fields.length, ...fields].forEach((field, i) =>
      view.setUint32(at + 4 * i, field, true),
    );
    at += Math.ceil((8 + 4 * fields.length) / 8) * 8;
  }
  [0xe85250d6, architecture, at, -(0xe85250d6 + architecture + at) >>> 0].forEach((field, i) =>
    view.setUint32(4 * i, field, true),
  );
  bytes.set([0xf4, 0xeb, 0xfd], at);
  return bytes.slice(0, at + 8);
}

export interface LinuxFields {
  readonly version?: number;
  readonly loadFlags?: number;
  /** Working space of the unpacked kernel, from 1 MiB on. */
  readonly neededBytes?: number;
  readonly highestInitrdByte?: number;
  /** The 32-bit entry. */
  readonly code32Start?: number;
}

/** A bzImage with one setup sector and one paragraph of kernel. */
export function linuxKernel({
  version = 0x020f,
  loadFlags = 1,
  neededBytes = 0x8_0000,
  highestInitrdByte = 0x7fff_ffff,
  code32Start = 0x10_0000,
}: LinuxFields = {}): Uint8Array {
  const bytes = new Uint8Array(2 * 512 + 16);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4d, 0x5a]);
  view.setUint8(0x1f1, 1);
  view.setUint32(0x1f4, 1, true);
  view.setUint16(0x1fe, 0xaa55, true);
  bytes.set([0xeb, 0x6a], 0x200);
  bytes.set(textFile('HdrS'), 0x202);
  view.setUint16(0x206, version, true);
  view.setUint8(0x211, loadFlags);
  view.setUint32(0x214, code32Start, true);
  view.setUint32(0x22c, highestInitrdByte, true);
  view.setUint32(0x238, 100, true);
  view.setUint32(0x258, 0x10_0000, true);
  view.setUint32(0x260, neededBytes, true);
  bytes.set([0xfa, 0xf4], 1024);
  return bytes;
}

/** An ELF kernel whose notes name a PVH entry at 100010h, behind a note of another kind. */
export function pvhKernel(): Uint8Array {
  const notes = new Uint8Array(40);
  const view = new DataView(notes.buffer);
  [4, 4, 6, 0, 0x2e32, 4, 4, 18, 0, 0x10_0010].forEach((word, i) => view.setUint32(4 * i, word, true));
  notes.set(textFile('Xen'), 12);
  notes.set(textFile('Xen'), 32);
  return elfFile([
    { virtual: 0xc010_0000, physical: 0x10_0000, contents: new Uint8Array(32).fill(0xf4) },
    { virtual: 0, physical: 0, contents: notes, type: 4 },
  ]);
}
