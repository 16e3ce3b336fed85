import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, fromHex, SnapshotError, toHex } from '../snapshot.ts';

/** A medium's sectors as the firmware moves them; see `drives/Medium.ts`. */
export interface FirmwareMedium {
  readonly sectorBytes: number;
  readonly sectorCount: number;
  readonly isReadOnly: boolean;
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

export interface DriveGeometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectors: number;
}

/** Diskette formats by their number of sectors, with the type that INT 13h 08h gives. */
// prettier-ignore
const FLOPPY_FORMATS = [
  { count: 320, cylinders: 40, heads: 1, sectors: 8, type: 1 }, { count: 360, cylinders: 40, heads: 1, sectors: 9, type: 1 },
  { count: 640, cylinders: 40, heads: 2, sectors: 8, type: 1 }, { count: 720, cylinders: 40, heads: 2, sectors: 9, type: 1 },
  { count: 1440, cylinders: 80, heads: 2, sectors: 9, type: 3 }, { count: 2400, cylinders: 80, heads: 2, sectors: 15, type: 2 },
  { count: 2880, cylinders: 80, heads: 2, sectors: 18, type: 4 }, { count: 3360, cylinders: 80, heads: 2, sectors: 21, type: 4 },
  { count: 3444, cylinders: 82, heads: 2, sectors: 21, type: 4 }, { count: 5760, cylinders: 80, heads: 2, sectors: 36, type: 5 },
] as const;

/** The smallest format that holds so many sectors; a short image is the beginning of one. */
export function floppyFormat(sectorCount: number): DriveGeometry & { readonly type: number } {
  const largest = FLOPPY_FORMATS[FLOPPY_FORMATS.length - 1] ?? FLOPPY_FORMATS[0];
  const common = FLOPPY_FORMATS.find(({ count }) => count === 2880) ?? largest;
  const exact = FLOPPY_FORMATS.find(({ count }) => count === sectorCount);
  return exact ?? (sectorCount <= common.count ? common : largest);
}

/** Cylinders, heads and sectors of a hard disk as INT 13h shows them, by LBA-assisted translation (Enhanced BIOS, 3.2). */
export function diskGeometry(sectorCount: number): DriveGeometry {
  const sectors = 63;
  const heads = [16, 32, 64, 128, 255].find((each) => sectorCount <= 1024 * each * sectors) ?? 255;
  return { cylinders: Math.max(1, Math.min(1024, Math.floor(sectorCount / (heads * sectors)))), heads, sectors };
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
