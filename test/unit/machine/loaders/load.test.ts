import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { load } from '../../../../src-main/machine/loaders/load.ts';
import {
  PROGRAM_FORMATS,
  type LoadOptions,
  type ProgramFormat,
  type ProgramImage,
} from '../../../../src-main/machine/loaders/ProgramImage.ts';
import { bootSector, elfFile, linuxKernel, multiboot2Kernel, multibootKernel, textFile } from './files.ts';

const MIB = 1 << 20;
const machine: LoadOptions = { memoryBytes: 16 * MIB };

function loaded(format: ProgramFormat | 'auto', bytes: Uint8Array, options: Partial<LoadOptions> = {}): ProgramImage {
  const result = load(format, bytes, { ...machine, ...options });
  if (result.kind === 'refused') throw new Error(result.message);
  return result.image;
}

function refusal(format: ProgramFormat | 'auto', bytes: Uint8Array, options: Partial<LoadOptions> = {}): string {
  const result = load(format, bytes, { ...machine, ...options });
  return result.kind === 'refused' ? result.message : `loaded: ${result.image.summary}`;
}

const bytesAt = (image: ProgramImage, address: number): number[] => {
  const segment = image.segments.find(
    ({ physicalAddress, bytes }) => physicalAddress <= address && address < physicalAddress + bytes.length,
  );
  return segment === undefined ? [] : [...segment.bytes.subarray(address - segment.physicalAddress)];
};

describe('boot sectors', () => {
  test('start at 0:7C00 with the drive in DL', () => {
    const image = loaded('boot', bootSector());
    expect(image.entry).toMatchObject({ mode: 'real16', cs: 0, eip: 0x7c00, registers: { edx: 0 } });
    expect(image.segments).toEqual([{ physicalAddress: 0x7c00, bytes: bootSector() }]);
    expect(image.disk).toBeUndefined();
  });
  test('of larger images are the first sector; the whole is a disk', () => {
    const floppy = loaded('boot', bootSector(1_474_560));
    expect([floppy.segments[0]?.bytes.length, floppy.disk?.kind, floppy.disk?.bytes.length]).toEqual([
      512,
      'floppy',
      1_474_560,
    ]);
    const disk = loaded('boot', bootSector(4 * MIB));
    expect([disk.disk?.kind, disk.entry.registers.edx]).toEqual(['hard-disk', 0x80]);
  });
});

test('.com programs get a PSP, one segment and a zero to return to', () => {
  const image = loaded('com', Uint8Array.of(0xc3));
  expect(image.entry).toMatchObject({
    mode: 'real16',
    cs: 0x100,
    ds: 0x100,
    ss: 0x100,
    eip: 0x100,
    registers: { esp: 0xfffe },
  });
  expect(bytesAt(image, 0x1000).slice(0, 2)).toEqual([0xcd, 0x20]);
  expect(bytesAt(image, 0x1100)).toEqual([0xc3]);
  // INT 20h leads to a HLT.
  expect(bytesAt(image, 0x80)).toEqual([0, 0, 0x50, 0, 0, 0, 0x50, 0]);
  expect(bytesAt(image, 0x500).slice(0, 2)).toEqual([0xfa, 0xf4]);
});

test.each([
  [{}, { mode: 'real16', cs: 0, eip: 0x7c00 }, 0x7c00],
  [{ origin: 0x1234 }, { mode: 'real16', cs: 0, eip: 0x1234 }, 0x1234],
  [{ origin: 0x20008 }, { mode: 'real16', cs: 0x2000, eip: 8 }, 0x20008],
  [{ bits: 32 }, { mode: 'protected32', eip: 0x100000, codeSelector: 8, dataSelector: 16 }, 0x100000],
  [{ bits: 32, origin: 0x200000 }, { mode: 'protected32', eip: 0x200000 }, 0x200000],
] as const)('flat binaries go where they are told: %j', (options, entry, address) => {
  const image = loaded('bin', Uint8Array.of(0xf4), options);
  expect(image.entry).toMatchObject(entry);
  expect(bytesAt(image, address)).toEqual([0xf4]);
});

