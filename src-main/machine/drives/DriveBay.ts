import type { BusDevice, InterruptLine, TimerSource } from '../BusDevice.ts';
import { CdRom } from '../cdrom/CdRom.ts';
import { CD_SECTOR_BYTES } from '../cdrom/replies.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { Dma8237 } from '../dma/Dma8237.ts';
import { DmaPageRegisters } from '../dma/DmaPageRegisters.ts';
import { Fdc82077 } from '../floppy/Fdc82077.ts';
import { type Diskette, FloppyDrive, FLOPPY_SECTOR_BYTES } from '../floppy/FloppyDrive.ts';
import { DRIVE_TYPE, floppyFormatOf, sectorCountOf } from '../floppy/floppyFormats.ts';
import { AtaDisk, diskGeometry } from '../ide/AtaDisk.ts';
import { AtapiDrive } from '../ide/AtapiDrive.ts';
import { IdeChannel } from '../ide/IdeChannel.ts';
import type { Geometry } from '../ide/identify.ts';
import type { IdeDrive } from '../ide/IdeDrive.ts';
import type { DiskImage } from '../images/DiskImage.ts';
import type { ProfileRow } from '../profiles/MachineProfile.ts';
import { VirtioBlock } from '../virtio/VirtioBlock.ts';
import { type BootDevice, DRIVE_NAMES, type DriveSlot, type RemovableSlot, USUAL_BOOT_ORDER } from './DriveSlot.ts';
import { Medium, type MediumAccess } from './Medium.ts';

const DISK_SECTOR_BYTES = 512;
const FLOPPY_DMA_CHANNEL = 2;

export type DriveImages = Readonly<Partial<Record<DriveSlot, DiskImage>>>;

/** Drives of a machine as its owner fills them. */
export interface DriveOptions {
  /** What lies in them at power-on; the machine closes the images. */
  readonly images: DriveImages;
  readonly bootOrder?: readonly BootDevice[];
}

export interface DriveBayParts {
  readonly timers: TimerSource;
  readonly memory: DeviceMemory;
  readonly options: DriveOptions;
  readonly rows: (kind: ProfileRow['kind']) => readonly ProfileRow[];
  readonly irq: (row: ProfileRow) => InterruptLine;
  /** The channels have a bus master, so their drives offer DMA. */
  readonly hasBusMaster: boolean;
  /** The host could not read or write an image; null: it can again. */
  readonly onProblem: (slot: DriveSlot, message: string | null) => void;
  readonly onAccess: (slot: DriveSlot, kind: MediumAccess) => void;
}

/** What firmware wants to know of the drives. */
export interface DriveEquipment {
  /** As CMOS byte 10h has them. */
  readonly floppyTypes: readonly [number, number];
  readonly disks: readonly (Geometry | undefined)[];
  readonly bootOrder: readonly BootDevice[];
}

export type InsertOutcome =
  /** What lay in the drive is the caller's now. */
  { readonly ok: true; readonly removed: DiskImage | undefined } | { readonly ok: false; readonly message: string };

/**
 * The controllers and drives of a machine, with what lies in them: a floppy drive, up to two disks on the first IDE
 * channel, a CD-ROM drive on the second, as far as the profile has rows for them.
 */
export class DriveBay {
  /** Controllers in the order of their rows; each row's ports are the bus's business. */
  readonly devices: readonly BusDevice[];
  /** The two IDE channels, for the function that masters the bus; absent in machines without. */
  readonly ideChannels: readonly [IdeChannel, IdeChannel] | undefined;
  readonly equipment: DriveEquipment;
  /** To be connected by whatever the machine has for it. */
  readonly virtioDisk: VirtioBlock | undefined;
  private readonly parts: DriveBayParts;
  private readonly floppy: FloppyDrive;
  private readonly cdRom: CdRom;
  private readonly media = new Map<DriveSlot, Medium>();

  constructor(parts: DriveBayParts) {
    this.parts = parts;
    const { images, bootOrder } = parts.options;
    for (const slot of ['hda', 'hdb', 'vda'] as const) {
      const image = images[slot];
      if (image) this.media.set(slot, this.medium(slot, image, DISK_SECTOR_BYTES));
    }
    const virtioMedium = this.media.get('vda');
    this.virtioDisk = virtioMedium && new VirtioBlock('virtio-blk0', virtioMedium, 'VM00004');
    const diskette = images.floppy && this.diskette(images.floppy);
    this.floppy = new FloppyDrive(diskette?.format.driveType ?? DRIVE_TYPE['1.44M']);
    this.floppy.insert(diskette);
    this.cdRom = new CdRom(images.cdrom && this.disc(images.cdrom));

    const dma = this.makeDma();
    const floppies = parts.rows('floppy').map((row) => this.makeFloppyController(row, dma[0] as Dma8237 | undefined));
    const channels = parts.rows('ide').map((row, index) => this.makeChannel(row, index));
    this.devices = [...dma, ...floppies, ...channels];
    const [primary, secondary] = channels;
    this.ideChannels = primary && secondary && [primary, secondary];
    this.equipment = {
      floppyTypes: [floppies.length > 0 ? this.floppy.type : DRIVE_TYPE.none, DRIVE_TYPE.none],
      disks: channels.length > 0 ? [this.geometry('hda'), this.geometry('hdb')] : [],
      bootOrder: bootOrder ?? USUAL_BOOT_ORDER,
    };
  }

