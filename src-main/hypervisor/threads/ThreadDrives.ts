import { statSync } from 'node:fs';
import path from 'node:path';
import type { DriveBay, DriveOptions } from '../../machine/drives/DriveBay.ts';
import {
  type BootDevice,
  DRIVE_NAMES,
  type DriveSlot,
  REMOVABLE_SLOTS,
  type RemovableSlot,
} from '../../machine/drives/DriveSlot.ts';
import { openDriveImage } from '../../machine/drives/openDriveImage.ts';
import type { DiskImage } from '../../machine/images/DiskImage.ts';
import { FreezableImage } from '../../machine/images/FreezableImage.ts';
import { renameBacking } from '../../machine/images/qcow2/Qcow2Header.ts';
import { RewindableImage } from '../../machine/images/RewindableImage.ts';
import { imageChain } from '../recordings/imageChain.ts';
import { NodeImageHost } from '../storage/NodeImageHost.ts';
import {
  DriveRefusal,
  type ImageClaim,
  type JoinedLayer,
  type MediumInDrive,
  type NewLayer,
  type ThreadDrive,
} from './ThreadMachine.ts';

/** The images of a machine in its thread: in files, as main wants them, and by what main calls them. */
export class ThreadDrives {
  /** Those that are written can go back. */
  readonly #isRepeatable: boolean;
  readonly #known = new WeakMap<DiskImage, ThreadDrive>();
  readonly #told = new Map<RemovableSlot, DiskImage | undefined>();
  #bay: DriveBay | undefined;
  #atPowerOn: readonly ThreadDrive[] = [];

  constructor(isRepeatable: boolean) {
    this.#isRepeatable = isRepeatable;
  }

  /** Throws a {@link DriveRefusal}. */
  open(drive: ThreadDrive): DiskImage {
    const opened = openImageOf(drive);
    const freezable = opened.isReadOnly ? opened : new FreezableImage(opened);
    const image = this.#isRepeatable && !opened.isReadOnly ? new RewindableImage(freezable) : freezable;
    this.#known.set(image, drive);
    return image;
  }

  /** Opens every image, or none. Throws a {@link DriveRefusal}. */
  openAll(drives: readonly ThreadDrive[], bootOrder: readonly BootDevice[] | null): DriveOptions {
    this.#atPowerOn = drives;
    const images: Partial<Record<DriveSlot, DiskImage>> = {};
    try {
      for (const drive of drives) images[drive.slot] = this.open(drive);
    } catch (error) {
      for (const image of Object.values(images)) image.close();
      throw error;
    }
    return { images, ...(bootOrder && { bootOrder }) };
  }

  /** The images lie in these drives. */
  attach(bay: DriveBay): void {
    this.#bay = bay;
    for (const slot of REMOVABLE_SLOTS) this.noteTold(slot);
  }

  get atPowerOn(): readonly ThreadDrive[] {
    return this.#atPowerOn;
  }

