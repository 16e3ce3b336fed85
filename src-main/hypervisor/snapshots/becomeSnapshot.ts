import { isWritable } from '../disks/DiskLayers.ts';
import { inFront, withoutUnusedBase } from '../disks/layeredDrives.ts';
import type { SettlingHost } from '../disks/settleLayers.ts';
import type { ImageClaims } from '../ImageClaims.ts';
import { refused } from '../results.ts';
import type { Result } from '../types.ts';
import type { VirtualMachine } from '../VirtualMachine.ts';
import { hardwareOf } from './hardwareOf.ts';
import type { SnapshotEntry } from './SnapshotTree.ts';

export interface BecomingHost extends Pick<SettlingHost, 'store' | 'registry' | 'layers'> {
  readonly claims: ImageClaims;
}

/**
 * Makes a machine that of a snapshot, paused. A refusal leaves it as it was.
 * @param isFamiliar this process has taken or restored the snapshot: nothing in it can be unknown
 */
export async function becomeSnapshot(
  { store, registry, layers, claims }: BecomingHost,
  machine: VirtualMachine,
  { id: snapshot, name }: SnapshotEntry,
  isFamiliar: boolean,
): Promise<Result<null>> {
  const { id, stored: former } = machine;
  const allowed = machine.check('restore a snapshot of');
  if (!allowed.ok) return allowed;
  const read = await store.snapshots.read(id, snapshot);
  if (!read.ok) return read;
  const { definition } = read.value;
  const program = await registry.readProgramOf(id, definition.program);
  if (!program.ok) return program;
  const unchanged = await layers.checkBases(definition.drives);
  if (!unchanged.ok)
    return refused('drive-refused', `The snapshot “${name}” cannot be restored: ${unchanged.error.message}`);
  const fronts = await layers.createFronts(id, definition.drives.filter(isWritable));
  if (!fronts.ok) return fronts;
  const tops = fronts.value;
  const drives = definition.drives.map((drive) => inFront(withoutUnusedBase(drive), tops));
  return claims.whileTaking(machine, drives, async () => {
    // While the snapshot was read, its user went on.
    const stillAllowed = machine.check('restore a snapshot of');
    if (!stillAllowed.ok) return stillAllowed;
    const stored = await registry.replace(id, (now) => ({ ...now, ...hardwareOf(definition), drives }));
    if (!stored.ok) return stored;
    const restored = await machine.restore({
      stored: stored.value,
      program: program.value,
      drives: drives.map((drive) => layers.threadDrive(id, drive, tops.get(drive.slot) ?? null)),
      snapshot: read.value.snapshot,
      serial: read.value.serial,
      isFamiliar,
    });
    if (restored.ok) layers.setTops(id, tops);
    else await registry.replace(id, (now) => ({ ...now, ...hardwareOf(former) }));
    return restored;
  });
}
