import type { DeviceState } from '../BusDevice.ts';
import { CD_EMULATIONS, type CdBootEntry, readBootEntry } from '../images/ElTorito.ts';
import { checkVersion, readObject } from '../snapshot.ts';
import type { Geometry } from '../ide/identify.ts';
import {
  disketteFormat,
  FIRST_HARD_DISK,
  type FirmwareDrive,
  type FirmwareMedium,
  translatedGeometry,
} from './drives.ts';
import { emulatedDrive, emulatedMedium } from './emulatedMedium.ts';
import type { FirmwareMemory } from './FirmwareMemory.ts';
import { linear, type ServiceFrame } from './ServiceFrame.ts';

/** Status codes of INT 13h. */
const STATUS = {
  ok: 0x00,
  badCommand: 0x01,
  writeProtected: 0x03,
  sectorNotFound: 0x04,
  changed: 0x06,
  badMediaType: 0x0c,
  controllerFailure: 0x20,
  timeout: 0x80,
  noMedia: 0x31,
} as const;

/** Offsets in the BIOS data area. */
const FLOPPY_STATUS = 0x41,
  DISK_STATUS = 0x74,
  DISK_COUNT = 0x75,
  FLOPPY_RECALIBRATED = 0x3e,
  FLOPPY_CONTROLLER = 0x8f,
  FLOPPY_MEDIA = 0x90;
/** Of the first drive: it has 80 tracks and several rates, and that is certain; 1.44 MB at 500 kbit/s, established. */
const FLOPPY_DETERMINED = 0x07,
  FLOPPY_ESTABLISHED = 0x17;

/** INT 1Eh leads to the diskette parameter table, whose byte 8 fills formatted sectors. */
const DISKETTE_VECTOR = 0x1e * 4;
const FILL_BYTE = 8;
/** A packet's far pointer that says: the flat address is the quadword behind the packet (Enhanced Disk Drive 3.0). */
const FLAT_ADDRESS_FOLLOWS = 0xffff_ffff;
const FLAT_PACKET_BYTES = 0x18;

export const CD_DRIVE = 0xe0;
const MOST_BYTES = 0xffff;
interface CdBoot {
  readonly entry: CdBootEntry;
  /** Drive that the image stands for. */
  readonly emulates: number | undefined;
}

/** INT 13h: floppies, hard disks and CDs, by cylinder, head and sector and by the extensions (Enhanced Disk Drive, 3.0). */
export class DiskServices {
  private readonly memory: FirmwareMemory;
  private readonly drives: () => readonly FirmwareDrive[];
  /** A CD was booted: its entry, and whether it stands for a diskette or a disk. */
  private bootEntry: CdBoot | undefined;
  /** What lay in the first diskette drive when somebody was last told. */
  private knownDiskette: FirmwareMedium | undefined;

  constructor(memory: FirmwareMemory, drives: () => readonly FirmwareDrive[]) {
    this.memory = memory;
    this.drives = drives;
  }

  powerOn(): void {
    this.bootEntry = undefined;
    this.noteDiskette();
    this.memory.setData8(DISK_COUNT, this.count('hard-disk'));
    if (this.count('floppy') === 0) return;
    this.memory.setData8(FLOPPY_RECALIBRATED, 1);
    this.memory.setData8(FLOPPY_CONTROLLER, FLOPPY_DETERMINED);
    this.memory.setData8(FLOPPY_MEDIA, FLOPPY_ESTABLISHED);
  }

  save(): DeviceState {
    return {
      version: 1,
      bootEntry: this.bootEntry ? { version: 1, ...this.bootEntry.entry } : null,
      isDisketteChanged: this.isDisketteChanged,
    };
  }

  restore(state: DeviceState): void {
    checkVersion('disk services', state, 1);
    this.setBootEntry(state['bootEntry'] === null ? undefined : readBootEntry(readObject(state, 'bootEntry')));
    this.noteDiskette();
    if (state['isDisketteChanged'] === true) this.knownDiskette = undefined;
  }

  /** What lies in the diskette drive now is no news to the guest: it starts from it, or was told. */
  noteDiskette(): void {
    this.knownDiskette = this.nth('floppy', 0)?.medium();
  }

  /** A drive with a diskette in it, which an image on a CD is not. */
  private isDisketteDrive(number: number): boolean {
    return number < FIRST_HARD_DISK && this.bootEntry?.emulates !== number;
  }

  private get isDisketteChanged(): boolean {
    return this.nth('floppy', 0)?.medium() !== this.knownDiskette;
  }

