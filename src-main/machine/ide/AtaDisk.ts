import type { DeviceState } from '../BusDevice.ts';
import type { Medium } from '../drives/Medium.ts';
import { checkVersion, readFlag, readNumber } from '../snapshot.ts';
import { type DataPhase, ERROR, type IdeDrive, type Reaction, STATUS } from './IdeDrive.ts';
import { type Geometry, identifyDisk, MOST_MULTIPLE, type SelectedMode, transferMode } from './identify.ts';
import { DEVICE_LBA, TaskFile } from './TaskFile.ts';
import { MOST_TRIM_BLOCKS, TRIM_BLOCK_BYTES, trimRanges } from './trimRanges.ts';

const SECTOR_BYTES = 512;
/** Of DATA SET MANAGEMENT's features. */
const TRIM = 1;
const HEADS = 16;
const SECTORS_PER_TRACK = 63;
const MOST_CYLINDERS = 16_383;
const DONE: Reaction = { kind: 'done' };
const ABORTED: Reaction = { kind: 'failed', error: ERROR.aborted };
const MODE_KINDS: readonly SelectedMode['kind'][] = ['pio', 'multiword', 'ultra'];

/** How a command moves sectors. */
interface SectorCommand {
  readonly direction: 'in' | 'out';
  readonly way: 'pio' | 'multiple' | 'dma';
  readonly is48: boolean;
}

const sectors = (direction: 'in' | 'out', way: SectorCommand['way'], is48 = false): SectorCommand => ({
  direction,
  way,
  is48,
});

/** ATA/ATAPI-7, 6.27 to 6.32 and 6.61 to 6.70; the commands "without retries" are older names of the same. */
const SECTOR_COMMANDS: Readonly<Record<number, SectorCommand>> = {
  0x20: sectors('in', 'pio'),
  0x21: sectors('in', 'pio'),
  0x24: sectors('in', 'pio', true),
  0x25: sectors('in', 'dma', true),
  0x29: sectors('in', 'multiple', true),
  0x30: sectors('out', 'pio'),
  0x31: sectors('out', 'pio'),
  0x34: sectors('out', 'pio', true),
  0x35: sectors('out', 'dma', true),
  0x39: sectors('out', 'multiple', true),
  0xc4: sectors('in', 'multiple'),
  0xc5: sectors('out', 'multiple'),
  0xc8: sectors('in', 'dma'),
  0xc9: sectors('in', 'dma'),
  0xca: sectors('out', 'dma'),
  0xcb: sectors('out', 'dma'),
};

/** The geometry that a disk announces to software that knows cylinders (ATA/ATAPI-5, annex C). */
export function diskGeometry(sectorCount: number): Geometry {
  const cylinders = Math.max(1, Math.min(MOST_CYLINDERS, Math.floor(sectorCount / (HEADS * SECTORS_PER_TRACK))));
  return { cylinders, heads: HEADS, sectorsPerTrack: SECTORS_PER_TRACK };
}

/** A hard disk as ATA/ATAPI-7 (T13/1532D, volume 1) describes it: CHS, LBA28 and LBA48; PIO, multiple and DMA. */
export class AtaDisk implements IdeDrive {
  readonly registers = new TaskFile();
  private readonly medium: Medium;
  private readonly serial: string;
  private readonly hasDma: boolean;
  private readonly geometry: Geometry;
  /** As INITIALIZE DEVICE PARAMETERS set it. */
  private heads = HEADS;
  private sectorsPerTrack = SECTORS_PER_TRACK;
  private multiple = 0;
  private mode: SelectedMode = { kind: 'pio', mode: 0 };
  private isWriteCacheOn = true;
  /** The last command gave its address as 48 bits. */
  private is48 = false;

  /** @param hasDma the channel has a bus master */
  constructor(medium: Medium, serial: string, hasDma: boolean) {
    this.medium = medium;
    this.serial = serial;
    this.hasDma = hasDma;
    this.geometry = diskGeometry(medium.sectorCount);
  }

  isReset(): boolean {
    return false;
  }

  execute(command: number): Reaction {
    const described = SECTOR_COMMANDS[command];
    if (described !== undefined) return this.beginSectors(described);
    switch (command) {
      case 0x06:
        return this.beginTrim();
      case 0x40:
      case 0x41:
      case 0x42:
        return this.verify(command === 0x42);
      case 0x91:
        return this.initialiseParameters();
      case 0xc6:
        return this.setMultiple();
      case 0xe7:
      case 0xea:
        return this.medium.isReadOnly || this.medium.flush() ? DONE : ABORTED;
      case 0xec:
        return this.identify();
      case 0xef:
        return this.setFeatures();
      case 0xf8:
      case 0x27:
        return this.readNativeMax(command === 0x27);
      case 0xe5:
      case 0x98:
        // Active or idle.
        this.registers.set('count', 0xff);
        return DONE;
      case 0xe0:
      case 0xe1:
      case 0xe2:
      case 0xe3:
      case 0xe6:
      case 0x94:
      case 0x95:
      case 0x96:
      case 0x97:
      case 0x99:
        return DONE;
      default:
        // RECALIBRATE and SEEK of old disks, 1xh and 7xh.
        return (command & 0xf0) === 0x10 || (command & 0xf0) === 0x70 ? DONE : ABORTED;
    }
  }