  /** What lies in a drive. */
  inside(slot: DriveSlot): Medium | undefined {
    return this.media.get(slot);
  }

  /** Takes out what lies in a drive, and puts an image in. A refused one stays the caller's. See `HostInputs.changeMedium`. */
  insert(slot: RemovableSlot, image: DiskImage | undefined): InsertOutcome {
    const old = this.media.get(slot);
    if (slot === 'floppy') this.floppy.insert(image && this.diskette(image));
    else if (!this.cdRom.insert(image && this.disc(image))) {
      if (old) this.media.set(slot, old);
      const message =
        'The guest has locked the CD-ROM drive and was told that you want the disc: try again, or unmount it there.';
      return { ok: false, message };
    }
    if (image === undefined) this.media.delete(slot);
    // What was written is in the host's hands already.
    old?.flush();
    return { ok: true, removed: old?.image };
  }

  /** Has another image in a drive, before a state is restored in which it lay there. What was there is the caller's. */
  hold(slot: RemovableSlot, image: DiskImage | undefined): void {
    if (slot === 'floppy') this.floppy.hold(image && this.diskette(image));
    else this.cdRom.hold(image && this.disc(image));
    if (image === undefined) this.media.delete(slot);
  }

  /** Makes all that was written safe, and closes the images. The machine does not run any more. */
  close(): void {
    for (const medium of this.media.values()) {
      if (!medium.isReadOnly) medium.flush();
      medium.image.close();
    }
    this.media.clear();
  }

  private medium(slot: DriveSlot, image: DiskImage, sectorBytes: number, sectorCount?: number): Medium {
    const { onProblem, onAccess } = this.parts;
    const observer = {
      onProblem: (message: string | null) => onProblem(slot, message),
      onAccess: (kind: MediumAccess) => onAccess(slot, kind),
    };
    return new Medium(image, sectorBytes, observer, sectorCount);
  }

  private diskette(image: DiskImage): Diskette {
    const format = floppyFormatOf(image.byteLength);
    if (format === undefined) throw new Error(`${image.name} was not checked: ${DRIVE_NAMES.floppy} cannot take it`);
    const medium = this.medium('floppy', image, FLOPPY_SECTOR_BYTES, sectorCountOf(format));
    this.media.set('floppy', medium);
    return { medium, format };
  }

  private disc(image: DiskImage): Medium {
    const medium = this.medium('cdrom', image, CD_SECTOR_BYTES);
    this.media.set('cdrom', medium);
    return medium;
  }

  private geometry(slot: DriveSlot): Geometry | undefined {
    const medium = this.media.get(slot);
    return medium && diskGeometry(medium.sectorCount);
  }

  private makeDma(): readonly (Dma8237 | DmaPageRegisters)[] {
    const { rows, memory } = this.parts;
    const [bytes] = rows('dma-bytes').map(({ id }) => new Dma8237(id, memory, 1));
    const [words] = rows('dma-words').map(({ id }) => new Dma8237(id, memory, 2));
    if (bytes === undefined || words === undefined) return [];
    return [bytes, words, ...rows('dma-pages').map(({ id }) => new DmaPageRegisters(id, [bytes, words]))];
  }

  private makeFloppyController(row: ProfileRow, dma: Dma8237 | undefined): Fdc82077 {
    if (dma === undefined) throw new Error(`${row.id} needs a DMA controller`);
    const { timers, irq } = this.parts;
    const wiring = { timers: timers.of(row.id), irq: irq(row), dma: dma.channel(FLOPPY_DMA_CHANNEL) };
    return new Fdc82077(row.id, wiring, [this.floppy, new FloppyDrive(DRIVE_TYPE.none)]);
  }

  private makeChannel(row: ProfileRow, index: number): IdeChannel {
    const { timers, irq, hasBusMaster } = this.parts;
    const disk = (slot: DriveSlot, serial: string): IdeDrive | undefined => {
      const medium = this.media.get(slot);
      return medium && new AtaDisk(medium, serial, hasBusMaster);
    };
    const drives: readonly [IdeDrive | undefined, IdeDrive | undefined] =
      index === 0
        ? [disk('hda', 'VM00001'), disk('hdb', 'VM00002')]
        : [new AtapiDrive(this.cdRom, 'VM00003', hasBusMaster), undefined];
    return new IdeChannel(row.id, timers.of(row.id), irq(row), drives);
  }
}
