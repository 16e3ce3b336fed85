import path from 'node:path';
import type { RemovableSlot } from '../../machine/drives/DriveSlot.ts';
import { ImageError } from '../../machine/images/HostFile.ts';
import type { DiskLayers } from '../disks/DiskLayers.ts';
import { settleLayers } from '../disks/settleLayers.ts';
import type { ImageClaims } from '../ImageClaims.ts';
import { isObeyed } from '../lifecycle/transitions.ts';
import { isSameDrive, type MachineRegistry } from '../MachineRegistry.ts';
import { MachineTurns } from '../MachineTurns.ts';
import { done, refused } from '../results.ts';
import type { MachineStore } from '../storage/MachineStore.ts';
import type { StoredDrive, StoredMachine } from '../storage/StoredMachine.ts';
import type { MediumInDrive } from '../threads/ThreadMachine.ts';
import type {
  AfterRestore,
  ExportOptions,
  Result,
  SnapshotRequest,
  TakenSnapshot,
  VmDrive,
  VmId,
  VmSnapshot,
  VmSnapshots,
} from '../types.ts';
import type { VirtualMachine } from '../VirtualMachine.ts';
import { becomeSnapshot } from './becomeSnapshot.ts';
import { cloneAsIs, cloneSnapshot } from './cloneMachine.ts';
import { type KeptAs, keepSnapshot } from './keepSnapshot.ts';
import { withoutSnapshot, type SnapshotEntry, type SnapshotId } from './SnapshotTree.ts';
import type { SnapshotMemory } from './SnapshotMemory.ts';

export interface SnapshotHost {
  readonly store: MachineStore;
  readonly registry: MachineRegistry;
  readonly layers: DiskLayers;
  readonly claims: ImageClaims;
  machines(): Iterable<VirtualMachine>;
  /** Snapshots of a machine, or whether it is suspended, have changed. */
  onChanged(machine: VirtualMachine): void;
}

/** Snapshots of the machines of one store: what a user can do with them. */
export class SnapshotCommands {
  readonly #host: SnapshotHost;
  /** Those that this process has taken or restored. */
  readonly #familiar = new WeakMap<VirtualMachine, ReadonlySet<SnapshotId>>();
  /** The last thing done with each machine's snapshots. */
  readonly #turns = new MachineTurns();
  /** Machines that are off, while their layers are put together. */
  readonly #settling = new Map<VirtualMachine, Promise<void>>();

  constructor(host: SnapshotHost) {
    this.#host = host;
  }

  list(id: VmId): VmSnapshots {
    const tree = this.#host.store.snapshots.tree(id);
    const { current, entries } = tree.entries.filter(({ kind }) => kind !== 'taken').reduce(withoutSnapshot, tree);
    return { current, entries: entries.map(toVmSnapshot) };
  }

  /** Where the machine goes on when it is started next, instead of starting anew. */
  suspendedOf({ id, state }: Pick<VirtualMachine, 'id' | 'state'>): SnapshotEntry | undefined {
    const { entries } = this.#host.store.snapshots.tree(id);
    const suspended = entries.findLast(({ kind }) => kind === 'suspended');
    return suspended ?? (state === 'off' ? entries.findLast(({ kind }) => kind === 'checkpoint') : undefined);
  }

  noteSuspended(machine: VirtualMachine): void {
    const suspended = this.suspendedOf(machine);
    machine.isSuspended = suspended !== undefined;
    machine.interruptedAt = suspended?.kind === 'checkpoint' ? suspended.takenAt : null;
  }

  take(machine: VirtualMachine, { name, notes = '' }: SnapshotRequest): Promise<Result<TakenSnapshot>> {
    return this.#inTurn(machine.id, () => this.#keep(machine, { name, notes, kind: 'taken' }));
  }

