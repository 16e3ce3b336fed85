import path from 'node:path';
import { refused } from './results.ts';
import type { HypervisorError, VmDrive } from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

type DriveInUse = VmDrive & { readonly layer?: string | null };

/**
 * Two machines that write one image destroy it, and one that reads what another one writes sees neither the old nor the
 * new: why `drives` cannot be used now, or undefined.
 */
export function findImageConflict(
  machine: VirtualMachine,
  drives: readonly DriveInUse[],
  machines: Iterable<VirtualMachine>,
): { readonly ok: false; readonly error: HypervisorError } | undefined {
  for (const other of machines) {
    if (other === machine || other.state === 'off') continue;
    for (const theirs of other.stored.drives) {
      const ours = drives.find((each) => path.resolve(each.path) === path.resolve(theirs.path));
      if (ours === undefined || (!isWritten(ours) && !isWritten(theirs))) continue;
      const file = path.basename(ours.path);
      return refused(
        'drive-refused',
        `${file} is in use by “${other.stored.name}”, and one of the two would write it. Power that machine off, or use the image read-only or with an overlay in both.`,
      );
    }
  }
  return undefined;
}

/** A layer in front of the image takes the writes. */
function isWritten({ access, slot, layer }: DriveInUse): boolean {
  return access === 'read-write' && slot !== 'cdrom' && (layer ?? null) === null;
}