describe('assembly text chooses its mode and place', () => {
  test.each([
    ['bits 32\nnop', { mode: 'protected32', eip: 0x100000 }, 0x100000],
    ['bits 32\norg 0x200000\ndd 5\n_start: nop', { mode: 'protected32', eip: 0x200004 }, 0x200000],
    ['org 0x100\nnop', { mode: 'real16', cs: 0x100, eip: 0x100 }, 0x1100],
    ['org 0x7c00\nnop', { mode: 'real16', cs: 0, eip: 0x7c00 }, 0x7c00],
    ['nop\ntimes 510-($-$$) db 0\ndw 0xaa55', { mode: 'real16', cs: 0, eip: 0x7c00 }, 0x7c00],
    ['org 0x8000\nnop', { mode: 'real16', cs: 0, eip: 0x8000 }, 0x8000],
    ['nop', { mode: 'real16', cs: 0x1000, eip: 0, registers: { esp: 0xfffe } }, 0x10000],
  ])('%j', (source, entry, address) => {
    const image = loaded('asm', textFile(source));
    expect(image.entry).toMatchObject(entry);
    expect(bytesAt(image, address).length).toBeGreaterThan(0);
  });
  test('symbols and listing have linear addresses, .bss is cleared', () => {
    const image = loaded('asm', textFile('org 0x100\nstart: nop\nnext: hlt'));
    expect(image.symbols).toEqual([
      { name: 'start', address: 0x1100 },
      { name: 'next', address: 0x1101 },
    ]);
    expect(image.listing?.map(({ address, line }) => [address, line])).toEqual([
      [0x1100, 2],
      [0x1101, 3],
    ]);
    const flat = loaded('asm', textFile('bits 32\norg 0x100000\nnop\nsection .bss\nresb 100'));
    expect(flat.segments.find(({ physicalAddress }) => physicalAddress === 0x100000)?.zeroedTo).toBe(0x100000 + 104);
  });
  test('errors name file, line and column', () => {
    expect(refusal('asm', textFile('nop\n  mvo ax, 1\n'), { fileName: 'a.asm' })).toBe(
      'a.asm, line 2, column 3: Unknown instruction “mvo”. Did you mean “mov”?',
    );
  });
});

describe("the seed's form", () => {
  test('becomes 32-bit code between which and the source there is a listing', () => {
    const image = loaded('seed', textFile('eax = 6\nebx = 0x7\nmul\ndiv\nhalt'));
    expect(image.entry).toMatchObject({ mode: 'protected32', registers: { eax: 6, ebx: 7 } });
    expect(image.listing?.map(({ line, bytes }) => [line, Buffer.from(bytes).toString('hex')])).toEqual([
      [3, '0fafc3'],
      [4, '31d2'],
      [4, 'f7f3'],
      [5, 'f4'],
    ]);
  });
  test('is the same as JSON', () => {
    const lines = loaded('seed', textFile('add\nhalt'));
    expect(loaded('auto', textFile('["add", "halt"]')).segments).toEqual(lines.segments);
    expect(loaded('auto', textFile('{"program": ["add", "halt"], "eax": 3}')).entry.registers).toMatchObject({
      eax: 3,
      ebx: 0,
    });
  });
  test.each([
    ['add\nfoo', /line 2: “foo” is no operation/],
    ['add\neax = 5', /set before the first operation/],
    ['eax = 0x100000000\nadd', /does not fit into a 32-bit register/],
    ['[1, 2]', /begins like JSON but is none/],
    ['["add"', /begins like JSON but is none/],
    ['; nothing', /no operation/],
  ])('%j', (text, message) => expect(refusal('seed', textFile(text))).toMatch(message));
});

