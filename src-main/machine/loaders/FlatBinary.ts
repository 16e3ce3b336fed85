import { flatEntry, FLAT_STACK, place } from './Placement.ts';
import type { LoadOptions, LoadResult, RealModeEntry } from './ProgramImage.ts';
import { hex, refuse, sizeText } from './Refusal.ts';

const DEFAULT_ORIGIN = { 16: 0x7c00, 32: 0x100000 } as const;

/** Real mode at a linear address: in segment 0 where that reaches it, else in the address's own paragraph. */
export function realModeAt(address: number): RealModeEntry {
  const segment = address < 0x10000 ? 0 : address >>> 4;
  return {
    mode: 'real16',
    cs: segment,
    eip: address - segment * 16,
    ds: segment,
    es: segment,
    fs: segment,
    gs: segment,
    ss: 0,
    registers: { esp: 0x7c00 },
  };
}

/** Bytes without any header, at the address and in the mode that the user chose. */
export function loadFlatBinary(bytes: Uint8Array, options: LoadOptions): LoadResult {
  const bits = options.bits ?? 16;
  const origin = options.origin ?? DEFAULT_ORIGIN[bits];
  if (bytes.length === 0) return refuse('The file is empty: there is nothing to run.');
  if (bits === 16 && origin > 0xffff0) {
    return refuse(
      `16-bit code starts below 1 MiB, but the address chosen is ${hex(origin)}. Choose a lower address, or 32-bit code.`,
    );
  }
  const segments = place([{ physicalAddress: origin, bytes }], options.memoryBytes);
  if (typeof segments === 'string') return refuse(segments);
  const summary = `Flat ${bits}-bit binary, ${sizeText(bytes.length)} at ${hex(origin)}`;
  if (bits === 16)
    return { kind: 'loaded', image: { format: 'bin', segments, entry: realModeAt(origin), summary }, warnings: [] };
  return {
    kind: 'loaded',
    image: { format: 'bin', ...flatEntry(segments, origin, { esp: FLAT_STACK }), summary },
    warnings: [],
  };
}
