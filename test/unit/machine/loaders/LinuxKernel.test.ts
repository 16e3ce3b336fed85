import { describe, expect, test } from 'vitest';
import { load } from '../../../../src-main/machine/loaders/load.ts';
import type { LoadOptions, ProgramImage } from '../../../../src-main/machine/loaders/ProgramImage.ts';
import { elfFile, linuxKernel, pvhKernel } from './files.ts';

const MIB = 1 << 20;
const machine: LoadOptions = { memoryBytes: 16 * MIB, commandLine: 'console=ttyS0', initrd: Uint8Array.of(1, 2, 3) };

function loaded(bytes: Uint8Array, options: Partial<LoadOptions> = {}): ProgramImage {
  const result = load('linux', bytes, { ...machine, ...options });
  if (result.kind === 'refused') throw new Error(result.message);
  return result.image;
}

function refusal(bytes: Uint8Array, options: Partial<LoadOptions> = {}): string {
  const result = load('linux', bytes, { ...machine, ...options });
  return result.kind === 'refused' ? result.message : `loaded: ${result.image.summary}`;
}

/** Guest memory from an address on, as the image fills it. */
function memoryAt(image: ProgramImage, address: number): DataView {
  const segment = image.segments.find(
    ({ physicalAddress, bytes }) => physicalAddress <= address && address < physicalAddress + bytes.length,
  );
  if (segment === undefined) throw new Error(`nothing lies at ${address.toString(16)}`);
  return new DataView(Uint8Array.from(segment.bytes.subarray(address - segment.physicalAddress)).buffer);
}

function textAt(image: ProgramImage, address: number): string {
  return Buffer.from(memoryAt(image, address).buffer).toString().split('\0')[0] ?? '';
}

describe('the 32-bit boot protocol', () => {
  const image = loaded(linuxKernel());
  const page = memoryAt(image, image.entry.registers.esi ?? 0);
  const u32 = (at: number): number => page.getUint32(at, true);

  test('enters the kernel at 1 MiB with its own selectors and interrupts off', () => {
    expect(image.entry).toMatchObject({ mode: 'protected32', eip: 0x10_0000, codeSelector: 0x10, dataSelector: 0x18 });
    expect(memoryAt(image, 0x10_0000).getUint16(0)).toBe(0xfaf4);
    const gdt = image.entry.mode === 'protected32' ? image.entry.gdt : undefined;
    expect([gdt?.limit, memoryAt(image, (gdt?.physicalAddress ?? 0) + 0x15).getUint8(0)]).toEqual([31, 0x9b]);
  });

  test('hands over the header, the command line and the memory map', () => {
    expect([u32(0x202), page.getUint16(0x206, true), page.getUint8(0x210)]).toEqual([0x5372_6448, 0x020f, 0xff]);
    expect(textAt(image, u32(0x228))).toBe('console=ttyS0');
    const entries = Array.from({ length: page.getUint8(0x1e8) }, (_, i) => 0x2d0 + 20 * i);
    expect(entries.map((at) => [u32(at), u32(at + 8), u32(at + 16)])).toEqual([
      [0, 0x9fc00, 1],
      [0x9fc00, 0x400, 2],
      [0xf0000, 0x10000, 2],
      [0x100000, 15 * MIB, 1],
    ]);
    expect([page.getUint8(6), page.getUint8(7), page.getUint8(0x0e), page.getUint8(0x0f)]).toEqual([3, 80, 25, 1]);
  });

  test('places the initial RAM disk at the end of memory, but not beyond what the kernel reaches', () => {
    expect([u32(0x218), u32(0x21c)]).toEqual([16 * MIB - 0x1000, 3]);
    expect(memoryAt(image, u32(0x218)).getUint8(2)).toBe(3);
    const near = loaded(linuxKernel({ highestInitrdByte: 0x2f_ffff }));
    expect(memoryAt(near, near.entry.registers.esi ?? 0).getUint32(0x218, true)).toBe(0x2f_f000);
    const none = load('linux', linuxKernel(), { memoryBytes: 16 * MIB });
    expect(none.kind === 'loaded' && memoryAt(none.image, 0x10000).getUint32(0x218, true)).toBe(0);
  });

  test('takes a file that ends within its last paragraph, to which its size is rounded up', () => {
    const whole = linuxKernel();
    expect(memoryAt(loaded(whole.subarray(0, whole.length - 14)), 0x10_0000).getUint16(0)).toBe(0xfaf4);
    expect(refusal(whole.subarray(0, whole.length - 16))).toContain('cut off');
  });

  test('takes a kernel in ELF form, and makes up the header', () => {
    const elf = loaded(elfFile());
    expect([elf.entry.eip, memoryAt(elf, 0x10000).getUint32(0x202, true)]).toEqual([0x10_0000, 0x5372_6448]);
  });
});

