import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { refused } from './results.ts';
import type { HypervisorError, VmDrive } from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

type DriveInUse = VmDrive & { readonly layer?: string | null };

/**
 * Takes images for a machine that may be used by it now. Others may have had them in their drives: they do not go back
 * there any more.
 */
export function claimImages(
  machine: VirtualMachine,
  drives: readonly DriveInUse[],
  machines: Iterable<VirtualMachine>,
): { readonly ok: false; readonly error: HypervisorError } | undefined {
  const all = [...machines];
  const conflict = findImageConflict(machine, drives, all);
  if (conflict) return conflict;
  const claims = drives.map((drive) => ({ path: drive.path, isWritten: isWritten(drive) }));
  for (const other of all)
    if (other !== machine && other.stored.clock === 'instructions') other.worker?.post('forgetMedia', claims);
  return undefined;
}

/**
 * Two machines that write one image destroy it, and one that reads what another one writes sees neither the old nor the
 * new: why `drives` cannot be used now, or undefined.
 */
function findImageConflict(
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
        { text: { id: 'image-in-use', values: { file, name: other.stored.name } } },
      );
    }
  }
  return undefined;
}

/** What is written to `file` replaces it for good: why it cannot be this one, or undefined. */
export async function findDriveAt(
  file: string,
  machines: Iterable<VirtualMachine>,
): Promise<{ readonly ok: false; readonly error: HypervisorError } | undefined> {
  const replaced = await placeOf(file);
  for (const { stored } of machines) {
    for (const drive of stored.drives) {
      // A link may be replaced, or what it leads to.
      const images = [await placeOf(drive.path), await realPathOf(drive.path)];
      if (!images.includes(replaced)) continue;
      const what = `${path.basename(file)} lies in a drive of “${stored.name}”`;
      return refused('drive-refused', `${what}, and would be lost. Choose another file.`);
    }
  }
  return undefined;
}

/** Whatever links lead to its folder. */
async function placeOf(file: string): Promise<string> {
  return path.join(await realPathOf(path.dirname(file)), path.basename(file));
}

/** Of what is not there, the path itself. */
function realPathOf(file: string): Promise<string> {
  return realpath(file).catch(() => path.resolve(file));
}

/** A layer in front of the image takes the writes. */
function isWritten({ access, slot, layer }: DriveInUse): boolean {
  return access === 'read-write' && slot !== 'cdrom' && (layer ?? null) === null;
}
