import type { MachineRegistry } from '../MachineRegistry.ts';
import { done } from '../results.ts';
import type { StoredDrive, StoredMachine } from '../storage/StoredMachine.ts';
import type { Result } from '../types.ts';
import type { VirtualMachine } from '../VirtualMachine.ts';
import { isWritable, type LayerName, type TopLayers } from './DiskLayers.ts';

/** Its layers stay when the machine is switched off. */
export function hasOwnLayers(drive: StoredDrive): boolean {
  return isWritable(drive) && drive.access === 'read-write';
}

/** The drive's definition once a new layer takes its writes; those of an overlay are in no definition. */
export function inFront(drive: StoredDrive, tops: TopLayers): StoredDrive {
  const layer = tops.get(drive.slot) ?? null;
  return layer === null || !hasOwnLayers(drive) ? drive : { ...drive, layer };
}

export function withLayer(drive: StoredDrive, layer: LayerName | null): StoredDrive {
  return drive.layer === layer ? drive : { ...drive, layer };
}

/** Snapshots note what all images were; a machine's definition only what its layers rely on. */
export function withoutUnusedBase(drive: StoredDrive): StoredDrive {
  return hasOwnLayers(drive) ? drive : { ...drive, layer: null, base: null };
}

/** Changes the drives of a machine's definition, durably. */
export async function setDrives(
  machine: VirtualMachine,
  registry: MachineRegistry,
  change: (drive: StoredDrive) => StoredDrive,
): Promise<Result<StoredMachine>> {
  const changed = machine.stored.drives.map(change);
  if (changed.every((drive, index) => drive === machine.stored.drives[index])) return done(machine.stored);
  const stored = await registry.replace(machine.id, (now) => ({ ...now, drives: now.drives.map(change) }));
  if (stored.ok) machine.stored = stored.value;
  return stored;
}