  move(phase: DataPhase, position: number, bytes: Uint8Array): boolean {
    if (phase.kind === 'bytes') {
      bytes.set(phase.content.slice(position, position + bytes.length));
      return true;
    }
    if (phase.kind === 'parameters') return this.trim(bytes);
    if (phase.kind !== 'sectors') return false;
    const sector = phase.first + position / SECTOR_BYTES;
    if (phase.direction === 'in') return this.medium.read(sector, bytes);
    if (!this.medium.write(sector, bytes)) return false;
    return this.isWriteCacheOn || this.medium.flush();
  }

  onBlock(): void {}

  onMoved(phase: DataPhase, isDma: boolean): Reaction {
    if (phase.kind !== 'sectors') return { kind: 'done', isSilent: !isDma };
    this.registers.count = 0;
    this.setAddress(phase.first + phase.count - 1);
    // A PIO read has interrupted with each block already (ATA/ATAPI-7, 9.5).
    return { kind: 'done', isSilent: phase.direction === 'in' && !isDma };
  }

  onFailed(phase: DataPhase, position: number): Reaction {
    if (phase.kind === 'sectors') this.setAddress(phase.first + Math.floor(position / SECTOR_BYTES));
    return { kind: 'failed', error: phase.direction === 'in' ? ERROR.uncorrectable : ERROR.aborted };
  }

  setSignature(): void {
    const { registers } = this;
    registers.count = 1;
    registers.lbaLow = 1;
    registers.lbaMid = 0;
    registers.lbaHigh = 0;
    registers.device = 0;
    registers.status = STATUS.ready | STATUS.seekComplete;
  }

  reset(): void {
    this.heads = this.geometry.heads;
    this.sectorsPerTrack = this.geometry.sectorsPerTrack;
    this.multiple = 0;
    this.mode = { kind: 'pio', mode: 0 };
    this.isWriteCacheOn = true;
    this.is48 = false;
    this.setSignature();
  }

  save(): DeviceState {
    const { heads, sectorsPerTrack, multiple, isWriteCacheOn, is48, mode } = this;
    return {
      version: 1,
      heads,
      sectorsPerTrack,
      multiple,
      isWriteCacheOn,
      is48,
      modeKind: MODE_KINDS.indexOf(mode.kind),
      mode: mode.mode,
    };
  }

  restore(state: DeviceState): void {
    checkVersion('ATA disk', state, 1);
    const multiple = readNumber(state, 'multiple', 0, MOST_MULTIPLE);
    const kind = MODE_KINDS[readNumber(state, 'modeKind', 0, MODE_KINDS.length - 1)] ?? 'pio';
    const mode = { kind, mode: readNumber(state, 'mode', 0, 7) };
    const heads = readNumber(state, 'heads', 1, 16);
    const sectorsPerTrack = readNumber(state, 'sectorsPerTrack', 1, 255);
    this.isWriteCacheOn = readFlag(state, 'isWriteCacheOn');
    this.is48 = readFlag(state, 'is48');
    this.heads = heads;
    this.sectorsPerTrack = sectorsPerTrack;
    this.multiple = multiple;
    this.mode = mode;
  }

  /** The sectors that the registers name; `count` 0 in them is the largest. Undefined when the disk has not all of them. */
  private addressed(is48: boolean): { readonly first: number; readonly count: number } | undefined {
    const { registers } = this;
    this.is48 = is48;
    const count = is48 ? registers.count || 0x1_0000 : registers.low('count') || 0x100;
    const first = is48 ? registers.lba48 : this.address28();
    return first >= 0 && first + count <= this.medium.sectorCount ? { first, count } : undefined;
  }

  private address28(): number {
    const { registers } = this;
    if (registers.device & DEVICE_LBA) return registers.lba28;
    const cylinder = registers.low('lbaMid') | (registers.low('lbaHigh') << 8);
    const sector = registers.low('lbaLow');
    const head = registers.device & 0x0f;
    if (sector === 0 || sector > this.sectorsPerTrack || head >= this.heads) return -1;
    return (cylinder * this.heads + head) * this.sectorsPerTrack + sector - 1;
  }

  private setAddress(sector: number): void {
    const { registers } = this;
    if (this.is48) registers.lba48 = sector;
    else if (registers.device & DEVICE_LBA) registers.lba28 = sector;
    else {
      const track = Math.floor(sector / this.sectorsPerTrack);
      const cylinder = Math.floor(track / this.heads);
      registers.set('lbaLow', (sector % this.sectorsPerTrack) + 1);
      registers.set('lbaMid', cylinder);
      registers.set('lbaHigh', cylinder >> 8);
      registers.device = (registers.device & 0xf0) | (track % this.heads);
    }
  }