describe('ELF files', () => {
  test('load their segments by physical address and clear the rest', () => {
    const data = { virtual: 0xc0200000, physical: 0x200000, contents: Uint8Array.of(1, 2), memorySize: 10 };
    const image = loaded(
      'elf',
      elfFile([{ virtual: 0xc0100000, physical: 0x100000, contents: Uint8Array.of(0xf4) }, data]),
    );
    expect(image.entry).toMatchObject({ mode: 'protected32', eip: 0x100000 });
    expect(image.segments.at(-1)).toEqual({
      physicalAddress: 0x200000,
      bytes: Uint8Array.of(1, 2),
      zeroedTo: 0x20000a,
    });
  });
  test('may have their header page right below 1 MiB, where linkers put it', () => {
    const header = { virtual: 0xff000, physical: 0xff000, contents: new Uint8Array(0x74) };
    const text = { virtual: 0x100000, physical: 0x100000, contents: Uint8Array.of(0xf4) };
    const image = loaded('elf', elfFile([header, text], 0x100000));
    expect(image.segments.map(({ physicalAddress }) => physicalAddress)).toEqual(
      expect.arrayContaining([0xff000, 0x100000]),
    );
  });
  test.each([
    ['64-bit', 4, 2, /64-bit ELF file/],
    ['big-endian', 5, 2, /big-endian/],
    ['another version', 6, 9, /unknown version/],
    ['x86-64', 18, 62, /for x86-64/],
    ['object file', 16, 1, /object file \(ET_REL\)/],
    ['shared', 16, 3, /position-independent file \(ET_DYN\)/],
    ['no headers', 44, 0, /no program headers/],
    ['small headers', 42, 8, /program headers have 8 bytes/],
  ])('%s', (_name, at, value, message) => {
    const bytes = elfFile();
    bytes[at] = value;
    expect(refusal('elf', bytes)).toMatch(message);
  });
  test.each([
    [
      'overlapping',
      [
        { virtual: 0x100000, physical: 0x100000, contents: new Uint8Array(32) },
        { virtual: 0x100010, physical: 0x100010, contents: new Uint8Array(32) },
      ],
      /overlap at 0x100010/,
    ],
    [
      'beyond RAM',
      [{ virtual: 64 * MIB, physical: 64 * MIB, contents: new Uint8Array(8) }],
      /has only 16 MiB. Give the machine 65 MiB or more/,
    ],
    [
      'in video memory',
      [{ virtual: 0xb8000, physical: 0xb8000, contents: new Uint8Array(8) }],
      /where video memory is/,
    ],
    ['dynamic', [{ virtual: 0x100000, physical: 0x100000, contents: new Uint8Array(8), type: 3 }], /dynamic linker/],
    [
      'without content',
      [{ virtual: 0x100000, physical: 0x100000, contents: new Uint8Array(8), type: 4 }],
      /no segment to load/,
    ],
  ] as const)('%s', (_name, segments, message) => expect(refusal('elf', elfFile(segments))).toMatch(message));
  test('with an entry outside of them are refused', () => {
    expect(refusal('elf', elfFile(undefined, 0x500000))).toMatch(/entry point 0x500000 lies outside/);
  });
});

