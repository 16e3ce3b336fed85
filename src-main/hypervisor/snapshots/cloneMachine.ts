import { hasOwnLayers, inFront, setDrives, withoutUnusedBase } from '../disks/layeredDrives.ts';
import type { SettlingHost } from '../disks/settleLayers.ts';
import { refused } from '../results.ts';
import type { StoredMachine } from '../storage/StoredMachine.ts';
import type { Result } from '../types.ts';
import type { VirtualMachine } from '../VirtualMachine.ts';
import type { SnapshotEntry } from './SnapshotTree.ts';
import { hardwareOf } from './hardwareOf.ts';

type CloningHost = Pick<SettlingHost, 'store' | 'registry' | 'layers'>;

/** A new machine with one of this one's snapshots, to be restored next. */
export async function cloneSnapshot(
  { store, registry, layers }: CloningHost,
  machine: VirtualMachine,
  name: string | undefined,
  entry: SnapshotEntry,
): Promise<Result<StoredMachine>> {
  const read = await store.snapshots.readDefinition(machine.id, entry.id);
  if (!read.ok) return read;
  const definition = read.value;
  const fronts = await layers.createFronts(machine.id, definition.drives.filter(hasOwnLayers));
  if (!fronts.ok) return fronts;
  const drives = definition.drives.map((drive) => inFront(withoutUnusedBase(drive), fronts.value));
  const taken = layers.chainsOf(machine.id, [...Object.values(entry.layers), ...fronts.value.values()]);
  return registry.clone(
    machine.id,
    name,
    { ...hardwareOf(definition), drives },
    { snapshots: [entry.id], layers: taken },
  );
}

/** A new machine like this one is. */
export async function cloneAsIs(
  { registry, layers }: CloningHost,
  machine: VirtualMachine,
  name: string | undefined,
): Promise<Result<StoredMachine>> {
  const { drives } = machine.stored;
  const layered = drives.filter(({ layer }) => layer !== null);
  if (layered.length === 0) return registry.clone(machine.id, name);
  if (machine.state !== 'off')
    return refused(
      'wrong-state',
      `Cannot clone “${machine.stored.name}” while it writes a disk that its snapshots share: clone one of its snapshots, or power it off first.`,
    );
  // What both have from now on, neither writes: each gets a layer of its own in front.
  const [own, others] = [
    await layers.createFronts(machine.id, layered),
    await layers.createFronts(machine.id, layered),
  ];
  if (!own.ok) return own;
  if (!others.ok) return others;
  const frozen = await setDrives(machine, registry, (drive) => inFront(drive, own.value));
  if (!frozen.ok) return frozen;
  const taken = layers.chainsOf(machine.id, [...others.value.values()]);
  const changes = { drives: drives.map((drive) => inFront(drive, others.value)) };
  return registry.clone(machine.id, name, changes, { snapshots: [], layers: taken });
}