describe('the 16-bit boot protocol', () => {
  test('starts a kernel without a 32-bit entry in its setup code, with stack, heap and command line above it', () => {
    const image = loaded(linuxKernel({ code32Start: 0 }));
    expect(image.entry).toMatchObject({ mode: 'real16', cs: 0x9020, eip: 0, ds: 0x9000, ss: 0x9000 });
    expect(image.entry.registers.esp).toBe(0xe000);
    const setup = memoryAt(image, 0x9_0000);
    expect([setup.getUint8(0x210), setup.getUint8(0x211), setup.getUint16(0x224, true)]).toEqual([0xff, 0x81, 0xde00]);
    expect([setup.getUint32(0x218, true), setup.getUint32(0x21c, true)]).toEqual([16 * MIB - 0x1000, 3]);
    expect(textAt(image, setup.getUint32(0x228, true))).toBe('console=ttyS0');
    expect(memoryAt(image, 0x10_0000).getUint16(0)).toBe(0xfaf4);
  });

  test('starts what is older than the 32-bit one that way, with all of the file whatever size its header tells', () => {
    const kernel = linuxKernel({ version: 0x0203 });
    new DataView(kernel.buffer, kernel.byteOffset).setUint32(0x1f4, 0, true);
    const image = loaded(kernel);
    expect(image.entry).toMatchObject({ mode: 'real16', cs: 0x9020 });
    expect(memoryAt(image, 0x10_0000).getUint16(0)).toBe(0xfaf4);
    expect(refusal(kernel.subarray(0, 1024))).toContain('cut off');
  });

  test('loads a zImage low', () => {
    const image = loaded(linuxKernel({ loadFlags: 0, code32Start: 0x1000 }));
    expect(memoryAt(image, 0x1_0000).getUint16(0)).toBe(0xfaf4);
    expect(memoryAt(image, 0x9_0000).getUint8(0x211)).toBe(0x80);
    expect(image.entry.mode).toBe('real16');
  });

  test('tells old kernels of the command line in the boot sector', () => {
    const image = loaded(linuxKernel({ version: 0x0201, loadFlags: 0 }));
    const setup = memoryAt(image, 0x9_0000);
    expect([setup.getUint16(0x20, true), setup.getUint16(0x22, true)]).toEqual([0xa33f, 0xe000]);
    expect(setup.getUint16(0x212, true)).toBe(0xe000 + 'console=ttyS0'.length + 1);
    expect(textAt(image, 0x9_e000)).toBe('console=ttyS0');
  });
});

describe('the PVH entry', () => {
  const image = loaded(pvhKernel());
  const address = image.entry.registers.ebx ?? 0;
  const info = memoryAt(image, address);
  const u32 = (at: number): number => info.getUint32(at, true);

  test('is found among the notes', () => {
    expect([image.entry.mode, image.entry.eip]).toEqual(['protected32', 0x10_0010]);
  });

  test('is told of the command line, the initial RAM disk and the memory map', () => {
    expect([u32(0), u32(4), u32(12), u32(48)]).toEqual([0x336e_c578, 1, 1, 4]);
    expect(textAt(image, u32(24))).toBe('console=ttyS0');
    const module = u32(16) - address;
    expect([u32(module), u32(module + 8)]).toEqual([16 * MIB - 0x1000, 3]);
    const map = u32(40) - address + 3 * 24;
    expect([u32(map), u32(map + 8), u32(map + 16)]).toEqual([0x10_0000, 15 * MIB, 1]);
  });
});

function largeZImage(): Uint8Array {
  const bytes = new Uint8Array(1024 + 0x8_0010);
  bytes.set(linuxKernel({ loadFlags: 0 }));
  new DataView(bytes.buffer).setUint32(0x1f4, 0x8001, true);
  return bytes;
}

describe('what cannot be booted', () => {
  test.each([
    ['no kernel', new Uint8Array(2048), {}, /no Linux kernel.*vmlinuz or bzImage/],
    ['a kernel without setup header', linuxKernel({ version: 0x0105 }), {}, /older than version 1\.3\.73/],
    ['a zImage that is too large', largeZImage(), {}, /below 1 MiB.*room for 524288 bytes; it has 524304/],
    ['a cut file', linuxKernel().slice(0, 1020), {}, /should have 1040 bytes, but the file has 1020/],
    [
      'too large a kernel',
      linuxKernel({ neededBytes: 32 * MIB }),
      {},
      /Kernel and initial RAM disk need 33 MiB.*has only 16 MiB/,
    ],
    ['too large a disk', linuxKernel(), { initrd: new Uint8Array(15 * MIB) }, /need 17 MiB/],
    ['a long command line', linuxKernel(), { commandLine: 'x'.repeat(101) }, /up to 100 characters; this one has 101/],
    ['a PVH kernel without room', pvhKernel(), { initrd: new Uint8Array(15 * MIB) }, /need 17 MiB/],
  ] as const)('%s', (_name, bytes, options, message) => expect(refusal(bytes, options)).toMatch(message));
});
