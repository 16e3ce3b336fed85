/** Data rates that CCR and DSR bits 1..0 select, in kilobits a second. */
export const DATA_RATES_KBPS = [500, 300, 250, 1000] as const;

/** Drive types as in CMOS byte 10h (IBM PS/2 and PC BIOS Interface Technical Reference): 0 is no drive. */
export const DRIVE_TYPE = { none: 0, '360K': 1, '1.2M': 2, '720K': 3, '1.44M': 4, '2.88M': 5 } as const;
export type FloppyDriveType = (typeof DRIVE_TYPE)[keyof typeof DRIVE_TYPE];

/** How a diskette is laid out. Sectors have 512 bytes. */
export interface FloppyFormat {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
  readonly kbps: (typeof DATA_RATES_KBPS)[number];
  /** The drive that a machine started with this diskette has. */
  readonly driveType: FloppyDriveType;
}

const row = (
  cylinders: number,
  heads: number,
  sectorsPerTrack: number,
  kbps: FloppyFormat['kbps'],
  driveType: FloppyDriveType,
): FloppyFormat => ({ cylinders, heads, sectorsPerTrack, kbps, driveType });

/** 1.44 MiB. */
export const USUAL_FORMAT = row(80, 2, 18, 500, DRIVE_TYPE['1.44M']);

/** By size, smallest first. Diskettes of 360 KiB and less turn faster in a drive for 1.2 MiB: 300 kbit/s. */
const FORMATS: readonly FloppyFormat[] = [
  row(40, 1, 8, 300, DRIVE_TYPE['1.2M']),
  row(40, 1, 9, 300, DRIVE_TYPE['1.2M']),
  row(40, 2, 8, 300, DRIVE_TYPE['1.2M']),
  row(40, 2, 9, 300, DRIVE_TYPE['1.2M']),
  row(80, 2, 9, 250, DRIVE_TYPE['1.44M']),
  row(80, 2, 15, 500, DRIVE_TYPE['1.2M']),
  USUAL_FORMAT,
  row(80, 2, 20, 500, DRIVE_TYPE['1.44M']),
  row(80, 2, 21, 500, DRIVE_TYPE['1.44M']),
  row(82, 2, 21, 500, DRIVE_TYPE['1.44M']),
  row(83, 2, 21, 500, DRIVE_TYPE['1.44M']),
  row(80, 2, 36, 1000, DRIVE_TYPE['2.88M']),
];

export function sectorCountOf({ cylinders, heads, sectorsPerTrack }: FloppyFormat): number {
  return cylinders * heads * sectorsPerTrack;
}

/**
 * The format of an image: the one of its size. A shorter file, as boot sectors and cut-off images are, is the
 * beginning of a diskette of 1.44 MiB; undefined when no diskette is as large.
 */
export function floppyFormatOf(byteLength: number): FloppyFormat | undefined {
  const exact = FORMATS.find((format) => sectorCountOf(format) * 512 === byteLength);
  if (exact !== undefined) return exact;
  if (byteLength <= sectorCountOf(USUAL_FORMAT) * 512) return USUAL_FORMAT;
  return FORMATS.find((format) => sectorCountOf(format) * 512 >= byteLength);
}

/** Diskettes, and nothing else, are exactly so large. */
export function isDisketteSize(byteLength: number): boolean {
  return FORMATS.some((format) => sectorCountOf(format) * 512 === byteLength);
}