  private beginSectors({ direction, way, is48 }: SectorCommand): Reaction {
    if (way === 'multiple' && this.multiple === 0) return ABORTED;
    if (way === 'dma' && !this.hasDma) return ABORTED;
    const range = this.addressed(is48);
    if (range === undefined) return { kind: 'failed', error: ERROR.idNotFound };
    if (direction === 'out' && this.medium.isReadOnly) return ABORTED;
    const perBlock = way === 'multiple' ? this.multiple : 1;
    return {
      kind: 'data',
      phase: { kind: 'sectors', direction, sectorBytes: SECTOR_BYTES, ...range },
      blockBytes: perBlock * SECTOR_BYTES,
      isDma: way === 'dma',
    };
  }

  /** DATA SET MANAGEMENT with TRIM, the one thing it is for: the list of ranges comes by DMA (ATA8-ACS, 7.10). */
  private beginTrim(): Reaction {
    const { registers } = this;
    const blocks = registers.count;
    const isTrim = (registers.low('features') & TRIM) !== 0;
    if (!this.canTrim || !isTrim || blocks === 0 || blocks > MOST_TRIM_BLOCKS) return ABORTED;
    const byteLength = blocks * TRIM_BLOCK_BYTES;
    const phase: DataPhase = { kind: 'parameters', direction: 'out', byteLength };
    return { kind: 'data', phase, blockBytes: byteLength, isDma: true };
  }

  private get canTrim(): boolean {
    return this.hasDma && !this.medium.isReadOnly;
  }

  /** All of them or none: a range beyond the disk fails the command before any sector is given up. */
  private trim(list: Uint8Array): boolean {
    const ranges = trimRanges(list);
    const byteLength = (count: number): number => count * SECTOR_BYTES;
    if (!ranges.every(({ first, count }) => this.medium.holds(first, byteLength(count)))) return false;
    return ranges.every(({ first, count }) => this.medium.discard(first, byteLength(count)));
  }

  private verify(is48: boolean): Reaction {
    const range = this.addressed(is48);
    if (range === undefined) return { kind: 'failed', error: ERROR.idNotFound };
    this.setAddress(range.first + range.count - 1);
    return DONE;
  }

  private initialiseParameters(): Reaction {
    const sectorsPerTrack = this.registers.low('count');
    if (sectorsPerTrack === 0) return ABORTED;
    this.sectorsPerTrack = sectorsPerTrack;
    this.heads = (this.registers.device & 0x0f) + 1;
    return DONE;
  }

  private setMultiple(): Reaction {
    const count = this.registers.low('count');
    if (count > MOST_MULTIPLE || (count & (count - 1)) !== 0) return ABORTED;
    this.multiple = count;
    return DONE;
  }

  private setFeatures(): Reaction {
    switch (this.registers.low('features')) {
      case 0x02:
        this.isWriteCacheOn = true;
        return DONE;
      case 0x82:
        this.isWriteCacheOn = false;
        return this.medium.isReadOnly || this.medium.flush() ? DONE : ABORTED;
      case 0x03: {
        const mode = transferMode(this.registers.low('count'), this.hasDma);
        if (mode === undefined) return ABORTED;
        this.mode = mode;
        return DONE;
      }
      // Read look-ahead and defaults after a reset, on and off.
      case 0x55:
      case 0xaa:
      case 0x66:
      case 0xcc:
        return DONE;
      default:
        return ABORTED;
    }
  }

  private readNativeMax(is48: boolean): Reaction {
    this.is48 = is48;
    const last = this.medium.sectorCount - 1;
    if (is48) this.registers.lba48 = last;
    else this.registers.lba28 = Math.min(last, 0x0fff_ffff);
    return DONE;
  }

  private identify(): Reaction {
    const { medium, heads, sectorsPerTrack } = this;
    const cylinders = Math.min(0xffff, Math.floor(medium.sectorCount / (heads * sectorsPerTrack)));
    const content = identifyDisk({
      serial: this.serial,
      model: 'VIVARIUM DISK',
      sectorCount: medium.sectorCount,
      geometry: this.geometry,
      currentGeometry: { cylinders: Math.min(cylinders, MOST_CYLINDERS), heads, sectorsPerTrack },
      multiple: this.multiple,
      hasDma: this.hasDma,
      canTrim: this.canTrim,
      mode: this.mode,
      isWriteCacheOn: this.isWriteCacheOn,
    });
    return {
      kind: 'data',
      phase: { kind: 'bytes', direction: 'in', content: [...content] },
      blockBytes: SECTOR_BYTES,
      isDma: false,
    };
  }
}