describe('multiboot kernels', () => {
  test('find magic, information, command line, memory and modules', () => {
    const image = loaded('multiboot', multibootKernel(), {
      fileName: 'kernel.bin',
      commandLine: 'quiet',
      modules: [{ name: 'initrd', bytes: Uint8Array.of(9, 8, 7) }],
    });
    expect(image.entry).toMatchObject({ mode: 'protected32', eip: 0x100020, registers: { eax: 0x2badb002 } });
    const address = image.entry.registers.ebx ?? 0;
    const information = Uint8Array.from(bytesAt(image, address));
    const view = new DataView(information.buffer);
    const u32 = (at: number): number => view.getUint32(at, true);
    const text = (at: number): string =>
      Buffer.from(information.subarray(at - address))
        .toString()
        .split('\0')[0]!;
    expect([u32(0), u32(4), u32(8)]).toEqual([0x124d, 639, 15 * 1024]);
    expect([text(u32(16)), text(u32(64))]).toEqual(['kernel.bin quiet', 'Vivarium']);
    const module = u32(24) - address;
    expect([u32(20), u32(module), u32(module + 4), text(u32(module + 8))]).toEqual([1, 0x101000, 0x101003, 'initrd']);
    expect(bytesAt(image, 0x101000)).toEqual([9, 8, 7]);
    const map = u32(48) - address;
    expect([u32(44), u32(map), u32(map + 4), u32(map + 12), u32(map + 20)]).toEqual([96, 20, 0, 0x9fc00, 1]);
  });
  test.each([
    [{ flags: 0x10013 }, /unknown \(flags 0x10\)/],
    [{ flags: 3 }, /gives no addresses, and the file is no ELF file/],
    [{ addresses: [0x100000, 0x100010, 0, 0, 0x100020] }, /begins before the file does/],
    [{ addresses: [0x100000, 0x100000, 0x100800, 0, 0x100020] }, /wants 2048 bytes loaded/],
    [{ addresses: [0x100000, 0x100000, 0, 0x100001, 0x100020] }, /bss_end_addr/],
    [{ addresses: [0x100000, 0x100000, 0, 0, 0x200000] }, /entry 0x200000 lies outside/],
    [{ addresses: [0x8000000, 0x8000000, 0, 0, 0x8000020] }, /machine has only 16 MiB/],
  ] as const)('%j', (fields, message) => expect(refusal('multiboot', multibootKernel(fields))).toMatch(message));
});

describe('kernels that ask for a video mode', () => {
  const FIELDS = 88;

  /** Address, pitch, width, height, and depth with the type above it, as multiboot 1 tells them. */
  function told(image: ProgramImage): number[] {
    const bytes = Uint8Array.from(bytesAt(image, image.entry.registers.ebx ?? 0));
    const view = new DataView(bytes.buffer);
    return [0, 8, 12, 16].map((at) => view.getUint32(FIELDS + at, true)).concat(view.getUint16(FIELDS + 20, true));
  }

  test.each([
    ['what they ask for', [0, 800, 600, 32], { width: 800, height: 600, depth: 32 }, 3200],
    ['other depths', [0, 640, 480, 16], { width: 640, height: 480, depth: 16 }, 1280],
    ['the usual one when they do not mind', [0, 0, 0, 0], { width: 1024, height: 768, depth: 32 }, 4096],
  ] as const)('get %s', (_, video, mode, pitch) => {
    const image = loaded('multiboot', multibootKernel({ video }));
    expect(image.videoMode).toEqual(mode);
    expect(told(image)).toEqual([0xe000_0000, pitch, mode.width, mode.height, mode.depth | (1 << 8)]);
  });

  test('get the text screen when that is what they ask for', () => {
    const image = loaded('multiboot', multibootKernel({ video: [1, 80, 25, 0] }));
    expect(image.videoMode).toBeUndefined();
    expect(told(image)).toEqual([0xb8000, 160, 80, 25, 16 | (2 << 8)]);
  });

  test('get another one with a warning where theirs is none', () => {
    const result = load('multiboot', multibootKernel({ video: [0, 9999, 600, 32] }), machine);
    expect(result).toMatchObject({
      image: { videoMode: { width: 1024, height: 768, depth: 32 } },
      warnings: [
        { message: expect.stringMatching(/video mode that there is not \(9999×600, 32 bits a pixel\)/) as unknown },
      ],
    });
  });

  test('by multiboot 2 are told of colours too', () => {
    const image = loaded(
      'auto',
      multiboot2Kernel([
        { type: 2, fields: [0x100000, 0x100000, 0, 0x101000] },
        { type: 3, fields: [0x100050] },
        { type: 5, fields: [1280, 1024, 24] },
      ]),
    );
    expect(image.videoMode).toEqual({ width: 1280, height: 1024, depth: 24 });
    const bytes = bytesAt(image, image.entry.registers.ebx ?? 0);
    const at = bytes.findIndex((_, index) => index % 8 === 0 && bytes[index] === 8 && bytes[index + 4] === 40);
    expect(bytes.slice(at + 28, at + 38)).toEqual([24, 1, 0, 0, 16, 8, 8, 8, 0, 8]);
  });
});

