import { floppyFormatOf } from '../floppy/floppyFormats.ts';
import type { ImageHost } from '../images/HostFile.ts';
import { type ImageAccess, openImage, type OpenedImage } from '../images/openImage.ts';
import { DRIVE_NAMES, type DriveSlot } from './DriveSlot.ts';

/** What a disk or disc needs to hold at least, in bytes. */
const LEAST_BYTES: Readonly<Record<DriveSlot, number>> = { floppy: 1, hda: 512, hdb: 512, cdrom: 2048, vda: 512 };
/** 48-bit addresses would reach further; nobody has images of 128 TiB. */
const MOST_BYTES = 2 ** 47;

/** Opens a file for a drive, if it can be what that drive takes. A CD is never written. */
export function openDriveImage(host: ImageHost, slot: DriveSlot, name: string, access: ImageAccess): OpenedImage {
  const opened = openImage(host, name, slot === 'cdrom' ? 'read-only' : access);
  if (!opened.ok) return opened;
  const { image } = opened;
  const problem = unfitness(slot, image.byteLength);
  if (problem === undefined) return opened;
  image.close();
  return { ok: false, message: `${name} ${problem}.` };
}

function unfitness(slot: DriveSlot, byteLength: number): string | undefined {
  if (byteLength < LEAST_BYTES[slot]) return `is too small for ${DRIVE_NAMES[slot]}: it holds ${byteLength} bytes`;
  if (byteLength > MOST_BYTES) return `is too large for ${DRIVE_NAMES[slot]}: it holds ${byteLength} bytes`;
  if (slot === 'floppy' && floppyFormatOf(byteLength) === undefined)
    return `is no diskette: it holds ${byteLength} bytes, and the largest diskette 2949120 (2.88M)`;
  return undefined;
}
