import { place } from './Placement.ts';
import type { LoadOptions, LoadResult, ProgramDisk, RealModeEntry } from './ProgramImage.ts';
import { refuse, sizeText } from './Refusal.ts';

const SECTOR_BYTES = 512;
export const BOOT_ADDRESS = 0x7c00;
/** A 2.88 MB diskette, the largest; anything more is a hard disk. */
const LARGEST_FLOPPY = 2_949_120;

/** The state in which firmware hands over: CS:IP 0:7C00, DL the drive it booted from. */
export function bootEntry(drive: number): RealModeEntry {
  return {
    mode: 'real16',
    cs: 0,
    eip: BOOT_ADDRESS,
    ds: 0,
    es: 0,
    fs: 0,
    gs: 0,
    ss: 0,
    registers: { edx: drive, esp: BOOT_ADDRESS },
  };
}

export const hasBootSignature = (bytes: Uint8Array): boolean =>
  bytes.length >= SECTOR_BYTES && bytes[510] === 0x55 && bytes[511] === 0xaa;

/** A boot sector, or a disk image that begins with one: the first sector is loaded, the rest is the disk. */
export function loadBootSector(bytes: Uint8Array, options: LoadOptions): LoadResult {
  if (bytes.length === 0) return refuse('The file is empty: there is nothing to boot.');
  if (bytes.length < SECTOR_BYTES) {
    return refuse(
      `A boot sector has ${SECTOR_BYTES} bytes; this file has only ${bytes.length}. Pad it: “times 510-($-$$) db 0”, then “dw 0xaa55”.`,
    );
  }
  if (!hasBootSignature(bytes)) {
    return refuse(
      'The boot signature is missing: bytes 510 and 511 must be 55h AAh. End the sector with “dw 0xaa55” at offset 510, or load the file as a flat binary.',
    );
  }
  const kind: ProgramDisk['kind'] = bytes.length > LARGEST_FLOPPY ? 'hard-disk' : 'floppy';
  const segments = place([{ physicalAddress: BOOT_ADDRESS, bytes: bytes.slice(0, SECTOR_BYTES) }], options.memoryBytes);
  if (typeof segments === 'string') return refuse(segments);
  const entry = bootEntry(kind === 'floppy' ? 0x00 : 0x80);
  if (bytes.length === SECTOR_BYTES) {
    return { kind: 'loaded', image: { format: 'boot', segments, entry, summary: 'Boot sector' }, warnings: [] };
  }
  const shown = kind === 'floppy' ? 'floppy disk' : 'hard disk';
  const summary = `Boot sector of a ${sizeText(bytes.length)} ${shown}`;
  return { kind: 'loaded', image: { format: 'boot', segments, entry, disk: { kind, bytes }, summary }, warnings: [] };
}