describe('multiboot 2 kernels', () => {
  /** The tags of the information at EBX: type, then its bytes. */
  function tagsOf(image: ProgramImage): Map<number, DataView> {
    const bytes = Uint8Array.from(bytesAt(image, image.entry.registers.ebx ?? 0));
    const view = new DataView(bytes.buffer);
    expect(view.getUint32(0, true)).toBe(bytes.length);
    const tags = new Map<number, DataView>();
    for (let at = 8; at < bytes.length; at += Math.ceil(view.getUint32(at + 4, true) / 8) * 8)
      tags.set(view.getUint32(at, true), new DataView(bytes.buffer, at, view.getUint32(at + 4, true)));
    return tags;
  }
  const u32 = (tag: DataView | undefined, index: number): number | undefined => tag?.getUint32(4 * index, true);
  const text = (tag: DataView | undefined, index: number): string =>
    Buffer.from(tag!.buffer, tag!.byteOffset + 4 * index, tag!.byteLength - 4 * index - 1).toString();

  test('find magic, information, command line, memory, screen and modules', () => {
    const image = loaded('auto', multiboot2Kernel(), {
      commandLine: 'quiet',
      modules: [{ name: 'initrd', bytes: Uint8Array.of(9, 8, 7) }],
    });
    expect(image.summary).toMatch(/^Multiboot 2 kernel/);
    expect(image.entry).toMatchObject({ mode: 'protected32', eip: 0x100040, registers: { eax: 0x36d76289 } });
    const tags = tagsOf(image);
    expect([...tags.keys()]).toEqual([1, 2, 3, 4, 6, 8, 0]);
    expect([text(tags.get(1), 2), text(tags.get(2), 2)]).toEqual(['quiet', 'Vivarium']);
    expect([u32(tags.get(3), 2), u32(tags.get(3), 3), text(tags.get(3), 4)]).toEqual([0x101000, 0x101003, 'initrd']);
    expect(bytesAt(image, 0x101000)).toEqual([9, 8, 7]);
    expect([u32(tags.get(4), 2), u32(tags.get(4), 3)]).toEqual([639, 15 * 1024]);
    expect([2, 3, 4, 6, 8].map((index) => u32(tags.get(6), index))).toEqual([24, 0, 0, 0x9fc00, 1]);
    expect([2, 4, 5, 6].map((index) => u32(tags.get(8), index))).toEqual([0xb8000, 160, 80, 25]);
  });

  test('may be ELF files, whose entry the entry tag replaces', () => {
    const contents = multiboot2Kernel([{ type: 3, fields: [0x100028] }]);
    const elf = elfFile([{ virtual: 0x100000, physical: 0x100000, contents }]);
    // The file's headers push the segment to byte 84, which is no multiple of 8.
    const moved = elfFile([
      { virtual: 0x100000, physical: 0x100000, contents: Uint8Array.of(0, 0, 0, 0, ...contents) },
    ]);
    expect(load('multiboot', elf, machine)).toMatchObject({ kind: 'refused' });
    expect(loaded('auto', moved).entry.eip).toBe(0x100028);
  });

  test('may be loaded from the file’s beginning on', () => {
    const kernel = multiboot2Kernel([
      { type: 2, fields: [0x100000, 0xffff_ffff, 0, 0] },
      { type: 3, fields: [0x100040] },
    ]);
    expect(loaded('auto', kernel).segments.at(-1)).toEqual({ physicalAddress: 0x100000, bytes: kernel });
  });

  test('may ask for what is unknown if they can do without', () => {
    const tags = [
      { type: 1, isOptional: true, fields: [99] },
      { type: 77, isOptional: true, fields: [1, 2, 3] },
    ];
    const addresses = [
      { type: 2, fields: [0x100000, 0x100000, 0, 0] },
      { type: 3, fields: [0x100010] },
    ];
    expect(loaded('auto', multiboot2Kernel([...tags, ...addresses])).entry.eip).toBe(0x100010);
  });

  test.each([
    [multiboot2Kernel([], { architecture: 4 }), /another architecture \(number 4\)/],
    [multiboot2Kernel([]), /gives no addresses, and the file is no ELF file\. Add the address and entry tags/],
    [multiboot2Kernel([{ type: 2, fields: [1, 2, 3, 4] }]), /no entry\. Add the entry address tag/],
    [multiboot2Kernel([{ type: 77, fields: [] }]), /unknown \(tag 77\)/],
    [multiboot2Kernel([{ type: 1, fields: [1, 99] }]), /information that is unknown \(type 99\)/],
    [multiboot2Kernel([], { hasEnd: false }), /tag at byte 16 is damaged, or the tag that ends the list is missing/],
    [multiboot2Kernel([{ type: 3, fields: [] }]), /tag at byte 16 is damaged/],
  ])('with a bad header %#', (bytes, message) => expect(refusal('multiboot', bytes)).toMatch(message));
});

