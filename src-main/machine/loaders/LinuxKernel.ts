import { type BzImage, KERNEL_ADDRESS, readBzImage, zeroPage } from './BzImage.ts';
import { commandLineBytes } from './CommandLine.ts';
import { hasElfMagic, readElf } from './ElfFile.ts';
import { loadedBytes } from './ElfProgram.ts';
import { FLAT_STACK, flatEntry, freeAddress, lowPages, PAGE_BYTES, place } from './Placement.ts';
import type { LoadOptions, LoadResult, ProgramEntry, ProgramSegment } from './ProgramImage.ts';
import { findPvhEntry, pvhStartInfo, pvhStartInfoBytes } from './PvhKernel.ts';
import { realModeStart } from './RealModeKernel.ts';
import { hex, refuse, sizeText } from './Refusal.ts';

/** Where the structures of the 32-bit boot protocol lie, in conventional memory. */
const ZERO_PAGE = 0x1_0000;
const COMMAND_LINE = 0x2_0000;
const GDT_ADDRESS = 0x800;
/** __BOOT_CS and __BOOT_DS (boot.rst, "32-bit Boot Protocol"). */
const BOOT_CODE_SELECTOR = 0x10;
const BOOT_DATA_SELECTOR = 0x18;
/** Two empty descriptors, flat 32-bit code, flat 32-bit data. */
const BOOT_GDT = Uint8Array.of(
  0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0,
  0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0,
  0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0,
); // prettier-ignore
/** A kernel in ELF form says nothing of these. */
const ELF_INITRD_END = 0x3800_0000;
const MOST_COMMAND_LINE_BYTES = 2047;

/** What every Linux kernel says of itself first (init/version.c, `linux_banner`). */
const BANNER = Uint8Array.from('Linux version ', (letter) => letter.charCodeAt(0));

/** Whether an ELF file is a kernel that {@link loadLinux} starts: one with a PVH entry, or Linux itself. */
export function isElfKernel(bytes: Uint8Array): boolean {
  return findPvhEntry(bytes) !== undefined || contains(bytes, BANNER);
}

interface Initrd {
  readonly address: number;
  readonly byteLength: number;
}

/**
 * A Linux kernel: a bzImage or a vmlinux by the 32-bit boot protocol, or an ELF kernel with a PVH entry (which other
 * kernels have too), with a command line and an initial RAM disk.
 */
export function loadLinux(bytes: Uint8Array, options: LoadOptions): LoadResult {
  if (bytes.length === 0) return refuse('The file is empty: there is nothing to boot.');
  if (hasElfMagic(bytes)) return loadElfKernel(bytes, options);
  return loadBzImage(bytes, options);
}

function loadBzImage(bytes: Uint8Array, options: LoadOptions): LoadResult {
  const image = readBzImage(bytes);
  if (typeof image === 'string') return refuse(image);
  if (image.endInMemory > options.memoryBytes) return refuse(tooSmall(image.endInMemory, options));
  const segments: ProgramSegment[] = [{ physicalAddress: image.address, bytes: image.kernel }];
  const initrd = placeInitrd(segments, image.endInMemory, image.initrdEnd, options);
  if (typeof initrd === 'string') return refuse(initrd);
  const start = image.hasEntry32
    ? bootProtocolEntry(segments, KERNEL_ADDRESS, initrd, image.setupHeader, options, image.mostCommandLineBytes)
    : realModeEntry(segments, image, initrd, options);
  const protocol = `${image.version >> 8}.${String(image.version & 0xff).padStart(2, '0')}`;
  const where = image.hasEntry32 ? '' : ', started in real mode';
  const summary = `Linux kernel, boot protocol ${protocol}, ${sizeText(image.kernel.length)}${where}`;
  return finish(start, summary, initrd, options);
}

function loadElfKernel(bytes: Uint8Array, options: LoadOptions): LoadResult {
  const elf = readElf(bytes);
  if (typeof elf === 'string') return refuse(elf);
  const placed = place(elf.segments, options.memoryBytes);
  if (typeof placed === 'string') return refuse(placed);
  const end = placed.reduce((most, segment) => Math.max(most, segmentEnd(segment)), KERNEL_ADDRESS);
  const segments = [...placed];
  const initrd = placeInitrd(segments, end, ELF_INITRD_END, options);
  if (typeof initrd === 'string') return refuse(initrd);
  const pvhEntry = findPvhEntry(bytes);
  const size = sizeText(loadedBytes(placed));
  if (pvhEntry === undefined) {
    const result = bootProtocolEntry(segments, elf.entry, initrd, undefined, options, MOST_COMMAND_LINE_BYTES);
    return finish(result, `Linux kernel in ELF form, ${size}, entry ${hex(elf.entry)}`, initrd, options);
  }
  const result = pvhStart(segments, pvhEntry, initrd, options);
  return finish(result, `Kernel with a PVH entry, ${size}, entry ${hex(pvhEntry)}`, initrd, options);
}

type Started = { readonly entry: ProgramEntry; readonly segments: readonly ProgramSegment[] } | string;

