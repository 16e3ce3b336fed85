import path from 'node:path';
import { NodeImageHost } from '../hypervisor/storage/NodeImageHost.ts';
import type { DriveOptions } from '../machine/drives/DriveBay.ts';
import { type BootDevice, type DriveSlot, hasDrive } from '../machine/drives/DriveSlot.ts';
import { openDriveImage } from '../machine/drives/openDriveImage.ts';
import type { DiskImage } from '../machine/images/DiskImage.ts';
import type { ImageAccess } from '../machine/images/openImage.ts';
import type { MachineProfile } from '../machine/profiles/MachineProfile.ts';
import { UsageError } from './ExitStatus.ts';

/** What the user put into the machine's drives. */
export interface DriveChoice {
  readonly files: readonly { readonly slot: DriveSlot; readonly file: string }[];
  readonly access: ImageAccess;
  readonly bootOrder: readonly BootDevice[] | undefined;
}

/** Opens all images; throws {@link UsageError} on the first that cannot be used, and leaves none open. */
export function openDrives(
  { files, access, bootOrder }: DriveChoice,
  profile: MachineProfile,
  host = new NodeImageHost(),
): DriveOptions {
  const homeless = files.find(({ slot }) => !hasDrive(profile, slot));
  if (homeless !== undefined)
    throw new UsageError(`--${homeless.slot}: a machine of the profile ${profile.name} has no such drive.`);
  if (access === 'read-write') refuseSharedFiles(files);
  const images: Partial<Record<DriveSlot, DiskImage>> = {};
  for (const { slot, file } of files) {
    const opened = openDriveImage(host, slot, file, access);
    if (!opened.ok) {
      for (const image of Object.values(images)) image.close();
      throw new UsageError(`--${slot}: ${opened.message}`);
    }
    images[slot] = opened.image;
  }
  return { images, ...(bootOrder && { bootOrder }) };
}

/** Two drives that write to one file would destroy it. */
function refuseSharedFiles(files: DriveChoice['files']): void {
  const users = new Map<string, DriveSlot>();
  for (const { slot, file } of files) {
    const place = path.resolve(file);
    const other = users.get(place);
    users.set(place, slot);
    if (other === undefined) continue;
    throw new UsageError(
      `--${slot}: ${file} lies in --${other} too, and both would write to it. Copy it, or add --overlay or --read-only.`,
    );
  }
}
