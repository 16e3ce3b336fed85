import type { DeviceState } from '../BusDevice.ts';
import { CD_SECTOR_BYTES } from '../cdrom/replies.ts';
import { readByte, readNumber, SnapshotError } from '../snapshot.ts';

/** Where the boot record volume descriptor lies, and the fields of it (El Torito 1.0, figure 7). */
const BOOT_RECORD_SECTOR = 17;
const BOOT_SYSTEM = 'EL TORITO SPECIFICATION';
const CATALOGUE_POINTER = 0x47;
const ENTRY_BYTES = 32;
/** 88h: bootable. */
const BOOTABLE = 0x88;
const SECTION_HEADER = 0x90, LAST_SECTION_HEADER = 0x91, EXTENSION = 0x44; // prettier-ignore
const USUAL_SEGMENT = 0x7c0;

/** What the disc pretends to be while it starts (media type). */
export type CdEmulation = 'none' | '1.2M' | '1.44M' | '2.88M' | 'disk';
/** By media type number. */
export const CD_EMULATIONS: readonly CdEmulation[] = ['none', '1.2M', '1.44M', '2.88M', 'disk'];

/** Something on a CD that a computer can be started from. */
export interface CdBootEntry {
  /** 0: PC BIOS, EFh: EFI. */
  readonly platform: number;
  readonly emulation: CdEmulation;
  /** Real-mode segment that the image is loaded at. */
  readonly loadSegment: number;
  /** Sectors of 512 bytes to load. */
  readonly sectorCount: number;
  /** First sector of the image, of 2048 bytes. */
  readonly firstSector: number;
}

/** An entry out of a snapshot. */
export function readBootEntry(state: DeviceState): CdBootEntry {
  const emulation = CD_EMULATIONS.find((each) => each === state['emulation']);
  if (emulation === undefined) throw new SnapshotError('emulation is no kind of boot image in the snapshot');
  return {
    platform: readByte(state, 'platform'),
    emulation,
    loadSegment: readNumber(state, 'loadSegment', 0, 0xffff),
    sectorCount: readNumber(state, 'sectorCount', 0, 0xffff_ffff),
    firstSector: readNumber(state, 'firstSector', 0, 0xffff_ffff),
  };
}

/**
 * Reads the boot catalogue of a disc ("El Torito" Bootable CD-ROM Format Specification 1.0). The first entry is the one
 * that starts by default; an empty list means that the disc starts nothing.
 * @param readSector one sector of 2048 bytes, undefined when it cannot be read
 */
export function readBootCatalogue(readSector: (sector: number) => Uint8Array | undefined): readonly CdBootEntry[] {
  const record = readSector(BOOT_RECORD_SECTOR);
  if (record === undefined || record[0] !== 0 || text(record, 1, 5) !== 'CD001') return [];
  if (text(record, 7, BOOT_SYSTEM.length) !== BOOT_SYSTEM) return [];
  const catalogue = readSector(new DataView(record.buffer, record.byteOffset).getUint32(CATALOGUE_POINTER, true));
  if (catalogue === undefined || catalogue.length < CD_SECTOR_BYTES || !isValid(catalogue)) return [];
  return entriesOf(catalogue);
}

/** The validation entry: its 16-bit words add up to zero. */
function isValid(catalogue: Uint8Array): boolean {
  const view = new DataView(catalogue.buffer, catalogue.byteOffset);
  let sum = 0;
  for (let at = 0; at < ENTRY_BYTES; at += 2) sum += view.getUint16(at, true);
  return catalogue[0] === 1 && catalogue[30] === 0x55 && catalogue[31] === 0xaa && (sum & 0xffff) === 0;
}

function entriesOf(catalogue: Uint8Array): readonly CdBootEntry[] {
  const entries: CdBootEntry[] = [];
  let platform = catalogue[1] ?? 0;
  for (let at = ENTRY_BYTES; at + ENTRY_BYTES <= catalogue.length; at += ENTRY_BYTES) {
    const kind = catalogue[at] ?? 0;
    if (kind === SECTION_HEADER || kind === LAST_SECTION_HEADER) platform = catalogue[at + 1] ?? 0;
    else if (kind === BOOTABLE) {
      const entry = bootEntry(new DataView(catalogue.buffer, catalogue.byteOffset + at, ENTRY_BYTES), platform);
      if (entry !== undefined) entries.push(entry);
    } else if (kind !== EXTENSION && at > ENTRY_BYTES) break;
  }
  return entries;
}

function bootEntry(view: DataView, platform: number): CdBootEntry | undefined {
  const emulation = CD_EMULATIONS[view.getUint8(1) & 0x0f];
  if (emulation === undefined) return undefined;
  return {
    platform,
    emulation,
    loadSegment: view.getUint16(2, true) || USUAL_SEGMENT,
    sectorCount: view.getUint16(6, true) || 1,
    firstSector: view.getUint32(8, true),
  };
}

function text(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}