describe('bad files', () => {
  const whole: Readonly<Partial<Record<ProgramFormat, Uint8Array>>> = {
    boot: bootSector(),
    elf: elfFile(),
    multiboot: multibootKernel(),
    linux: linuxKernel(),
  };

  test.each(PROGRAM_FORMATS)('an empty %s file', (format) =>
    expect(refusal(format, new Uint8Array(0))).toMatch(/empty/),
  );

  test.each(Object.entries(whole))('%s cut off at every length has one message', (format, bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      const result = load(format as ProgramFormat, bytes.slice(0, length), machine);
      // The last bytes of a flat kernel are its own affair; Linux counts its size in paragraphs.
      const isWholeAt = { multiboot: 32, linux: bytes.length - 15 }[format];
      if (result.kind === 'loaded') expect(length).toBeGreaterThanOrEqual(isWholeAt ?? Infinity);
      else expect(result.message).toMatch(/^[^\n]{20,}[.”]$/);
    }
  });

  test('too large for the machine', () => {
    expect(refusal('bin', new Uint8Array(2 * MIB), { memoryBytes: 2 * MIB, bits: 32 })).toMatch(
      /needs memory at 0x100000 to 0x2fffff, but the machine has only 2 MiB. Give the machine 3 MiB or more/,
    );
    expect(refusal('com', new Uint8Array(70000))).toMatch(/at most 65278 bytes/);
    expect(refusal('boot', new Uint8Array(512))).toMatch(/boot signature is missing/);
  });

  const inside = (image: ProgramImage, memoryBytes: number): boolean => {
    let end = 0;
    for (const { physicalAddress, bytes, zeroedTo } of image.segments) {
      if (physicalAddress < end) return false;
      end = Math.max(physicalAddress + bytes.length, zeroedTo ?? 0);
    }
    return end <= memoryBytes;
  };
  const survives = (format: ProgramFormat | 'auto', bytes: Uint8Array): void => {
    const result = load(format, bytes, { memoryBytes: 2 * MIB, fileName: 'x' });
    if (result.kind === 'loaded') expect(inside(result.image, 2 * MIB)).toBe(true);
    else expect(result.message.length).toBeGreaterThan(10);
  };

  test.each(['auto', ...PROGRAM_FORMATS] as const)('random bytes as %s', (format) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => survives(format, bytes)),
      { numRuns: 150 },
    );
  });
  test.each(Object.entries(whole))('%s with random bytes changed', (format, bytes) => {
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(changes, (list) => {
        const copy = bytes.slice();
        for (const [at, value] of list) copy[at] = value;
        survives(format as ProgramFormat, copy);
      }),
      { numRuns: 500 },
    );
  });
});
