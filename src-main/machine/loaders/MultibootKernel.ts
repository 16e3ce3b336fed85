import { hasElfMagic, readElf } from './ElfFile.ts';
import { loadedBytes } from './ElfProgram.ts';
import { type FrameBuffer, frameBufferOf, TEXT_SCREEN, videoModeFor, type VideoRequest } from './FrameBuffer.ts';
import { multiboot2Information } from './Multiboot2Information.ts';
import { findMultibootHeader, type MultibootHeader } from './MultibootHeader.ts';
import { MultibootInformation, type MultibootModule } from './MultibootInformation.ts';
import { flatEntry, FLAT_STACK, freeAddress, lowPages, PAGE_BYTES, place } from './Placement.ts';
import type { LoadOptions, LoadProblem, LoadResult, ProgramSegment, ProgramSymbol } from './ProgramImage.ts';
import { hex, refuse, sizeText, warning } from './Refusal.ts';

/** What EAX holds at the kernel's entry, by the header's version. */
const BOOTLOADER_MAGIC = { 1: 0x2badb002, 2: 0x36d76289 } as const;
/** Header and load address of multiboot 2 that stand for the file's beginning. */
const FROM_THE_BEGINNING = 0xffff_ffff;

interface Kernel {
  readonly segments: readonly ProgramSegment[];
  readonly entry: number;
  readonly symbols: readonly ProgramSymbol[];
}

/** The kernel as its header's addresses place it, whatever the file's own format. */
function placeByHeader(bytes: Uint8Array, { version, offset, addresses, entry }: MultibootHeader): Kernel | string {
  if (addresses === null || entry === null) {
    const remedy = version === 1 ? 'Set flag 16 and its fields' : 'Add the address and entry tags (2 and 3)';
    return `The multiboot header gives no addresses, and the file is no ELF file. ${remedy}, or link the kernel as ELF.`;
  }
  const isWhole = version === 2 && addresses.load === FROM_THE_BEGINNING;
  const load = isWhole ? addresses.header - offset : addresses.load;
  const start = offset - (addresses.header - load);
  if (load < 0 || addresses.header < load || start < 0)
    return `The multiboot header says that the kernel begins before the file does (load address ${hex(addresses.load)}, header ${hex(addresses.header)}). Correct its address fields.`;
  const length = addresses.loadEnd === 0 ? bytes.length - start : addresses.loadEnd - load;
  if (length < 0 || start + length > bytes.length)
    return `The multiboot header wants ${length} bytes loaded, but the file has only ${bytes.length - start} from there. It is cut off, or its load_end_addr is wrong.`;
  const end = load + length;
  if (addresses.bssEnd !== 0 && addresses.bssEnd < end)
    return "The multiboot header's bss_end_addr lies before the end of the data. Correct it, or set it to 0.";
  if (entry < load || entry >= Math.max(end, addresses.bssEnd))
    return `The multiboot header's entry ${hex(entry)} lies outside of the kernel. Correct its entry_addr.`;
  const segment: ProgramSegment = { physicalAddress: load, bytes: bytes.slice(start, start + length) };
  return {
    segments: [addresses.bssEnd > end ? { ...segment, zeroedTo: addresses.bssEnd } : segment],
    entry,
    symbols: [],
  };
}

/** An ELF kernel; the entry tag of multiboot 2 goes before the file's own entry. */
function placeByElf(bytes: Uint8Array, { entry }: MultibootHeader): Kernel | string {
  const kernel = readElf(bytes);
  return typeof kernel === 'string' || entry === null ? kernel : { ...kernel, entry };
}

