import { type BzImage, CAN_USE_HEAP, FIELD, LOADED_HIGH, NORMAL_VIDEO, UNDEFINED_LOADER } from './BzImage.ts';
import type { ProgramSegment, RealModeEntry } from './ProgramImage.ts';

/** Where boot loaders have always put the setup code (boot.rst, "Memory Layout"). */
const SETUP_SEGMENT = 0x9000;
/** Stack and heap of the setup code end here, and the command line begins; the BIOS's own data lie above it. */
const HEAP_END = 0xe000;
/** The field counts from here (boot.rst, heap_end_ptr). */
const HEAP_END_BIAS = 0x200;
/** Before version 2.02 the boot sector says where the command line is, by a magic number and an offset. */
const OLD_COMMAND_LINE_MAGIC = 0xa33f;
const OLD_FIELD = { commandLineMagic: 0x20, commandLineOffset: 0x22 } as const;
/** The first instruction, behind the boot sector. */
const ENTRY_SEGMENT = SETUP_SEGMENT + 0x20;

/**
 * The 16-bit boot protocol (boot.rst, "Running the Kernel"): the setup code below 640 KiB with its header filled in, and
 * entered there in real mode, with interrupts off. It asks the BIOS for what it needs.
 */
export function realModeStart(
  image: BzImage,
  commandLine: Uint8Array,
  initrd: { readonly address: number; readonly byteLength: number } | undefined,
): { readonly segments: readonly ProgramSegment[]; readonly entry: RealModeEntry } {
  const { version } = image;
  const base = SETUP_SEGMENT * 16;
  const setup = image.setup.slice();
  const view = new DataView(setup.buffer);
  view.setUint16(FIELD.videoMode, NORMAL_VIDEO, true);
  view.setUint8(FIELD.loaderType, UNDEFINED_LOADER);
  if (version >= 0x0201) {
    const isHigh = view.getUint8(FIELD.loadFlags) & LOADED_HIGH;
    view.setUint8(FIELD.loadFlags, isHigh | CAN_USE_HEAP);
    view.setUint16(FIELD.heapEnd, HEAP_END - HEAP_END_BIAS, true);
  }
  if (initrd) {
    view.setUint32(FIELD.initrd, initrd.address, true);
    view.setUint32(FIELD.initrdBytes, initrd.byteLength, true);
  }
  if (version >= 0x0202) view.setUint32(FIELD.commandLine, base + HEAP_END, true);
  else {
    view.setUint16(OLD_FIELD.commandLineMagic, OLD_COMMAND_LINE_MAGIC, true);
    view.setUint16(OLD_FIELD.commandLineOffset, HEAP_END, true);
    view.setUint16(FIELD.setupMoveBytes, HEAP_END + commandLine.length, true);
  }
  return {
    segments: [
      { physicalAddress: base, bytes: setup },
      { physicalAddress: base + HEAP_END, bytes: commandLine },
    ],
    entry: {
      mode: 'real16',
      cs: ENTRY_SEGMENT,
      eip: 0,
      ds: SETUP_SEGMENT,
      es: SETUP_SEGMENT,
      fs: SETUP_SEGMENT,
      gs: SETUP_SEGMENT,
      ss: SETUP_SEGMENT,
      registers: { esp: HEAP_END },
    },
  };
}
