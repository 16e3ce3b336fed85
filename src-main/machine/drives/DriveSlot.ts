import type { MachineProfile } from '../profiles/MachineProfile.ts';

/** Where an image can be put. */
export const DRIVE_SLOTS = ['floppy', 'hda', 'hdb', 'cdrom', 'vda'] as const;
export type DriveSlot = (typeof DRIVE_SLOTS)[number];

/** Slots whose medium can be changed while the machine runs. */
export const REMOVABLE_SLOTS = ['floppy', 'cdrom'] as const satisfies readonly DriveSlot[];
export type RemovableSlot = (typeof REMOVABLE_SLOTS)[number];

/** For messages to the user. */
export const DRIVE_NAMES: Readonly<Record<DriveSlot, string>> = {
  floppy: 'the floppy drive',
  hda: 'the first hard disk',
  hdb: 'the second hard disk',
  cdrom: 'the CD-ROM drive',
  vda: 'the virtio disk',
};

/** Whether machines of a profile have this drive. */
export function hasDrive({ devices }: MachineProfile, slot: DriveSlot): boolean {
  if (slot === 'floppy') return devices.some(({ kind }) => kind === 'floppy');
  if (slot === 'vda') return devices.some(({ kind }) => kind === 'pci-host' || kind === 'virtio-mmio');
  return devices.some(({ kind }) => kind === 'ide');
}

/** What firmware can start from. */
export const BOOT_DEVICES = ['floppy', 'disk', 'cdrom'] as const;
export type BootDevice = (typeof BOOT_DEVICES)[number];
export const USUAL_BOOT_ORDER: readonly BootDevice[] = ['floppy', 'disk', 'cdrom'];
