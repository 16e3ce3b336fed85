import type { DriveBay } from '../../machine/drives/DriveBay.ts';
import { DRIVE_SLOTS, REMOVABLE_SLOTS, type RemovableSlot } from '../../machine/drives/DriveSlot.ts';
import type { DiskImage } from '../../machine/images/DiskImage.ts';
import { type ImageLayer, LayeredImage } from '../../machine/images/LayeredImage.ts';

/** What lies in a machine's drives, and what its disks have in front of their images. */
export interface DisksAtCheckpoint {
  readonly media: ReadonlyMap<RemovableSlot, DiskImage | undefined>;
  readonly layers: ReadonlyMap<LayeredImage, ImageLayer>;
}

/**
 * A machine's disks over its checkpoints: those in its drives, and those that were taken out and lie there again when
 * it goes back. All of them belong to this history, which closes what lies in no drive when it ends.
 */
export class DiskHistory {
  private readonly drives: DriveBay;
  private readonly known = new Set<DiskImage>();

  constructor(drives: DriveBay) {
    this.drives = drives;
    for (const slot of DRIVE_SLOTS) this.add(drives.inside(slot)?.image);
  }

  /** An image that is about to be put into a drive. */
  add(image: DiskImage | undefined): void {
    if (image) this.known.add(image);
  }

  /** All images, whether they lie in a drive now or not. */
  get images(): ReadonlySet<DiskImage> {
    return this.known;
  }

  /** Those that lie in no drive now. */
  get outside(): readonly DiskImage[] {
    const inside = new Set(DRIVE_SLOTS.map((slot) => this.drives.inside(slot)?.image));
    return [...this.known].filter((image) => !inside.has(image));
  }

  capture(): DisksAtCheckpoint {
    const layered = [...this.known].filter((image) => image instanceof LayeredImage);
    return {
      media: new Map(REMOVABLE_SLOTS.map((slot) => [slot, this.drives.inside(slot)?.image])),
      layers: new Map(layered.map((image) => [image, image.layer])),
    };
  }

  /** Before the machine's state is restored. What came later is empty of what was written to it. */
  restore({ media, layers }: DisksAtCheckpoint): void {
    for (const [slot, image] of media) if (this.drives.inside(slot)?.image !== image) this.drives.hold(slot, image);
    for (const image of this.known) if (image instanceof LayeredImage) image.layer = layers.get(image) ?? new Map();
  }

  close(): void {
    for (const image of this.outside) {
      image.close();
      this.known.delete(image);
    }
  }
}
