import type { FloppyDrive } from './FloppyDrive.ts';
import type { TransferResult } from './FloppyTransfer.ts';
import { SIZE_CODE, ST1 } from './SectorAddress.ts';

export const ST0_ABNORMAL = 0x40;

/** ST3: 6 write protected, 5 ready, 4 track 0, 3 two sides, 2 head, 1..0 drive. */
export function driveStatus(drive: FloppyDrive | undefined, select: number): number {
  if (drive?.isPresent !== true) return 0x20 | (select & 7);
  const isProtected = drive.diskette?.medium.isReadOnly === true;
  return 0x28 | (isProtected ? 0x40 : 0) | (drive.cylinder === 0 ? 0x10 : 0) | (select & 7);
}

/** READ ID: the first sector that passes by, at the data rate in force. */
export function sectorIdentity(drive: FloppyDrive | undefined, select: number, kbps: number): TransferResult {
  const head = (select >> 2) & 1;
  const address = { cylinder: drive?.cylinder ?? 0, head, sector: 1, sizeCode: SIZE_CODE };
  const format = drive?.diskette?.format;
  const isReadable = format !== undefined && format.kbps === kbps && head < format.heads;
  return isReadable && address.cylinder < format.cylinders
    ? { st0: 0, st1: 0, st2: 0, address }
    : { st0: ST0_ABNORMAL, st1: ST1.missingMark, st2: 0, address };
}
