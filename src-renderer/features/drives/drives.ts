import type { DriveSlot, ImageAccess, RemovableSlot } from '../../../src-preload/contract/machines.ts';

export const ACCESSES = ['read-write', 'read-only', 'overlay'] as const satisfies readonly ImageAccess[];

export function isRemovable(slot: DriveSlot): slot is RemovableSlot {
  return slot === 'floppy' || slot === 'cdrom';
}
