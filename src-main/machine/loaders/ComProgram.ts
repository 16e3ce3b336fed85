import { place } from './Placement.ts';
import type { LoadOptions, LoadResult, ProgramSegment, RealModeEntry } from './ProgramImage.ts';
import { refuse, sizeText } from './Refusal.ts';

/** Segment of the program segment prefix; the program follows it at offset 100h. */
export const COM_SEGMENT = 0x0100;
const PROGRAM_OFFSET = 0x100;
/** The whole segment but for the prefix and one word of stack. */
export const MAX_COM_BYTES = 0x10000 - PROGRAM_OFFSET - 2;

/** Where INT 20h and INT 21h lead: there is no DOS, so a program that calls it stops. */
const HALT_SEGMENT = 0x0050;
const CLI = 0xfa,
  HLT = 0xf4;
const HALT = Uint8Array.of(CLI, HLT, 0xeb, 0xfd); // ... and jump back to the HLT

/**
 * The program segment prefix as far as a program without DOS can use it: INT 20h at 0, so that RET ends the
 * program, the segment after its memory at 2, an empty command tail at 80h.
 */
function prefix(): Uint8Array {
  const bytes = new Uint8Array(PROGRAM_OFFSET);
  bytes.set([0xcd, 0x20]);
  const top = COM_SEGMENT + 0x1000;
  bytes.set([top & 0xff, top >> 8], 2);
  bytes[0x81] = 0x0d;
  return bytes;
}

/** A .com image: everything in one segment, entered at offset 100h with a zero on the stack. */
export function comEntry(bytes: Uint8Array): { segments: ProgramSegment[]; entry: RealModeEntry } {
  const base = COM_SEGMENT * 16;
  const image = new Uint8Array(PROGRAM_OFFSET + bytes.length);
  image.set(prefix());
  image.set(bytes, PROGRAM_OFFSET);
  const vector = [0, 0, HALT_SEGMENT & 0xff, HALT_SEGMENT >> 8];
  return {
    segments: [
      { physicalAddress: 0x20 * 4, bytes: Uint8Array.of(...vector, ...vector) },
      { physicalAddress: HALT_SEGMENT * 16, bytes: HALT },
      { physicalAddress: base, bytes: image },
    ],
    entry: {
      mode: 'real16',
      cs: COM_SEGMENT,
      eip: PROGRAM_OFFSET,
      ds: COM_SEGMENT,
      es: COM_SEGMENT,
      fs: COM_SEGMENT,
      gs: COM_SEGMENT,
      ss: COM_SEGMENT,
      registers: { esp: 0xfffe },
    },
  };
}

export function loadCom(bytes: Uint8Array, options: LoadOptions): LoadResult {
  if (bytes.length === 0) return refuse('The file is empty: there is nothing to run.');
  if (bytes[0] === 0x4d && bytes[1] === 0x5a) {
    return refuse(
      'This is an .exe program (it begins with “MZ”), not a .com image. It needs DOS; boot a DOS disk to run it.',
    );
  }
  if (bytes.length > MAX_COM_BYTES) {
    return refuse(
      `A .com program has at most ${MAX_COM_BYTES} bytes, since it shares one 64 KiB segment with its stack; this file has ${bytes.length}. If it is a flat binary, load it as such.`,
    );
  }
  const { segments, entry } = comEntry(bytes);
  const placed = place(segments, options.memoryBytes);
  if (typeof placed === 'string') return refuse(placed);
  return {
    kind: 'loaded',
    image: { format: 'com', segments: placed, entry, summary: `DOS-style .com program, ${sizeText(bytes.length)}` },
    warnings: [],
  };
}