  /** The drive that a number names; by an emulating CD boot, drive 0 or 80h is the image on the CD. */
  find(number: number): FirmwareDrive | undefined {
    const { bootEntry } = this;
    if (bootEntry?.emulates === number)
      return { kind: number === 0 ? 'floppy' : 'hard-disk', medium: () => this.emulated(bootEntry.entry) };
    if (number === CD_DRIVE) return this.nth('cdrom', 0);
    const isDisk = number >= FIRST_HARD_DISK;
    const shift = bootEntry?.emulates === (isDisk ? FIRST_HARD_DISK : 0) ? 1 : 0;
    return this.nth(isDisk ? 'hard-disk' : 'floppy', (number & 0x7f) - shift);
  }

  setBootEntry(entry: CdBootEntry | undefined): void {
    this.bootEntry = entry && { entry, emulates: emulatedDrive(entry) };
  }

  serve(frame: ServiceFrame): void {
    const number = frame.dl;
    if (frame.ah === 0x01) {
      this.finish(frame, this.memory.data8(number >= FIRST_HARD_DISK ? DISK_STATUS : FLOPPY_STATUS));
      return;
    }
    if (frame.ah === 0x4b) return this.serveElTorito(frame);
    if (frame.ah === 0x08) return this.parameters(frame, number);
    if (frame.ah === 0x15) return this.driveType(frame, number);
    const drive = this.find(number);
    if (drive === undefined) return this.finish(frame, number < FIRST_HARD_DISK ? STATUS.timeout : STATUS.badCommand);
    const { ah } = frame;
    const reachesMedium = (ah >= 0x02 && ah <= 0x05) || ah === 0x16;
    if (reachesMedium && this.isDisketteDrive(number) && drive.medium() && this.isDisketteChanged) {
      this.noteDiskette();
      return this.fail(frame, STATUS.changed);
    }
    switch (ah) {
      case 0x00:
      case 0x09:
      case 0x0c:
      case 0x0d:
      case 0x10:
      case 0x11:
      case 0x14:
        return this.finish(frame, STATUS.ok);
      case 0x02:
      case 0x03:
      case 0x04:
        return this.moveSectors(frame, drive);
      case 0x05:
        return this.formatTrack(frame, drive);
      case 0x16:
        return this.finish(frame, drive.medium() ? STATUS.ok : STATUS.timeout);
      case 0x17:
        return this.finish(frame, drive.kind === 'floppy' ? STATUS.ok : STATUS.badCommand);
      case 0x18:
        return this.setMediaType(frame, drive);
      default:
        return this.serveExtension(frame, drive);
    }
  }

  /** AH 02h read, 03h write, 04h verify. */
  private moveSectors(frame: ServiceFrame, drive: FirmwareDrive): void {
    const medium = drive.medium();
    if (!medium) return this.fail(frame, STATUS.timeout);
    const geometry = geometryOf(drive, medium);
    const cylinder = frame.ch | ((frame.cl & 0xc0) << 2);
    const sector = frame.cl & 0x3f;
    const { al: count, dh: head } = frame;
    if (sector === 0 || sector > geometry.sectorsPerTrack || head >= geometry.heads || count === 0) {
      return this.fail(frame, count === 0 ? STATUS.badCommand : STATUS.sectorNotFound);
    }
    const first = (cylinder * geometry.heads + head) * geometry.sectorsPerTrack + sector - 1;
    const status = this.transfer(medium, frame.ah - 2, first, count, linear(frame.es, frame.bx));
    if (status !== STATUS.ok) return this.fail(frame, status);
    this.finish(frame, STATUS.ok);
    frame.al = count;
  }

  /** AH 05h: every sector of a diskette's track gets the byte that the parameter table names. */
  private formatTrack(frame: ServiceFrame, drive: FirmwareDrive): void {
    const medium = drive.medium();
    if (drive.kind !== 'floppy') return this.fail(frame, STATUS.badCommand);
    if (!medium) return this.fail(frame, STATUS.timeout);
    if (medium.isReadOnly) return this.fail(frame, STATUS.writeProtected);
    const { cylinders, heads, sectorsPerTrack } = geometryOf(drive, medium);
    const { ch: cylinder, dh: head } = frame;
    if (cylinder >= cylinders || head >= heads) return this.fail(frame, STATUS.sectorNotFound);
    const track = new Uint8Array(sectorsPerTrack * medium.sectorBytes).fill(
      this.memory.read8(this.disketteTable + FILL_BYTE),
    );
    const isWritten = medium.write((cylinder * heads + head) * sectorsPerTrack, track);
    this.finish(frame, isWritten ? STATUS.ok : STATUS.controllerFailure);
  }

