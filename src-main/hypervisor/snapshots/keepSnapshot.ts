import type { DiskLayers, TopLayers } from '../disks/DiskLayers.ts';
import { joinCheckpointLayers } from '../disks/joinCheckpointLayers.ts';
import { inFront, setDrives, withLayer } from '../disks/layeredDrives.ts';
import { isObeyed } from '../lifecycle/transitions.ts';
import type { MachineRegistry } from '../MachineRegistry.ts';
import { done, refused } from '../results.ts';
import type { MachineStore } from '../storage/MachineStore.ts';
import type { StoredMachine } from '../storage/StoredMachine.ts';
import type { Result } from '../types.ts';
import type { VirtualMachine } from '../VirtualMachine.ts';
import { unpackSnapshot } from './PackedSnapshot.ts';
import { snapshotThumbnail } from './snapshotThumbnail.ts';
import type { SnapshotEntry, SnapshotKind } from './SnapshotTree.ts';

export interface KeepingHost {
  readonly store: MachineStore;
  readonly registry: MachineRegistry;
  readonly layers: DiskLayers;
}

export interface KeptAs {
  readonly name: string;
  readonly notes: string;
  readonly kind: SnapshotKind;
  /** Whether it counts as paused; by default as it is. */
  readonly isPaused?: boolean;
}

/**
 * Stores a snapshot of a machine that is on. What its drives have taken so far never changes again: what it writes from
 * now on goes to layers in front.
 */
export async function keepSnapshot(
  host: KeepingHost,
  machine: VirtualMachine,
  about: KeptAs,
): Promise<Result<{ readonly entry: SnapshotEntry; readonly pauseMs: number }>> {
  const { store, registry, layers } = host;
  const { id } = machine;
  // In its turn: the machine may have been switched off meanwhile.
  const allowed = machine.check('take a snapshot of');
  if (!allowed.ok) return allowed;
  const isPaused = about.isPaused ?? machine.state === 'paused';
  const frozen = layers.topsOf(id);
  const former = new Map(machine.stored.drives.map(({ slot, layer }) => [slot, layer]));
  const prepared = await layers.prepareSnapshot(machine.stored);
  if (!prepared.ok) return prepared;
  const { tops } = prepared.value;
  // Named before they are written: whatever ends this process, nothing that was written lies in an unnamed layer.
  const named = await setDrives(machine, registry, (drive) => inFront(drive, tops));
  if (!named.ok) return named;
  const captured = await machine.capture(prepared.value.layers);
  if (!captured.ok) {
    // A thread that is well goes on writing where it did, which others have to know.
    if (isObeyed('take a snapshot of', machine.state))
      await setDrives(machine, registry, (drive) => withLayer(drive, former.get(drive.slot) ?? null));
    return refused(captured.error.code, `No snapshot was taken. ${captured.error.message}`);
  }
  layers.setTops(id, tops);
  const safe = await layers.flush(prepared.value.layers.map(({ below }) => below));
  if (!safe.ok) return safe;
  const images = await layers.identify(machine.stored.drives);
  const based = await setDrives(machine, registry, (drive) =>
    drive.layer === null ? drive : { ...drive, base: drive.base ?? images.get(drive.slot) ?? null },
  );
  if (!based.ok) return based;
  layers.learnBases(based.value.drives);
  const kept = about.kind === 'checkpoint' ? await joined(host, machine, frozen, tops) : frozen;
  const definition: StoredMachine = {
    ...machine.stored,
    drives: machine.stored.drives.map((drive) => ({
      ...drive,
      layer: kept.get(drive.slot) ?? null,
      base: drive.base ?? images.get(drive.slot) ?? null,
    })),
  };
  const entry = await store.snapshots.put(definition, unpackSnapshot(captured.value), {
    ...about,
    isPaused,
    thumbnail: snapshotThumbnail(captured.value.screen),
    serial: captured.value.serial,
    layers: Object.fromEntries([...kept].filter(([, layer]) => layer !== null)),
  });
  return entry.ok ? done({ entry: entry.value, pauseMs: captured.value.pauseMs }) : entry;
}

/** What checkpoints freeze is put together behind the machine's back; where that fails it stays as it is. */
async function joined(
  { store, layers }: KeepingHost,
  machine: VirtualMachine,
  frozen: TopLayers,
  tops: TopLayers,
): Promise<TopLayers> {
  const { id } = machine;
  const others = store.snapshots.tree(id).entries.filter(({ kind }) => kind !== 'checkpoint');
  const needed = new Set(layers.chainsOf(id, others.flatMap((entry) => Object.values(entry.layers)))); // prettier-ignore
  const copies = await joinCheckpointLayers(layers, machine.stored, frozen, tops, needed);
  if (copies.joined.length === 0) return frozen;
  const relayered = await machine.send('relayer', copies.joined);
  if (relayered.ok) return copies.frozen;
  if (relayered.error.code === 'no-answer')
    layers.hold(id, copies.joined.flatMap(({ slot }) => copies.frozen.get(slot) ?? [])); // prettier-ignore
  return frozen;
}