  /** Keeps the machine's state in place of what was kept so before. */
  takeCheckpoint(machine: VirtualMachine): Promise<Result<TakenSnapshot>> {
    return this.#inTurn(machine.id, async () => {
      const kept = await this.#keep(machine, { name: 'checkpoint', notes: '', kind: 'checkpoint' });
      if (!kept.ok) return kept;
      const dropped = await this.#dropCheckpoints(machine.id, kept.value.id);
      await this.#collect(machine.id);
      return dropped.ok ? kept : dropped;
    });
  }

  dropCheckpoints(machine: VirtualMachine): Promise<Result<null>> {
    return this.#inTurn(machine.id, async () => {
      const { entries } = this.#host.store.snapshots.tree(machine.id);
      if (!entries.some(({ kind }) => kind === 'checkpoint')) return done(null);
      const dropped = await this.#dropCheckpoints(machine.id);
      this.#host.onChanged(machine);
      await this.#settle(machine);
      return dropped;
    });
  }

  /** The machine's next start is one from power-on. */
  discardSuspended(machine: VirtualMachine): Promise<Result<null>> {
    return this.#inTurn(machine.id, async () => {
      const suspended = this.suspendedOf(machine);
      if (suspended === undefined) return done(null);
      const deleted = await this.#forget(machine.id, suspended);
      this.#host.onChanged(machine);
      await this.#settle(machine);
      return deleted;
    });
  }

  /** With all checkpoints: one that was being replaced when the process was killed is there beside its successor. */
  async #forget(id: VmId, suspended: SnapshotEntry): Promise<Result<null>> {
    const dropped = await this.#dropCheckpoints(id);
    if (!dropped.ok || suspended.kind === 'checkpoint') return dropped;
    return this.#host.store.snapshots.delete(id, suspended.id);
  }

  /** Of a machine that comes from elsewhere: nothing here was interrupted. */
  async withoutCheckpoints(imported: Result<StoredMachine>): Promise<Result<StoredMachine>> {
    if (!imported.ok) return imported;
    const dropped = await this.#dropCheckpoints(imported.value.id);
    return dropped.ok ? imported : dropped;
  }

  async #dropCheckpoints(id: VmId, except?: SnapshotId): Promise<Result<null>> {
    const { snapshots } = this.#host.store;
    for (const entry of snapshots.tree(id).entries) {
      if (entry.kind !== 'checkpoint' || entry.id === except) continue;
      const deleted = await snapshots.delete(id, entry.id);
      if (!deleted.ok) return deleted;
    }
    return done(null);
  }

  /** Keeps the machine's state and powers it off. */
  suspend(machine: VirtualMachine): Promise<Result<TakenSnapshot>> {
    return this.#inTurn(machine.id, async () => {
      const isPaused: boolean = machine.state === 'paused';
      // What it did after its state was kept, others would have seen twice.
      const paused = isPaused ? done(null) : await machine.send('pause', null);
      if (!paused.ok) return paused;
      const kept = await this.#keep(machine, { name: 'suspended', notes: '', kind: 'suspended', isPaused });
      if (kept.ok) await machine.powerOff();
      else if (!isPaused && isObeyed('resume', machine.state)) await machine.send('run', null);
      return kept;
    });
  }

  /** The machine becomes the one that the snapshot is of, also when it was suspended. A refusal leaves it as it is. */
  restore(machine: VirtualMachine, snapshot: SnapshotId, then: AfterRestore): Promise<Result<null>> {
    return this.#inTurn(machine.id, async () => {
      const entry = this.#entry(machine.id, snapshot);
      if (entry === undefined) return unknownSnapshot();
      const restored = await this.#become(machine, entry);
      if (!restored.ok) return restored;
      const noted = await this.#host.store.snapshots.setCurrent(machine.id, entry.id);
      if (!noted.ok) return noted;
      // Its next start would go back behind what it does from now on.
      const suspended = this.suspendedOf(machine);
      const dropped = suspended && (await this.#host.store.snapshots.delete(machine.id, suspended.id));
      if (dropped?.ok === false) return dropped;
      await this.#collect(machine.id);
      this.#host.onChanged(machine);
      return this.#goOn(machine, entry, then);
    });
  }

  /** Switches the machine on: where it was suspended, or else as `start` does it. */
  switchOn(machine: VirtualMachine, then: AfterRestore, start: () => Promise<Result<null>>): Promise<Result<null>> {
    return this.#inTurn(machine.id, async () => {
      const allowed = machine.check('start');
      if (!allowed.ok) return allowed;
      const suspended = this.suspendedOf(machine);
      return suspended === undefined ? start() : this.#wake(machine, suspended, then);
    });
  }

  /** Goes on where the machine was suspended, or from its checkpoint, which stays until there is the next. */
  async #wake(machine: VirtualMachine, suspended: SnapshotEntry, then: AfterRestore): Promise<Result<null>> {
    const restored = await this.#become(machine, suspended);
    if (!restored.ok)
      return refused(
        restored.error.code,
        `${restored.error.message} “${machine.stored.name}” stays suspended; discard its suspended state to start it anew.`,
      );
    const isKept = suspended.kind === 'checkpoint' && machine.stored.checkpointMinutes !== null;
    const deleted = isKept ? done(null) : await this.#forget(machine.id, suspended);
    if (!deleted.ok) {
      // It would be woken again, and what it did in between be lost.
      await machine.powerOff();
      return deleted;
    }
    await this.#collect(machine.id);
    this.#host.onChanged(machine);
    return this.#goOn(machine, suspended, then);
  }

  /** Resolves once nobody puts layers into an image that this machine has as well. */
  async settled({ stored }: VirtualMachine): Promise<void> {
    const images = new Set(stored.drives.map((drive) => path.resolve(drive.path)));
    for (;;) {
      const concerned = [...this.#settling].filter(([other]) =>
        other.stored.drives.some((drive) => images.has(path.resolve(drive.path))),
      );
      if (concerned.length === 0) return;
      await Promise.all(concerned.map(([, settling]) => settling));
    }
  }

  annotate(
    machine: VirtualMachine,
    snapshot: SnapshotId,
    change: { readonly name?: string; readonly notes?: string },
  ): Promise<Result<VmSnapshot>> {
    return this.#inTurn(machine.id, async () => {
      const changed = await this.#host.store.snapshots.annotate(machine.id, snapshot, change);
      if (!changed.ok) return changed;
      this.#host.onChanged(machine);
      return done(toVmSnapshot(changed.value));
    });
  }

  delete(machine: VirtualMachine, snapshot: SnapshotId): Promise<Result<null>> {
    return this.#inTurn(machine.id, async () => {
      const deleted = await this.#host.store.snapshots.delete(machine.id, snapshot);
      if (!deleted.ok) return deleted;
      this.#host.onChanged(machine);
      await this.#settle(machine);
      return done(null);
    });
  }

  /** A new machine like this one: as it is, or with one of its snapshots, to be restored next. */
  clone(machine: VirtualMachine, name: string | undefined, snapshot?: SnapshotId): Promise<Result<StoredMachine>> {
    return this.#inTurn(machine.id, async () => {
      const entry = snapshot === undefined ? undefined : this.#entry(machine.id, snapshot);
      if (snapshot !== undefined && entry === undefined) return unknownSnapshot();
      const cloned = await (entry === undefined
        ? cloneAsIs(this.#host, machine, name)
        : cloneSnapshot(this.#host, machine, name, entry));
      await this.#collect(machine.id);
      return cloned;
    });
  }

  /** Writes a machine that is off as one file. */
  export(machine: VirtualMachine, file: string, { snapshots, images }: ExportOptions): Promise<Result<null>> {
    const { store, layers } = this.#host;
    return this.#inTurn(machine.id, async () => {
      const allowed = machine.check('export');
      if (!allowed.ok) return allowed;
      const taken = snapshots ? store.snapshots.tree(machine.id).entries : [];
      const own = machine.stored.drives.flatMap(({ layer }) => layer ?? []);
      const chains = layers.chainsOf(machine.id, [...own, ...taken.flatMap((entry) => Object.values(entry.layers))]);
      return store.exportMachine(machine.stored, file, {
        withSnapshots: snapshots,
        withImages: images,
        layers: chains,
      });
    });
  }

  /** Puts another image, or none, into a drive of a machine that is on. */
  changeMedium(machine: VirtualMachine, slot: RemovableSlot, drive: VmDrive | null): Promise<Result<null>> {
    const { layers } = this.#host;
    return this.#inTurn(machine.id, async () => {
      const fresh = drive && { ...drive, layer: null, base: null };
      const prepared = fresh && (await layers.prepareMedium(machine.id, fresh));
      if (prepared?.ok === false) return prepared;
      const changed = await machine.send('changeMedium', { slot, drive: prepared?.value ?? null });
      if (!changed.ok) return refused('drive-refused', changed.error.message);
      layers.noteMedium(machine.id, slot, prepared?.value ?? null);
      return changed;
    });
  }

  /** A machine has gone to where other media lay in its drives: `store` writes that down. */
  noteMedia<T>(
    machine: VirtualMachine,
    media: readonly MediumInDrive[],
    store: () => Promise<Result<T>>,
  ): Promise<Result<T>> {
    return this.#inTurn(machine.id, () => {
      for (const { slot, drive } of media) this.#host.layers.noteMedium(machine.id, slot, drive);
      return store();
    });
  }

  /**
   * Whether drives can be left out: not those in front of whose images snapshots have put layers, since what the
   * machine has written would be gone from its owner's sight.
   */
  async checkDrivesDropped(machine: VirtualMachine, wanted: readonly VmDrive[]): Promise<Result<null>> {
    const findDropped = (): StoredDrive | undefined =>
      machine.stored.drives.find((drive) => drive.layer && !wanted.some((each) => isSameDrive(each, drive)));
    if (findDropped() === undefined) return done(null);
    await this.tidy(machine);
    const dropped = findDropped();
    if (dropped === undefined) return done(null);
    // Behind an image that somebody else has changed, nothing is to be saved.
    if (!(await this.#host.layers.checkBases([dropped])).ok) return done(null);
    const { id, stored, state } = machine;
    const written = `What “${stored.name}” has written to ${path.basename(dropped.path)}`;
    if (this.#host.store.snapshots.tree(id).entries.length > 0)
      return refused(
        'drive-refused',
        `${written} lies in its snapshots. Delete them first: what was written then goes into the image.`,
      );
    const when =
      state === 'off'
        ? 'It goes there once the image can be written, and no other machine is on that uses it or has snapshots in front of it.'
        : 'Power the machine off first: it goes there then.';
    return refused('drive-refused', `${written} is not in the image yet. ${when}`);
  }

  memory(id: VmId, snapshot: SnapshotId): Promise<Result<SnapshotMemory>> {
    return this.#host.store.snapshots.readMemory(id, snapshot);
  }

  thumbnail(id: VmId, snapshot: SnapshotId): Promise<Result<Uint8Array | null>> {
    return this.#host.store.snapshots.readThumbnail(id, snapshot);
  }

  /** A machine is off: layers that nobody needs any more go. */
  tidy(machine: VirtualMachine): Promise<Result<null>> {
    return this.#inTurn(machine.id, async () => {
      await this.#settle(machine);
      return done(null);
    });
  }

  /** Lets a machine go on: one that has crashed may be being exported, which waits for nothing that it does. */
  whileNotExported<T>({ id, state }: VirtualMachine, action: () => Promise<Result<T>>): Promise<Result<T>> {
    return state === 'crashed' ? this.#inTurn(id, action) : action();
  }

  /** Resolves when nothing is under way with a machine's snapshots. */
  async quiet(id: VmId): Promise<void> {
    await this.#turns.ended(id);
  }

  async #keep(machine: VirtualMachine, about: KeptAs): Promise<Result<TakenSnapshot>> {
    const kept = await keepSnapshot(this.#host, machine, about);
    if (!kept.ok) return kept;
    this.#noteFamiliar(machine, kept.value.entry);
    this.#host.onChanged(machine);
    return done({ ...toVmSnapshot(kept.value.entry), pauseMs: kept.value.pauseMs });
  }

  async #become(machine: VirtualMachine, entry: SnapshotEntry): Promise<Result<null>> {
    const isFamiliar = this.#familiar.get(machine)?.has(entry.id) === true;
    const restored = await becomeSnapshot(this.#host, machine, entry, isFamiliar);
    if (restored.ok) this.#noteFamiliar(machine, entry);
    return restored;
  }

  /** Forgets those that were deleted meanwhile. */
  #noteFamiliar(machine: VirtualMachine, { id }: SnapshotEntry): void {
    const known = [...(this.#familiar.get(machine) ?? [])].filter((each) => this.#entry(machine.id, each));
    this.#familiar.set(machine, new Set([...known, id]));
  }

  async #goOn(machine: VirtualMachine, { isPaused }: SnapshotEntry, then: AfterRestore): Promise<Result<null>> {
    return then === 'run' || (then === 'as-taken' && !isPaused) ? machine.send('run', null) : done(null);
  }

  async #settle(machine: VirtualMachine): Promise<void> {
    await machine.whenEnded;
    if (machine.state === 'off') {
      this.#host.layers.holdNothing(machine.id);
      // Layers are not put together below one that nobody needs.
      await this.#collect(machine.id);
      const settling = settleLayers(machine, this.#host).finally(() => this.#settling.delete(machine));
      this.#settling.set(machine, settling);
      await settling;
    }
    await this.#collect(machine.id);
  }

  async #collect(id: VmId): Promise<void> {
    const { store, registry, layers } = this.#host;
    const named = store.snapshots.tree(id).entries.flatMap((entry) => Object.values(entry.layers));
    const own = registry.get(id)?.drives.flatMap(({ layer }) => layer ?? []) ?? [];
    await layers.collect(id, [...named, ...own]);
  }

  #entry(id: VmId, snapshot: SnapshotId): SnapshotEntry | undefined {
    return this.#host.store.snapshots.tree(id).entries.find((entry) => entry.id === snapshot);
  }

  /** What is done with a machine's snapshots and layers is done one after the other. */
  #inTurn<T>(id: VmId, action: () => Promise<Result<T>>): Promise<Result<T>> {
    return this.#turns.take(id, action).catch((error: unknown) => {
      if (error instanceof ImageError) return refused('drive-refused', error.message);
      throw error;
    });
  }
}

function toVmSnapshot(entry: SnapshotEntry): VmSnapshot {
  const { id, parent, name, notes, isPaused, takenAt, instructions, hasThumbnail, storedBytes } = entry;
  return { id, parent, name, notes, isPaused, takenAt, instructions, hasThumbnail, storedBytes };
}

function unknownSnapshot(): Result<never> {
  return refused('not-found', 'There is no such snapshot any more: it was deleted.', { text: { id: 'no-snapshot' } });
}