  /** AH 18h: whether a diskette of CH + 1 tracks with CL sectors can be formatted, and by which parameter table. */
  private setMediaType(frame: ServiceFrame, drive: FirmwareDrive): void {
    const medium = drive.medium();
    if (drive.kind !== 'floppy') return this.fail(frame, STATUS.badCommand);
    if (!medium) return this.fail(frame, STATUS.timeout);
    const { cylinders, sectorsPerTrack } = geometryOf(drive, medium);
    const last = frame.ch | ((frame.cl & 0xc0) << 2);
    if (last !== cylinders - 1 || (frame.cl & 0x3f) !== sectorsPerTrack) return this.fail(frame, STATUS.badMediaType);
    this.nameDisketteTable(frame);
    this.finish(frame, STATUS.ok);
  }

  private get disketteTable(): number {
    return linear(this.memory.read16(DISKETTE_VECTOR + 2), this.memory.read16(DISKETTE_VECTOR));
  }

  private nameDisketteTable(frame: ServiceFrame): void {
    frame.es = this.memory.read16(DISKETTE_VECTOR + 2);
    frame.di = this.memory.read16(DISKETTE_VECTOR);
  }

  /** @param direction 0 read, 1 write, 2 verify */
  private transfer(medium: FirmwareMedium, direction: number, first: number, count: number, address: number): number {
    const length = count * medium.sectorBytes;
    if (first + count > medium.sectorCount) return STATUS.sectorNotFound;
    if (direction === 1) {
      if (medium.isReadOnly) return STATUS.writeProtected;
      return medium.write(first, this.memory.readBytes(address, length)) ? STATUS.ok : STATUS.controllerFailure;
    }
    const bytes = new Uint8Array(length);
    if (!medium.read(first, bytes)) return STATUS.controllerFailure;
    if (direction === 0) this.memory.writeBytes(address, bytes);
    return STATUS.ok;
  }

  private parameters(frame: ServiceFrame, number: number): void {
    const drive = this.find(number);
    const isFloppy = number < FIRST_HARD_DISK;
    if (drive === undefined || drive.kind === 'cdrom') {
      frame.dl = this.count(isFloppy ? 'floppy' : 'hard-disk');
      return this.fail(frame, isFloppy ? STATUS.badCommand : 0x07);
    }
    const medium = drive.medium();
    const format = disketteFormat(medium?.sectorCount);
    const geometry = isFloppy ? format : diskGeometry(medium);
    const last = geometry.cylinders - 1;
    this.finish(frame, STATUS.ok);
    frame.al = 0;
    frame.ch = last & 0xff;
    frame.cl = geometry.sectorsPerTrack | ((last >> 2) & 0xc0);
    frame.dh = geometry.heads - 1;
    frame.dl =
      this.count(isFloppy ? 'floppy' : 'hard-disk') + Number(this.bootEntry?.emulates === (isFloppy ? 0 : 0x80));
    if (!isFloppy) return;
    frame.bx = format.driveType;
    this.nameDisketteTable(frame);
  }

  private driveType(frame: ServiceFrame, number: number): void {
    const drive = this.find(number);
    frame.isCarry = false;
    if (drive === undefined || drive.kind === 'cdrom') frame.ah = 0;
    else if (drive.kind === 'floppy') frame.ah = 2;
    else {
      const count = drive.medium()?.sectorCount ?? 0;
      frame.ah = 3;
      frame.cx = (count >>> 16) & 0xffff;
      frame.dx = count & 0xffff;
    }
  }

  private serveExtension(frame: ServiceFrame, drive: FirmwareDrive): void {
    const isExtended = drive.kind !== 'floppy';
    if (frame.ah === 0x41 && isExtended && frame.bx === 0x55aa) {
      frame.isCarry = false;
      // Version 3.0: packets, removable media, drive parameters.
      frame.ah = 0x30;
      frame.bx = 0xaa55;
      frame.cx = 0x0007;
      return;
    }
    if (!isExtended) return this.fail(frame, STATUS.badCommand);
    switch (frame.ah) {
      case 0x42:
      case 0x43:
      case 0x44:
        return this.movePacket(frame, drive);
      case 0x45:
      case 0x46:
      case 0x47:
      case 0x49:
        return this.finish(frame, STATUS.ok);
      case 0x48:
        return this.extendedParameters(frame, drive);
      default:
        return this.fail(frame, STATUS.badCommand);
    }
  }

