/** A range of guest-physical addresses as firmware describes it; types as INT 15h E820h numbers them (ACPI 6.5, table 15.4). */
export interface MemoryRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly type: 1 | 2;
}

const AVAILABLE = 1,
  RESERVED = 2;
/** Conventional memory ends below the extended BIOS data area. */
export const CONVENTIONAL_END = 0x9fc00;
export const EXTENDED_START = 0x100000;

/** What a program without firmware is told of the machine's memory. */
export function memoryMap(memoryBytes: number): readonly MemoryRange[] {
  const below: MemoryRange[] = [
    { start: 0, end: CONVENTIONAL_END, type: AVAILABLE },
    { start: CONVENTIONAL_END, end: 0xa0000, type: RESERVED },
    { start: 0xf0000, end: EXTENDED_START, type: RESERVED },
  ];
  if (memoryBytes > EXTENDED_START) below.push({ start: EXTENDED_START, end: memoryBytes, type: AVAILABLE });
  return below;
}
