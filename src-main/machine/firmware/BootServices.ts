import type { BootDevice } from '../drives/DriveSlot.ts';
import type { DeviceState } from '../BusDevice.ts';
import { type CdBootEntry, readBootCatalogue } from '../images/ElTorito.ts';
import { CD_DRIVE, type DiskServices } from './DiskServices.ts';
import { FIRST_HARD_DISK, type FirmwareMedium } from './drives.ts';
import { emulatedDrive } from './emulatedMedium.ts';
import type { FirmwareMemory } from './FirmwareMemory.ts';
import { checkVersion, readFlag } from '../snapshot.ts';
import { linear, type ServiceFrame } from './ServiceFrame.ts';

const BOOT_ADDRESS = 0x7c00;
const SECTOR_BYTES = 512;
const NAMES: Readonly<Record<BootDevice, string>> = { floppy: 'floppy disk', disk: 'hard disk', cdrom: 'CD-ROM' };

/** INT 19h: starts from the first device that can be started from, and says why not when none can. */
export class BootServices {
  private readonly memory: FirmwareMemory;
  private readonly disks: DiskServices;
  private readonly order: () => readonly BootDevice[];
  private readonly print: (text: string) => void;
  private readonly onNothingToStart: (reasons: readonly string[]) => void;
  private hasFailed = false;

  constructor(
    memory: FirmwareMemory,
    disks: DiskServices,
    order: () => readonly BootDevice[],
    tell: { readonly print: (text: string) => void; readonly onNothingToStart: (reasons: readonly string[]) => void },
  ) {
    this.memory = memory;
    this.disks = disks;
    this.order = order;
    this.print = tell.print;
    this.onNothingToStart = tell.onNothingToStart;
  }

  powerOn(): void {
    this.hasFailed = false;
  }

  save(): DeviceState {
    return { version: 1, hasFailed: this.hasFailed };
  }

  restore(state: DeviceState): void {
    checkVersion('boot services', state, 1);
    this.hasFailed = readFlag(state, 'hasFailed');
  }

  /** The frame returns to 0:7C00h; a medium that is put in later is tried at the next tick of the clock. */
  serve(frame: ServiceFrame): void {
    const reasons: string[] = [];
    for (const device of this.order()) {
      const failure = device === 'cdrom' ? this.bootCd(frame) : this.bootSector(frame, device);
      if (failure === undefined) {
        this.hasFailed = false;
        return;
      }
      reasons.push(`${NAMES[device]}: ${failure}`);
    }
    if (!this.hasFailed) {
      const lines = ['Nothing to start from.', ...reasons.map((reason) => `  ${reason}`)];
      this.print([...lines, 'Put in a disk or choose an image: it is tried at once.', ''].join('\r\n'));
      this.onNothingToStart(reasons);
    }
    this.hasFailed = true;
    frame.again('interrupt');
  }

  /** Returns why it did not. */
  private bootSector(frame: ServiceFrame, device: 'floppy' | 'disk'): string | undefined {
    const number = device === 'floppy' ? 0 : FIRST_HARD_DISK;
    const medium = this.disks.find(number)?.medium();
    if (medium === undefined) return 'there is none';
    const sector = new Uint8Array(SECTOR_BYTES);
    if (!medium.read(0, sector)) return 'its first sector cannot be read';
    if (sector[510] !== 0x55 || sector[511] !== 0xaa) return 'not bootable (bytes 510 and 511 are not 55h AAh)';
    this.memory.writeBytes(BOOT_ADDRESS, sector);
    this.enter(frame, number, 0, BOOT_ADDRESS);
    return undefined;
  }

  private bootCd(frame: ServiceFrame): string | undefined {
    const cd = this.disks.find(CD_DRIVE)?.medium();
    if (cd === undefined) return 'there is none';
    const read = (sector: number): Uint8Array | undefined => {
      const bytes = new Uint8Array(cd.sectorBytes);
      return cd.read(sector, bytes) ? bytes : undefined;
    };
    const entry = readBootCatalogue(read).find(({ platform }) => platform === 0);
    if (entry === undefined) return 'not bootable (it has no El Torito boot catalogue)';
    if (!this.loadCdImage(cd, entry)) return 'its boot image cannot be read';
    this.disks.setBootEntry(entry);
    const { loadSegment } = entry;
    // Loaders expect 0:7C00h rather than 7C0h:0.
    const isUsual = loadSegment === BOOT_ADDRESS >> 4;
    this.enter(frame, emulatedDrive(entry) ?? CD_DRIVE, isUsual ? 0 : loadSegment, isUsual ? BOOT_ADDRESS : 0);
    return undefined;
  }

  private loadCdImage(cd: FirmwareMedium, entry: CdBootEntry): boolean {
    const length = entry.sectorCount * SECTOR_BYTES;
    const bytes = new Uint8Array(Math.ceil(length / cd.sectorBytes) * cd.sectorBytes);
    if (!cd.read(entry.firstSector, bytes)) return false;
    this.memory.writeBytes(linear(entry.loadSegment, 0), bytes.subarray(0, length));
    return true;
  }

  private enter(frame: ServiceFrame, drive: number, segment: number, offset: number): void {
    this.disks.noteDiskette();
    frame.edx = drive;
    frame.eax = 0xaa55;
    frame.returnTo(segment, offset);
  }
}
