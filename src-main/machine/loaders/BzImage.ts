import { memoryMap } from './MemoryMap.ts';

/**
 * A compressed Linux kernel file and what its 32-bit entry is given (Linux, Documentation/arch/x86/boot.rst and
 * zero-page.rst). Its 16-bit part is used where there is no such entry (`RealModeKernel.ts`).
 */

const SECTOR_BYTES = 512;
const PARAGRAPH_BYTES = 16;
/** "HdrS" */
const HEADER_MAGIC = 0x5372_6448;
export const LOADED_HIGH = 1;
export const CAN_USE_HEAP = 0x80;
/** Before, the size in the header is not to be relied on (boot.rst, syssize): the kernel is the rest of the file. */
const TOLD_SIZE = 0x0204;
/** The 32-bit entry is a protocol of its own since the kernels of this version; before, only the setup code jumps there. */
const ENTRY_32 = 0x0206;
/** Since version 2.06 the length of the command line has no fixed limit. */
const OLD_COMMAND_LINE_BYTES = 255;
const OLD_INITRD_END = 0x3800_0000;
export const UNDEFINED_LOADER = 0xff;
export const NORMAL_VIDEO = 0xffff;
const PAGE_BYTES = 0x1000;

/** Offsets in the zero page, `boot_params`; those from 1F1h on are the setup header's own in the file. */
export const FIELD = {
  screenColumns: 0x07,
  screenMode: 0x06,
  screenEgaBx: 0x0a,
  screenLines: 0x0e,
  isVga: 0x0f,
  screenPoints: 0x10,
  acpiRootPointer: 0x70,
  memoryMapCount: 0x1e8,
  setupSectors: 0x1f1,
  kernelParagraphs: 0x1f4,
  videoMode: 0x1fa,
  bootFlag: 0x1fe,
  jump: 0x200,
  header: 0x202,
  version: 0x206,
  loaderType: 0x210,
  loadFlags: 0x211,
  setupMoveBytes: 0x212,
  code32Start: 0x214,
  initrd: 0x218,
  initrdBytes: 0x21c,
  heapEnd: 0x224,
  commandLine: 0x228,
  highestInitrdByte: 0x22c,
  mostCommandLine: 0x238,
  preferredAddress: 0x258,
  neededBytes: 0x260,
  memoryMap: 0x2d0,
} as const;
const MAP_ENTRY_BYTES = 20;
const TEXT_MODE = 3;

/** What the loader must know of a kernel file. */
export interface BzImage {
  /** Protected-mode code, to be loaded at `address`. */
  readonly kernel: Uint8Array;
  readonly address: number;
  /** Boot sector and 16-bit setup code. */
  readonly setup: Uint8Array;
  /** Without it the kernel starts with its setup code, in real mode. */
  readonly hasEntry32: boolean;
  /** The setup header, as it goes into the zero page at 1F1h. */
  readonly setupHeader: Uint8Array;
  /** Where RAM must begin to be free: the unpacked kernel and its working space end here. */
  readonly endInMemory: number;
  /** Highest address that the initial RAM disk may reach, exclusive. */
  readonly initrdEnd: number;
  readonly mostCommandLineBytes: number;
  /** Boot protocol as 0x020f. */
  readonly version: number;
}

export function hasLinuxHeader(bytes: Uint8Array): boolean {
  if (bytes.length < FIELD.neededBytes + 4) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint32(FIELD.header, true) === HEADER_MAGIC && view.getUint16(FIELD.bootFlag, true) === 0xaa55;
}

export const KERNEL_ADDRESS = 0x10_0000;
/** Where kernels go that are not loaded high: zImages. */
const LOW_KERNEL_ADDRESS = 0x1_0000;
/** The setup code follows. */
const LOW_KERNEL_END = 0x9_0000;

