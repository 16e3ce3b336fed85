import { type MachineRegistry, unknownMachine } from './MachineRegistry.ts';
import type { MachineSet } from './MachineSet.ts';
import { closing, done } from './results.ts';
import type { SnapshotCommands } from './snapshots/SnapshotCommands.ts';
import type { StoredMachine } from './storage/StoredMachine.ts';
import type { CreateVmRequest, Result, SnapshotId, VmId, VmSummary } from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

export interface MachineRosterParts {
  readonly machines: MachineSet;
  readonly registry: MachineRegistry;
  readonly snapshots: SnapshotCommands;
  /** Makes the machine at run time, off. */
  connect(stored: StoredMachine): VirtualMachine;
  onAdded(summary: VmSummary): void;
  onRemoved(machine: VirtualMachine): void;
}

/** Machines come and go: on disk first, and then among those that can be started. */
export class MachineRoster {
  readonly #parts: MachineRosterParts;

  constructor(parts: MachineRosterParts) {
    this.#parts = parts;
  }

  /** Those that were there when the store was opened. */
  open(): void {
    const { registry, snapshots } = this.#parts;
    for (const stored of registry.all()) void snapshots.tidy(this.#enter(stored));
  }

  async create(request: CreateVmRequest): Promise<Result<VmSummary>> {
    return this.#add(await this.#parts.registry.create(request));
  }

  async clone(id: VmId, name: string | undefined, snapshot: SnapshotId | undefined): Promise<Result<VmSummary>> {
    const { machines, snapshots } = this.#parts;
    const found = machines.find(id, null);
    if (!found.ok) return found;
    const cloned = this.#add(await snapshots.clone(found.value, name, snapshot));
    if (!cloned.ok || snapshot === undefined) return cloned;
    const restored = await machines.command(cloned.value.id, 'restore a snapshot of', (clone) =>
      snapshots.restore(clone, snapshot, 'as-taken'),
    );
    // It would be a machine that is not what was asked for.
    if (!restored.ok) await this.delete(cloned.value.id, false);
    return restored;
  }

  async import(file: string): Promise<Result<VmSummary>> {
    const { machines, registry, snapshots } = this.#parts;
    return machines.isClosed ? closing() : this.#add(await snapshots.withoutCheckpoints(await registry.import(file)));
  }

  async delete(id: VmId, isUndoable: boolean): Promise<Result<null>> {
    const { machines, registry, snapshots } = this.#parts;
    const machine = machines.get(id);
    if (machine === undefined) return unknownMachine();
    const allowed = machine.check('delete');
    if (!allowed.ok) return allowed;
    if (isUndoable) {
      // As it may come back, its checkpoints and layers are put in order as whenever it is switched off.
      await machine.powerOff();
      const stillAllowed = machine.check('delete');
      if (!stillAllowed.ok) return stillAllowed;
    }
    machine.isBeingDeleted = true;
    await machine.powerOff();
    // It may be being exported.
    await snapshots.quiet(id);
    const deleted = await registry.delete(id, isUndoable);
    if (!deleted.ok) {
      machine.isBeingDeleted = false;
      return deleted;
    }
    machines.remove(id);
    this.#parts.onRemoved(machine);
    return done(null);
  }

  async undelete(id: VmId): Promise<Result<VmSummary>> {
    const { machines, registry } = this.#parts;
    return machines.isClosed ? closing() : this.#add(await registry.takeBack(id));
  }

  #add(result: Result<StoredMachine>): Result<VmSummary> {
    if (!result.ok) return result;
    const summary = this.#enter(result.value).summary();
    this.#parts.onAdded(summary);
    return done(summary);
  }

  #enter(stored: StoredMachine): VirtualMachine {
    const { machines, snapshots } = this.#parts;
    const machine = this.#parts.connect(stored);
    snapshots.noteSuspended(machine);
    machines.add(machine);
    return machine;
  }
}
