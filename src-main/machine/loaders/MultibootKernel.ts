import { hasElfMagic, readElf } from './ElfFile.ts';
import { loadedBytes } from './ElfProgram.ts';
import { FLAG_VIDEO_MODE, findMultibootHeader, type MultibootHeader } from './MultibootHeader.ts';
import { MultibootInformation } from './MultibootInformation.ts';
import { flatEntry, FLAT_STACK, freeAddress, lowPages, PAGE_BYTES, place } from './Placement.ts';
import type { LoadOptions, LoadProblem, LoadResult, ProgramSegment, ProgramSymbol } from './ProgramImage.ts';
import { hex, refuse, sizeText, warning } from './Refusal.ts';

/** What EAX holds at the kernel's entry. */
const BOOTLOADER_MAGIC = 0x2badb002;

interface Kernel {
  readonly segments: readonly ProgramSegment[];
  readonly entry: number;
  readonly symbols: readonly ProgramSymbol[];
}

/** The kernel as its header's address fields place it (flag 16), whatever the file's own format. */
function placeByHeader(bytes: Uint8Array, header: MultibootHeader): Kernel | string {
  const { addresses } = header;
  if (addresses === null)
    return 'The multiboot header gives no addresses, and the file is no ELF file. Set flag 16 and its fields, or link the kernel as ELF.';
  const start = header.offset - (addresses.header - addresses.load);
  if (addresses.header < addresses.load || start < 0)
    return `The multiboot header says that the kernel begins before the file does (load address ${hex(addresses.load)}, header ${hex(addresses.header)}). Correct its address fields.`;
  const length = addresses.loadEnd === 0 ? bytes.length - start : addresses.loadEnd - addresses.load;
  if (length < 0 || start + length > bytes.length)
    return `The multiboot header wants ${length} bytes loaded, but the file has only ${bytes.length - start} from there. It is cut off, or its load_end_addr is wrong.`;
  const end = addresses.load + length;
  if (addresses.bssEnd !== 0 && addresses.bssEnd < end)
    return "The multiboot header's bss_end_addr lies before the end of the data. Correct it, or set it to 0.";
  if (addresses.entry < addresses.load || addresses.entry >= Math.max(end, addresses.bssEnd))
    return `The multiboot header's entry ${hex(addresses.entry)} lies outside of the kernel. Correct its entry_addr.`;
  const segment: ProgramSegment = { physicalAddress: addresses.load, bytes: bytes.slice(start, start + length) };
  return {
    segments: [addresses.bssEnd > end ? { ...segment, zeroedTo: addresses.bssEnd } : segment],
    entry: addresses.entry,
    symbols: [],
  };
}

/** A kernel for multiboot 1: ELF or flat with address fields, and the information it is handed. */
export function loadMultiboot(bytes: Uint8Array, options: LoadOptions): LoadResult {
  if (bytes.length === 0) return refuse('The file is empty: there is nothing to boot.');
  const header = findMultibootHeader(bytes);
  if (header === null)
    return refuse(
      'No multiboot header was found in the first 8 KiB of the file. Link the section with the header first, on a multiple of 4.',
    );
  if (typeof header === 'string') return refuse(header);
  const kernel = header.addresses === null && hasElfMagic(bytes) ? readElf(bytes) : placeByHeader(bytes, header);
  if (typeof kernel === 'string') return refuse(kernel);
  const placed = place(kernel.segments, options.memoryBytes);
  if (typeof placed === 'string') return refuse(placed);
  const warnings: LoadProblem[] = [];
  if (header.flags & FLAG_VIDEO_MODE)
    warnings.push(
      warning('The kernel asks for a video mode; it gets the 80×25 text screen, and no video information.'),
    );

  const segments: ProgramSegment[] = [...placed];
  const modules: { start: number; end: number; name: string }[] = [];
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
  const kernelName = options.fileName ?? 'kernel';
  const commandLine =
    options.commandLine === undefined || options.commandLine === ''
      ? kernelName
      : `${kernelName} ${options.commandLine}`;
  const information = new MultibootInformation(options.memoryBytes, commandLine, modules);
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
    ...flatEntry(all, kernel.entry, { eax: BOOTLOADER_MAGIC, ebx: address, esp: FLAT_STACK }),
    summary: `Multiboot kernel, ${sizeText(loadedBytes(placed))}, entry ${hex(kernel.entry)}${modulesText}`,
  };
  return { kind: 'loaded', image: kernel.symbols.length > 0 ? { ...image, symbols: kernel.symbols } : image, warnings };
}
