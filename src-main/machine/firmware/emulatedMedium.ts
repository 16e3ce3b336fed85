import type { Geometry } from '../ide/identify.ts';
import type { CdBootEntry } from '../images/ElTorito.ts';
import { FIRST_HARD_DISK, type FirmwareMedium } from './drives.ts';

const SECTOR_BYTES = 512;
const DISKETTE_SECTORS: Readonly<Partial<Record<CdBootEntry['emulation'], number>>> = {
  '1.2M': 2400,
  '1.44M': 2880,
  '2.88M': 5760,
};
/** Where a partition's last head and sector stand in the first entry of an MBR's table. */
const LAST_HEAD = 0x1be + 5,
  LAST_SECTOR = 0x1be + 6;

/** The drive number that a CD's image takes while it emulates one (El Torito 1.0, "Media emulation"). */
export function emulatedDrive({ emulation }: CdBootEntry): number | undefined {
  if (emulation === 'none') return undefined;
  return emulation === 'disk' ? FIRST_HARD_DISK : 0;
}

/** The image on a CD as the diskette or the hard disk that it stands for. Nobody writes to it. */
export function emulatedMedium(cd: FirmwareMedium, { emulation, firstSector }: CdBootEntry): FirmwareMedium {
  const perSector = cd.sectorBytes / SECTOR_BYTES;
  const sectorCount = DISKETTE_SECTORS[emulation] ?? (cd.sectorCount - firstSector) * perSector;
  const read = (sector: number, into: Uint8Array): boolean => {
    const skipped = (sector % perSector) * SECTOR_BYTES;
    const whole = new Uint8Array(Math.ceil((skipped + into.length) / cd.sectorBytes) * cd.sectorBytes);
    if (!cd.read(firstSector + Math.floor(sector / perSector), whole)) return false;
    into.set(whole.subarray(skipped, skipped + into.length));
    return true;
  };
  const geometry = emulation === 'disk' ? partitionedGeometry(read, sectorCount) : undefined;
  const medium = { sectorBytes: SECTOR_BYTES, sectorCount, isReadOnly: true, read, write: () => false };
  return geometry ? { ...medium, geometry } : medium;
}

/** A hard disk's image has one partition, whose end says by which geometry it was made. */
function partitionedGeometry(read: FirmwareMedium['read'], sectorCount: number): Geometry | undefined {
  const mbr = new Uint8Array(SECTOR_BYTES);
  if (!read(0, mbr)) return undefined;
  const heads = (mbr[LAST_HEAD] ?? 0) + 1;
  const sectorsPerTrack = (mbr[LAST_SECTOR] ?? 0) & 0x3f;
  if (sectorsPerTrack === 0) return undefined;
  const cylinders = Math.max(1, Math.min(1024, Math.floor(sectorCount / (heads * sectorsPerTrack))));
  return { cylinders, heads, sectorsPerTrack };
}