  /** 42h read, 43h write, 44h verify: the packet at DS:SI. */
  private movePacket(frame: ServiceFrame, drive: FirmwareDrive): void {
    const { memory } = this;
    const packet = linear(frame.ds, frame.si);
    const medium = drive.medium();
    if (!medium) return this.fail(frame, STATUS.noMedia);
    if (memory.read8(packet) < 0x10) return this.fail(frame, STATUS.badCommand);
    const count = memory.read16(packet + 2);
    const far = memory.read32(packet + 4);
    const isFlat = far === FLAT_ADDRESS_FOLLOWS && memory.read8(packet) >= FLAT_PACKET_BYTES;
    const address = isFlat ? memory.read32(packet + 0x10) : linear(far >>> 16, far & 0xffff);
    const first = memory.read32(packet + 8) + memory.read32(packet + 12) * 2 ** 32;
    if (count * medium.sectorBytes > MOST_BYTES * 16) return this.fail(frame, STATUS.badCommand);
    const status = this.transfer(medium, frame.ah - 0x42, first, count, address);
    if (status === STATUS.ok) return this.finish(frame, STATUS.ok);
    memory.write16(packet + 2, 0);
    this.fail(frame, status);
  }

  private extendedParameters(frame: ServiceFrame, drive: FirmwareDrive): void {
    const { memory } = this;
    const result = linear(frame.ds, frame.si);
    const medium = drive.medium();
    const size = memory.read16(result);
    if (size < 0x1a) return this.fail(frame, STATUS.badCommand);
    const count = medium?.sectorCount ?? 0;
    const geometry = diskGeometry(medium);
    memory.write16(result, 0x1a);
    // Bit 1: the geometry is valid; 2: removable, 4: change line, 5: lockable.
    memory.write16(result + 2, drive.kind === 'cdrom' ? 0x0074 : 0x0002);
    memory.write32(result + 4, drive.kind === 'cdrom' ? 0xffff_ffff : geometry.cylinders);
    memory.write32(result + 8, drive.kind === 'cdrom' ? 0xffff_ffff : geometry.heads);
    memory.write32(result + 12, drive.kind === 'cdrom' ? 0xffff_ffff : geometry.sectorsPerTrack);
    memory.write32(result + 16, count >>> 0);
    memory.write32(result + 20, Math.floor(count / 2 ** 32));
    memory.write16(result + 24, medium?.sectorBytes ?? (drive.kind === 'cdrom' ? 2048 : 512));
    this.finish(frame, STATUS.ok);
  }

  /** 4B00h ends an emulation, 4B01h tells of it: the specification packet at DS:SI (El Torito 1.0, figure 5). */
  private serveElTorito(frame: ServiceFrame): void {
    const { bootEntry, memory } = this;
    if (bootEntry === undefined || frame.al > 1) return this.fail(frame, STATUS.badCommand);
    const packet = linear(frame.ds, frame.si);
    memory.write8(packet, 0x13);
    memory.write8(packet + 1, CD_EMULATIONS.indexOf(bootEntry.entry.emulation));
    memory.write8(packet + 2, bootEntry.emulates ?? CD_DRIVE);
    memory.write8(packet + 3, 0);
    memory.write32(packet + 4, bootEntry.entry.firstSector);
    memory.write16(packet + 8, 0);
    memory.write16(packet + 10, 0);
    memory.write16(packet + 12, bootEntry.entry.loadSegment);
    memory.write16(packet + 14, bootEntry.entry.sectorCount);
    if (frame.al === 0) this.bootEntry = { ...bootEntry, emulates: undefined };
    this.finish(frame, STATUS.ok);
  }

  private emulated(entry: CdBootEntry): FirmwareMedium | undefined {
    const cd = this.nth('cdrom', 0)?.medium();
    return cd && emulatedMedium(cd, entry);
  }

  private nth(kind: FirmwareDrive['kind'], index: number): FirmwareDrive | undefined {
    return this.drives().filter((drive) => drive.kind === kind)[index];
  }

  private count(kind: FirmwareDrive['kind']): number {
    return this.drives().filter((drive) => drive.kind === kind).length;
  }

  private fail(frame: ServiceFrame, status: number): void {
    this.finish(frame, status);
    frame.al = 0;
  }

  private finish(frame: ServiceFrame, status: number): void {
    this.memory.setData8(frame.dl >= FIRST_HARD_DISK ? DISK_STATUS : FLOPPY_STATUS, status);
    frame.ah = status;
    frame.isCarry = status !== STATUS.ok;
  }
}

function geometryOf(drive: FirmwareDrive, medium: FirmwareMedium): Geometry {
  return drive.kind === 'floppy' ? disketteFormat(medium.sectorCount) : diskGeometry(medium);
}

/** By which INT 13h addresses a hard disk. */
function diskGeometry(medium: FirmwareMedium | undefined): Geometry {
  return medium?.geometry ?? translatedGeometry(medium?.sectorCount ?? 0);
}
