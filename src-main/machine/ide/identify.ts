/** What IDENTIFY DEVICE and IDENTIFY PACKET DEVICE reply (ATA/ATAPI-7, 6.17 and 6.18): 256 little-endian words. */

import { MOST_TRIM_BLOCKS } from './trimRanges.ts';

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

/** The transfer mode that SET FEATURES selected: a bit in word 63 or 88, or neither for PIO. */
export interface SelectedMode {
  readonly kind: 'pio' | 'multiword' | 'ultra';
  readonly mode: number;
}

interface DiskIdentity {
  readonly serial: string;
  readonly model: string;
  readonly sectorCount: number;
  readonly geometry: Geometry;
  /** As INITIALIZE DEVICE PARAMETERS set it. */
  readonly currentGeometry: Geometry;
  /** Sectors in a block of READ MULTIPLE; 0: not set. */
  readonly multiple: number;
  readonly hasDma: boolean;
  /** It takes TRIM. */
  readonly canTrim: boolean;
  readonly mode: SelectedMode;
  readonly isWriteCacheOn: boolean;
}

const FIRMWARE = '1.0';
const SECTOR_BYTES = 512;
/** The largest number of sectors in a block of READ and WRITE MULTIPLE. */
export const MOST_MULTIPLE = 16;
/** Multiword DMA 0..2, Ultra DMA 0..5. */
const MULTIWORD_MODES = 0x07;
const ULTRA_MODES = 0x3f;
const MOST_LBA28 = 0x0fff_ffff;

class IdentifyWords {
  readonly bytes = new Uint8Array(512);
  private readonly view = new DataView(this.bytes.buffer);

  word(index: number, value: number): this {
    this.view.setUint16(2 * index, value, true);
    return this;
  }

  double(index: number, value: number): this {
    this.view.setUint32(2 * index, value, true);
    return this;
  }

  /** Padded with spaces; two characters a word, the first one in the high byte. */
  text(index: number, words: number, text: string): this {
    const padded = text.padEnd(2 * words).slice(0, 2 * words);
    for (let i = 0; i < padded.length; i++) this.bytes[(2 * index + i) ^ 1] = padded.charCodeAt(i) & 0x7f;
    return this;
  }

  modes(hasDma: boolean, mode: SelectedMode): this {
    const selected = (kind: SelectedMode['kind']): number => (mode.kind === kind ? 0x100 << mode.mode : 0);
    this.word(63, hasDma ? MULTIWORD_MODES | selected('multiword') : 0);
    // PIO 3 and 4; cycle times in nanoseconds.
    this.word(64, 0x0003);
    for (const index of [65, 66, 67, 68]) this.word(index, 120);
    return this.word(88, hasDma ? ULTRA_MODES | selected('ultra') : 0);
  }
}

export function identifyDisk(disk: DiskIdentity): Uint8Array {
  const { geometry, currentGeometry: current, sectorCount } = disk;
  const currentSectors = Math.min(sectorCount, current.cylinders * current.heads * current.sectorsPerTrack);
  const features = 0x4000 | (disk.isWriteCacheOn ? 0x20 : 0);
  return (
    new IdentifyWords()
      .word(0, 0x0040)
      .word(1, geometry.cylinders)
      .word(3, geometry.heads)
      // Bytes on a track and in a sector, and the buffer: retired with ATA-2, and still what Bochs' BIOS goes by.
      .word(4, geometry.sectorsPerTrack * SECTOR_BYTES)
      .word(5, SECTOR_BYTES)
      .word(6, geometry.sectorsPerTrack)
      .text(10, 10, disk.serial)
      .text(23, 4, FIRMWARE)
      .text(27, 20, disk.model)
      .word(47, 0x8000 | MOST_MULTIPLE)
      // No trusted computing: since ATA8-ACS a set bit 0, once of doublewords, has drivers read logs (7.16.7.20).
      .word(48, 0x4000)
      .word(49, 0x0e00 | (disk.hasDma ? 0x0100 : 0))
      .word(50, 0x4000)
      .word(51, 0x0200)
      .word(52, 0x0200)
      .word(53, 0x0007)
      .word(54, current.cylinders)
      .word(55, current.heads)
      .word(56, current.sectorsPerTrack)
      .double(57, currentSectors)
      .word(59, disk.multiple > 0 ? 0x0100 | disk.multiple : 0)
      .double(60, Math.min(sectorCount, MOST_LBA28))
      .modes(disk.hasDma, disk.mode)
      // ATA/ATAPI-4 to 7, and ATA8-ACS.
      .word(80, 0x01f0)
      .word(82, 0x4020)
      // FLUSH CACHE, FLUSH CACHE EXT, LBA48.
      .word(83, 0x7400)
      .word(84, 0x4000)
      .word(85, features)
      .word(86, 0x3400)
      .word(87, 0x4000)
      // An 80-conductor cable, found at reset.
      .word(93, 0x6001)
      .double(100, sectorCount % 2 ** 32)
      .word(102, Math.floor(sectorCount / 2 ** 32))
      // Blocks in a list of ranges, and that there is TRIM.
      .word(105, disk.canTrim ? MOST_TRIM_BLOCKS : 0)
      .word(169, disk.canTrim ? 1 : 0).bytes
  );
}

export function identifyCdRom(serial: string, model: string, hasDma: boolean, mode: SelectedMode): Uint8Array {
  return (
    new IdentifyWords()
      // ATAPI, CD-ROM, removable, DRQ within 50 microseconds, packets of 12 bytes.
      .word(0, 0x85c0)
      .text(10, 10, serial)
      .text(23, 4, FIRMWARE)
      .text(27, 20, model)
      .word(49, 0x0e00 | (hasDma ? 0x0100 : 0))
      .word(53, 0x0006)
      .modes(hasDma, mode)
      .word(71, 30)
      .word(72, 30)
      .word(80, 0x00f0)
      // NOP, DEVICE RESET, PACKET.
      .word(82, 0x4210)
      .word(83, 0x4000)
      .word(84, 0x4000)
      .word(85, 0x4210)
      .word(87, 0x4000)
      .word(93, 0x6001).bytes
  );
}

/** The mode that SET FEATURES 03h names in the count register; undefined when the drive has no such mode. */
export function transferMode(count: number, hasDma: boolean): SelectedMode | undefined {
  const mode = count & 7;
  switch (count >> 3) {
    case 0:
      return mode <= 1 ? { kind: 'pio', mode: 0 } : undefined;
    case 1:
      return mode <= 4 ? { kind: 'pio', mode } : undefined;
    case 4:
      return hasDma && mode <= 2 ? { kind: 'multiword', mode } : undefined;
    case 8:
      return hasDma && mode <= 5 ? { kind: 'ultra', mode } : undefined;
    default:
      return undefined;
  }
}