  /** What lies in drives whose medium can be changed. */
  get changeable(): readonly ThreadDrive[] {
    return REMOVABLE_SLOTS.flatMap((slot) => {
      const image = this.#bay?.inside(slot)?.image;
      return (image && this.#known.get(image)) ?? [];
    });
  }

  /** The user's file that an image shows, whatever takes its writes. */
  fileOf(image: DiskImage): string {
    return this.#known.get(image)?.path ?? image.name;
  }

  /** The file does not hold what the guest found in it when it was opened. */
  isWritten(image: DiskImage): boolean {
    const known = this.#known.get(image);
    if (known?.access !== 'read-write' || image.isReadOnly) return false;
    return known.layerFile !== null || (image instanceof RewindableImage && image.rememberedBytes > 0);
  }

  /** Another machine wants the file, and one of the two writes it. */
  isClaimed(image: DiskImage, claim: ImageClaim): boolean {
    const known = this.#known.get(image);
    const isWritten = claim.isWritten || (known?.access === 'read-write' && !image.isReadOnly);
    return isWritten && path.resolve(this.fileOf(image)) === path.resolve(claim.path);
  }

  /** The same file that the guest writes, opened once: what lies in no drive now shows what was written to it. */
  findOpen(drive: ThreadDrive, images: Iterable<DiskImage>): DiskImage | undefined {
    for (const image of images) {
      const known = this.#known.get(image);
      if (known === undefined || image.isReadOnly || known.slot !== drive.slot) continue;
      if (path.resolve(known.path) === path.resolve(drive.path) && known.layerFile === drive.layerFile) return image;
    }
    return undefined;
  }

  /** Changes when anybody changes one of the files that an image is made of. */
  stateOf(image: DiskImage): string {
    const known = this.#known.get(image);
    if (known === undefined) return '';
    try {
      const files = imageChain(known.layerFile ?? known.path).map((file) => statSync(file, { bigint: true }));
      return files.map(({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`).join();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Main knows what lies in a drive now. */
  noteTold(slot: RemovableSlot): void {
    this.#told.set(slot, this.#bay?.inside(slot)?.image);
  }

  /** What lies in drives other than what main was told last. */
  takeChanges(): readonly MediumInDrive[] {
    return REMOVABLE_SLOTS.flatMap((slot) => {
      const image = this.#bay?.inside(slot)?.image;
      if (image === this.#told.get(slot)) return [];
      this.noteTold(slot);
      return [{ slot, drive: (image && this.#known.get(image)) ?? null }];
    });
  }

  /** Returns what lets the drive's writes go to another file from now on. Throws an error with a sentence for the user. */
  prepareFreeze({ slot, file, below }: NewLayer): () => void {
    const host = new NodeImageHost();
    const image = this.#freezable(slot);
    // Something else is in the drive by now, or an answer came too late for main.
    if (image?.name !== below) throw new Error(`${DRIVE_NAMES[slot]} was changed meanwhile: try again.`);
    const freeze = image.prepareFreeze(host.open(file, 'read-write'), host);
    return () => {
      freeze();
      this.#noteLayer(slot, file);
    };
  }

  /** Returns what opens the drive anew on another file. Throws a {@link DriveRefusal}. */
  prepareReplacement(drive: ThreadDrive): () => void {
    const image = this.#freezable(drive.slot);
    if (image === undefined) throw new DriveRefusal(`${DRIVE_NAMES[drive.slot]} holds something else.`);
    const replacement = openImageOf(drive);
    return () => {
      image.replace(replacement);
      this.#noteLayer(drive.slot, drive.layerFile);
    };
  }

  /** See `ThreadMachine.relayer`. */
  relayer({ slot, top, below }: JoinedLayer): void {
    const image = this.#freezable(slot);
    if (image?.name !== top) throw new Error(`${DRIVE_NAMES[slot]} was changed meanwhile.`);
    const file = new NodeImageHost().open(top, 'read-write');
    try {
      renameBacking(file, { name: path.basename(below), format: 'qcow2' });
      file.flush();
    } finally {
      file.close();
    }
    image.replace(openImageOf({ slot, path: top, access: 'read-write', layerFile: top }));
  }

  /** What writes go to in the end. */
  #freezable(slot: DriveSlot): FreezableImage | undefined {
    const image = this.#bay?.inside(slot)?.image;
    const written = image instanceof RewindableImage ? image.image : image;
    return written instanceof FreezableImage ? written : undefined;
  }

  #noteLayer(slot: DriveSlot, layerFile: string | null): void {
    const image = this.#bay?.inside(slot)?.image;
    const known = image && this.#known.get(image);
    if (image && known) this.#known.set(image, { ...known, layerFile });
  }
}

function openImageOf({ slot, path: image, access, layerFile }: ThreadDrive): DiskImage {
  const [file, use] = layerFile === null ? [image, access] : [layerFile, 'read-write' as const];
  const opened = openDriveImage(new NodeImageHost(), slot, file, use);
  if (!opened.ok) throw new DriveRefusal(opened.message);
  return opened.image;
}
