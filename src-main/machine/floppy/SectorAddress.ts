import type { Diskette } from './FloppyDrive.ts';
import { FLOPPY_SECTOR_BYTES } from './FloppyDrive.ts';

/** ST1 and ST2 (82077AA datasheet, "Status register encoding"). */
export const ST1 = { endOfCylinder: 0x80, dataError: 0x20, overrun: 0x10, noData: 0x04, notWritable: 0x02, missingMark: 0x01 } as const; // prettier-ignore
export const ST2 = { controlMark: 0x40, dataErrorInData: 0x20, wrongCylinder: 0x10, scanHit: 0x08, scanNotSatisfied: 0x04 } as const; // prettier-ignore

/** Sectors of 512 bytes: 128 << 2. */
export const SIZE_CODE = 2;

/** A sector's identity, as commands name it and results report it. */
export interface SectorAddress {
  readonly cylinder: number;
  readonly head: number;
  readonly sector: number;
  readonly sizeCode: number;
}

/** What a sector looked for on a diskette came to: its number from the diskette's start, or ST1 and ST2. */
export type FoundSector = { readonly index: number } | { readonly st1: number; readonly st2: number };

/**
 * Looks for a sector's address mark on the track under the head.
 * @param under cylinder that the arm stands on
 * @param head that is selected
 */
export function findSector(
  { format }: Diskette,
  wanted: SectorAddress,
  under: number,
  head: number,
  kbps: number,
): FoundSector {
  if (kbps !== format.kbps || under >= format.cylinders || head >= format.heads)
    return { st1: ST1.missingMark, st2: 0 };
  if (wanted.cylinder !== under) return { st1: ST1.noData, st2: ST2.wrongCylinder };
  const isThere = wanted.head === head && wanted.sector >= 1 && wanted.sector <= format.sectorsPerTrack;
  if (!isThere || wanted.sizeCode !== SIZE_CODE) return { st1: ST1.noData, st2: 0 };
  return { index: (under * format.heads + head) * format.sectorsPerTrack + wanted.sector - 1 };
}

/**
 * The sector after this one, as results report it (82077AA datasheet, table "Result phase"): at the end of the
 * track the other side's first if both sides are transferred, else the next cylinder's.
 */
export function nextSector(address: SectorAddress, lastOnTrack: number, isMultiTrack: boolean): SectorAddress {
  if (address.sector !== lastOnTrack) return { ...address, sector: (address.sector + 1) & 0xff };
  if (isMultiTrack && address.head === 0) return { ...address, head: 1, sector: 1 };
  const head = isMultiTrack ? 0 : address.head;
  return { ...address, cylinder: (address.cylinder + 1) & 0xff, head, sector: 1 };
}

/** What a scan command makes of a sector and the processor's bytes; FFh matches anything. */
export function scanResult(kind: ScanKind, onDisk: Uint8Array, fromMemory: Uint8Array): number {
  let isLower = false;
  let isHigher = false;
  for (let i = 0; i < FLOPPY_SECTOR_BYTES; i++) {
    const [disk = 0, memory = 0] = [onDisk[i], fromMemory[i]];
    if (disk === memory || disk === 0xff || memory === 0xff) continue;
    if (disk < memory) isLower = true;
    else isHigher = true;
  }
  if (!isLower && !isHigher) return ST2.scanHit;
  if (kind === 'low-or-equal' && !isHigher) return 0;
  if (kind === 'high-or-equal' && !isLower) return 0;
  return ST2.scanNotSatisfied;
}
export type ScanKind = 'equal' | 'low-or-equal' | 'high-or-equal';