/** The parts of a kernel file, or what is wrong with it. */
export function readBzImage(bytes: Uint8Array): BzImage | string {
  if (!hasLinuxHeader(bytes))
    return 'This is no Linux kernel: neither a bzImage (“HdrS” at byte 202h) nor an ELF file. Choose the kernel’s vmlinuz or bzImage.';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(FIELD.version, true);
  if (version < 0x0200)
    return 'This Linux kernel is older than version 1.3.73, and only a boot loader of its time can start it. Boot it from a disk.';
  const isHigh = (view.getUint8(FIELD.loadFlags) & LOADED_HIGH) !== 0;
  const address = isHigh ? KERNEL_ADDRESS : LOW_KERNEL_ADDRESS;
  const setupSectors = view.getUint8(FIELD.setupSectors) || 4;
  const start = (setupSectors + 1) * SECTOR_BYTES;
  const rest = Math.max(0, bytes.length - start);
  const length = version >= TOLD_SIZE ? view.getUint32(FIELD.kernelParagraphs, true) * PARAGRAPH_BYTES : rest;
  // The size is rounded up, and not every kernel is padded to it.
  if (start + length >= bytes.length + PARAGRAPH_BYTES || length === 0)
    return `The Linux kernel is cut off: it should have ${start + length} bytes, but the file has ${bytes.length}. Copy or build it again.`;
  if (!isHigh && address + length > LOW_KERNEL_END)
    return `This Linux kernel must be loaded below 1 MiB (a zImage), where it has room for ${LOW_KERNEL_END - address} bytes; it has ${length}.`;
  const headerEnd = FIELD.header + view.getUint8(FIELD.jump + 1);
  const since = (needed: number, offset: number, otherwise: number): number =>
    version >= needed ? view.getUint32(offset, true) : otherwise;
  const kernel = bytes.slice(start, start + length);
  const preferred = since(0x020a, FIELD.preferredAddress, KERNEL_ADDRESS);
  const needed = since(0x020a, FIELD.neededBytes, 3 * kernel.length);
  return {
    kernel,
    address,
    setup: bytes.slice(0, start),
    // What is no Linux but looks like one may have none, whatever its header says: iPXE, and MEMDISK.
    hasEntry32: isHigh && version >= ENTRY_32 && view.getUint32(FIELD.code32Start, true) !== 0,
    setupHeader: bytes.slice(FIELD.setupSectors, headerEnd),
    endInMemory: Math.max(KERNEL_ADDRESS + kernel.length, preferred + needed),
    initrdEnd: since(0x0203, FIELD.highestInitrdByte, OLD_INITRD_END - 1) + 1,
    mostCommandLineBytes: since(0x0206, FIELD.mostCommandLine, OLD_COMMAND_LINE_BYTES),
    version,
  };
}

export interface ZeroPageOptions {
  readonly memoryBytes: number;
  /** Physical address of the command line. */
  readonly commandLine: number;
  /** Absent without an initial RAM disk. */
  readonly initrd: { readonly address: number; readonly byteLength: number } | undefined;
  readonly acpiRootPointer: number;
  /** Absent for a kernel that has none, an ELF file. */
  readonly setupHeader: Uint8Array | undefined;
}

/** The page to which ESI points at the 32-bit entry. */
export function zeroPage(options: ZeroPageOptions): Uint8Array {
  const page = new Uint8Array(PAGE_BYTES);
  const view = new DataView(page.buffer);
  if (options.setupHeader) page.set(options.setupHeader, FIELD.setupSectors);
  else {
    view.setUint32(FIELD.header, HEADER_MAGIC, true);
    view.setUint16(FIELD.bootFlag, 0xaa55, true);
    view.setUint16(FIELD.version, 0x020c, true);
  }
  view.setUint8(FIELD.screenMode, TEXT_MODE);
  view.setUint8(FIELD.screenColumns, 80);
  view.setUint8(FIELD.screenLines, 25);
  view.setUint16(FIELD.screenEgaBx, 3, true);
  view.setUint8(FIELD.isVga, 1);
  view.setUint16(FIELD.screenPoints, 16, true);
  view.setUint32(FIELD.acpiRootPointer, options.acpiRootPointer, true);
  view.setUint16(FIELD.videoMode, NORMAL_VIDEO, true);
  view.setUint8(FIELD.loaderType, UNDEFINED_LOADER);
  view.setUint8(FIELD.loadFlags, view.getUint8(FIELD.loadFlags) | CAN_USE_HEAP | LOADED_HIGH);
  view.setUint16(FIELD.heapEnd, 0xfe00, true);
  view.setUint32(FIELD.code32Start, KERNEL_ADDRESS, true);
  view.setUint32(FIELD.commandLine, options.commandLine, true);
  view.setUint32(FIELD.initrd, options.initrd?.address ?? 0, true);
  view.setUint32(FIELD.initrdBytes, options.initrd?.byteLength ?? 0, true);
  const ranges = memoryMap(options.memoryBytes);
  view.setUint8(FIELD.memoryMapCount, ranges.length);
  ranges.forEach(({ start, end, type }, index) => {
    const at = FIELD.memoryMap + index * MAP_ENTRY_BYTES;
    view.setBigUint64(at, BigInt(start), true);
    view.setBigUint64(at + 8, BigInt(end - start), true);
    view.setUint32(at + 16, type, true);
  });
  return page;
}
