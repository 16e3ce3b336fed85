import type { DeviceState } from '../BusDevice.ts';
import { type FloppyFormat, floppyFormatOf, USUAL_FORMAT } from '../floppy/floppyFormats.ts';
import type { Geometry } from '../ide/identify.ts';
import { checkVersion, fromHex, SnapshotError, toHex } from '../snapshot.ts';

/** The number of the first hard disk; diskette drives count from 0. */
export const FIRST_HARD_DISK = 0x80;

/** A medium's sectors as the firmware moves them; see `drives/Medium.ts`. */
export interface FirmwareMedium {
  readonly sectorBytes: number;
  readonly sectorCount: number;
  readonly isReadOnly: boolean;
  /** Its own, where it does not follow from the number of sectors. */
  readonly geometry?: Geometry;
  /** Fills `into` from a sector's start; false when it could not. */
  read(sector: number, into: Uint8Array): boolean;
  write(sector: number, bytes: Uint8Array): boolean;
}

/** A drive that the firmware serves by INT 13h. */
export interface FirmwareDrive {
  readonly kind: 'floppy' | 'hard-disk' | 'cdrom';
  /** What lies in it at present. */
  medium(): FirmwareMedium | undefined;
}

const DISKETTE_SECTOR_BYTES = 512;

/** How a diskette of so many sectors is laid out; of none, and of what is no diskette, the usual way. */
export function disketteFormat(sectorCount: number | undefined): FloppyFormat {
  return floppyFormatOf((sectorCount ?? 0) * DISKETTE_SECTOR_BYTES) ?? USUAL_FORMAT;
}

/** Cylinders, heads and sectors of a hard disk as INT 13h shows them, by LBA-assisted translation (Enhanced BIOS, 3.2). */
export function translatedGeometry(sectorCount: number): Geometry {
  const sectorsPerTrack = 63;
  const heads = [16, 32, 64, 128, 255].find((each) => sectorCount <= 1024 * each * sectorsPerTrack) ?? 255;
  const cylinders = Math.max(1, Math.min(1024, Math.floor(sectorCount / (heads * sectorsPerTrack))));
  return { cylinders, heads, sectorsPerTrack };
}

const MEMORY_SECTOR_BYTES = 512;

/** A disk that came as a program: the image stays as it was loaded, sectors that the guest writes lie over it. */
export class MemoryDisk implements FirmwareMedium {
  readonly sectorBytes = MEMORY_SECTOR_BYTES;
  readonly sectorCount: number;
  readonly isReadOnly = false;
  private readonly image: Uint8Array;
  private readonly written = new Map<number, Uint8Array>();

  constructor(image: Uint8Array) {
    this.image = image;
    this.sectorCount = Math.floor(image.length / MEMORY_SECTOR_BYTES);
  }

  read(sector: number, into: Uint8Array): boolean {
    const count = Math.ceil(into.length / MEMORY_SECTOR_BYTES);
    if (sector + count > this.sectorCount) return false;
    for (let i = 0; i < count; i++) {
      const from = (sector + i) * MEMORY_SECTOR_BYTES;
      const bytes = this.written.get(sector + i) ?? this.image.subarray(from, from + MEMORY_SECTOR_BYTES);
      into.set(bytes.subarray(0, into.length - i * MEMORY_SECTOR_BYTES), i * MEMORY_SECTOR_BYTES);
    }
    return true;
  }

  /** Sectors that the guest has written, by number, as hexadecimal text. */
  save(): DeviceState {
    const sectors = [...this.written].sort(([a], [b]) => a - b);
    return { version: 1, written: sectors.map(([sector, bytes]) => [sector, toHex(bytes)]) };
  }

  restore(state: DeviceState): void {
    checkVersion('the program’s disk', state, 1);
    const pairs: unknown[] = Array.isArray(state['written']) ? state['written'] : [];
    const written = pairs.map((pair): [number, Uint8Array] => {
      const [sector, text] = Array.isArray(pair) ? (pair as unknown[]) : [];
      const bytes = typeof text === 'string' ? fromHex(text) : undefined;
      const isSector = typeof sector === 'number' && Number.isInteger(sector) && sector >= 0;
      if (isSector && sector < this.sectorCount && bytes?.length === MEMORY_SECTOR_BYTES) return [sector, bytes];
      throw new SnapshotError('written holds something else than sectors in the snapshot');
    });
    this.written.clear();
    for (const [sector, bytes] of written) this.written.set(sector, bytes);
  }

  write(sector: number, bytes: Uint8Array): boolean {
    const count = bytes.length / MEMORY_SECTOR_BYTES;
    if (sector + count > this.sectorCount) return false;
    for (let i = 0; i < count; i++) {
      this.written.set(sector + i, bytes.slice(i * MEMORY_SECTOR_BYTES, (i + 1) * MEMORY_SECTOR_BYTES));
    }
    return true;
  }
}