/** A kernel for multiboot 1 or 2: ELF or flat with addresses in its header, and the information it is handed. */
export function loadMultiboot(bytes: Uint8Array, options: LoadOptions): LoadResult {
  if (bytes.length === 0) return refuse('The file is empty: there is nothing to boot.');
  const header = findMultibootHeader(bytes);
  if (header === null)
    return refuse(
      'No multiboot header was found in the first 8 KiB of the file (32 KiB for multiboot 2). Link the section with the header first, on a multiple of 8.',
    );
  if (typeof header === 'string') return refuse(header);
  const kernel =
    header.addresses === null && hasElfMagic(bytes) ? placeByElf(bytes, header) : placeByHeader(bytes, header);
  if (typeof kernel === 'string') return refuse(kernel);
  const placed = place(kernel.segments, options.memoryBytes);
  if (typeof placed === 'string') return refuse(placed);
  const warnings: LoadProblem[] = [];
  const videoMode = header.video && videoModeFor(header.video);
  if (videoMode && header.video && !isMet(header.video, videoMode))
    warnings.push(
      warning(
        `The kernel asks for a video mode that there is not (${pixels(header.video)}); it gets ${pixels(videoMode)}, and is told so.`,
      ),
    );

  const segments: ProgramSegment[] = [...placed];
  const modules: MultibootModule[] = [];
  let next = Math.max(
    0x100000,
    ...segments.map(({ physicalAddress, bytes: contents, zeroedTo }) =>
      Math.max(physicalAddress + contents.length, zeroedTo ?? 0),
    ),
  );
  for (const module of options.modules ?? []) {
    const start = Math.ceil(next / PAGE_BYTES) * PAGE_BYTES;
    if (module.bytes.length > 0) segments.push({ physicalAddress: start, bytes: module.bytes });
    modules.push({ start, end: start + module.bytes.length, name: module.name });
    next = start + module.bytes.length;
  }
  const information = informationFor(header, options, modules, videoMode ? frameBufferOf(videoMode) : TEXT_SCREEN);
  const address = freeAddress(segments, information.length, lowPages());
  if (address === null)
    return refuse(
      'The kernel fills all memory below 640 KiB, so that the information it is to be given has no room. Load it above 1 MiB.',
    );
  segments.push({ physicalAddress: address, bytes: information.encode(address) });
  const all = place(segments, options.memoryBytes);
  if (typeof all === 'string') return refuse(all);
  const modulesText = modules.length === 0 ? '' : `, ${modules.length} module${modules.length === 1 ? '' : 's'}`;
  const image = {
    format: 'multiboot' as const,
    ...flatEntry(all, kernel.entry, { eax: BOOTLOADER_MAGIC[header.version], ebx: address, esp: FLAT_STACK }),
    summary: `Multiboot${header.version === 2 ? ' 2' : ''} kernel, ${sizeText(loadedBytes(placed))}, entry ${hex(kernel.entry)}${modulesText}`,
  };
  const { symbols } = kernel;
  return {
    kind: 'loaded',
    image: { ...image, ...(symbols.length > 0 && { symbols }), ...(videoMode && { videoMode }) },
    warnings,
  };
}

/** A field that the kernel left at 0 is met by anything. */
function isMet(wanted: VideoRequest, given: VideoRequest): boolean {
  return (['width', 'height', 'depth'] as const).every(
    (field) => wanted[field] === 0 || wanted[field] === given[field],
  );
}

function pixels({ width, height, depth }: VideoRequest): string {
  return `${width}×${height}, ${depth} bits a pixel`;
}

/** Boot loaders hand the kernel's name to multiboot 1 alone. */
function informationFor(
  { version }: MultibootHeader,
  { memoryBytes, fileName = 'kernel', commandLine = '' }: LoadOptions,
  modules: readonly MultibootModule[],
  screen: FrameBuffer,
): { readonly length: number; encode(address: number): Uint8Array } {
  if (version === 1)
    return new MultibootInformation(
      memoryBytes,
      commandLine === '' ? fileName : `${fileName} ${commandLine}`,
      modules,
      screen,
    );
  const bytes = multiboot2Information(memoryBytes, commandLine, modules, screen);
  return { length: bytes.length, encode: () => bytes };
}