/** The 32-bit boot protocol: interrupts off, the selectors above, ESI on the zero page. */
function bootProtocolEntry(
  segments: readonly ProgramSegment[],
  eip: number,
  initrd: Initrd | undefined,
  setupHeader: Uint8Array | undefined,
  options: LoadOptions,
  mostCommandLineBytes: number,
): Started {
  const commandLine = checkedCommandLine(options, mostCommandLineBytes);
  if (typeof commandLine === 'string') return commandLine;
  const page = zeroPage({
    memoryBytes: options.memoryBytes,
    commandLine: COMMAND_LINE,
    initrd,
    acpiRootPointer: 0,
    setupHeader,
  });
  return {
    segments: [
      ...segments,
      { physicalAddress: GDT_ADDRESS, bytes: BOOT_GDT },
      { physicalAddress: ZERO_PAGE, bytes: page },
      { physicalAddress: COMMAND_LINE, bytes: commandLine },
    ],
    entry: {
      mode: 'protected32',
      eip,
      codeSelector: BOOT_CODE_SELECTOR,
      dataSelector: BOOT_DATA_SELECTOR,
      gdt: { physicalAddress: GDT_ADDRESS, limit: BOOT_GDT.length - 1 },
      registers: { esi: ZERO_PAGE, esp: FLAT_STACK },
    },
  };
}

function realModeEntry(
  segments: readonly ProgramSegment[],
  image: BzImage,
  initrd: Initrd | undefined,
  options: LoadOptions,
): Started {
  const commandLine = checkedCommandLine(options, image.mostCommandLineBytes);
  if (typeof commandLine === 'string') return commandLine;
  const start = realModeStart(image, commandLine, initrd);
  return { segments: [...segments, ...start.segments], entry: start.entry };
}

/** The command line with its final zero, or what is wrong with it. */
function checkedCommandLine({ commandLine = '' }: LoadOptions, mostBytes: number): Uint8Array | string {
  const bytes = commandLineBytes(commandLine);
  if (bytes.length - 1 <= mostBytes) return bytes;
  return `The kernel takes a command line of up to ${mostBytes} characters; this one has ${bytes.length - 1}. Shorten it.`;
}

function pvhStart(
  segments: readonly ProgramSegment[],
  eip: number,
  initrd: Initrd | undefined,
  options: LoadOptions,
): Started {
  const start = {
    memoryBytes: options.memoryBytes,
    commandLine: commandLineBytes(options.commandLine ?? ''),
    initrd,
    acpiRootPointer: 0,
  };
  const address = freeAddress(segments, pvhStartInfoBytes(start), lowPages());
  if (address === null)
    return 'The kernel fills all memory below 640 KiB, so that its start information has no room. Link it for 1 MiB or above.';
  const all = [...segments, { physicalAddress: address, bytes: pvhStartInfo(start, address) }];
  return flatEntry(all, eip, { ebx: address, esp: FLAT_STACK });
}

function finish(started: Started, summary: string, initrd: Initrd | undefined, options: LoadOptions): LoadResult {
  if (typeof started === 'string') return refuse(started);
  const segments = place(started.segments, options.memoryBytes);
  if (typeof segments === 'string') return refuse(segments);
  const disk =
    initrd === undefined ? '' : `, initial RAM disk of ${sizeText(initrd.byteLength)} at ${hex(initrd.address)}`;
  return {
    kind: 'loaded',
    image: { format: 'linux', entry: started.entry, segments, summary: `${summary}${disk}` },
    warnings: [],
  };
}

/** As high as kernel and RAM allow, where neither unpacking nor early allocations come. */
function placeInitrd(
  segments: ProgramSegment[],
  kernelEnd: number,
  highestEnd: number,
  options: LoadOptions,
): Initrd | undefined | string {
  const { initrd, memoryBytes } = options;
  if (initrd === undefined) return undefined;
  const end = Math.min(memoryBytes, highestEnd);
  const address = Math.floor((end - initrd.length) / PAGE_BYTES) * PAGE_BYTES;
  if (address < kernelEnd) return tooSmall(kernelEnd + initrd.length + PAGE_BYTES, options);
  segments.push({ physicalAddress: address, bytes: initrd });
  return { address, byteLength: initrd.length };
}

function tooSmall(neededBytes: number, { memoryBytes, initrd }: LoadOptions): string {
  const what = initrd === undefined ? 'The kernel needs' : 'Kernel and initial RAM disk need';
  const needed = Math.ceil(neededBytes / (1 << 20));
  return `${what} ${needed} MiB of memory to start, but the machine has only ${sizeText(memoryBytes)}. Give it ${needed} MiB or more.`;
}

function segmentEnd({ physicalAddress, bytes, zeroedTo }: ProgramSegment): number {
  return Math.max(physicalAddress + bytes.length, zeroedTo ?? 0);
}

function contains(bytes: Uint8Array, wanted: Uint8Array): boolean {
  const first = wanted[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1))
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return true;
  return false;
}
