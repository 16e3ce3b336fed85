import type { DriveSlot, RemovableSlot } from '../machine/drives/DriveSlot.ts';
import type { ImageAccess } from '../machine/images/openImage.ts';
import type { ImageClaims } from './ImageClaims.ts';
import { isObeyed, type VmCommand } from './lifecycle/transitions.ts';
import type { MachineRegistry } from './MachineRegistry.ts';
import { done, refused } from './results.ts';
import type { SnapshotCommands } from './snapshots/SnapshotCommands.ts';
import type { ProgramSource, Result, UpdateVmRequest, VmDrive, VmProgram } from './types.ts';
import type { MediumInDrive } from './threads/ThreadMachine.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

export interface DefinitionCommandsParts {
  readonly registry: MachineRegistry;
  readonly snapshots: SnapshotCommands;
  readonly claims: ImageClaims;
  /** The machine is defined in another way, on disk too. */
  onChanged(machine: VirtualMachine): void;
}

/** Changes what a machine is made of: on disk, and in the thread of one that is on. */
export class DefinitionCommands {
  readonly #parts: DefinitionCommandsParts;

  constructor(parts: DefinitionCommandsParts) {
    this.#parts = parts;
  }

  async update(machine: VirtualMachine, request: UpdateVmRequest): Promise<Result<null>> {
    const { registry, snapshots, onChanged } = this.#parts;
    if (commandOfUpdate(request) !== null && machine.isSuspended)
      return suspendedRefusal(machine, 'change what it is made of');
    const free = request.drives && (await snapshots.checkDrivesDropped(machine, request.drives));
    if (free?.ok === false) return free;
    const changed = await registry.update(machine.id, request);
    if (!changed.ok) return changed;
    machine.stored = changed.value;
    machine.applyShare();
    onChanged(machine);
    return done(null);
  }

  async changeMedium(
    machine: VirtualMachine,
    slot: RemovableSlot,
    image: { readonly path: string; readonly access: ImageAccess } | null,
  ): Promise<Result<null>> {
    const { snapshots, claims } = this.#parts;
    const drive: VmDrive | null = image && { slot, path: image.path, access: image.access };
    const changedDrives = (): VmDrive[] => {
      const others = machine.stored.drives.filter((each) => each.slot !== slot);
      return drive ? [...others, drive] : others;
    };
    const droppable = await snapshots.checkDrivesDropped(machine, changedDrives());
    if (!droppable.ok) return droppable;
    return claims.whileTaking(machine, drive ? [drive] : [], async () => {
      if (isObeyed('send input to', machine.state)) {
        const changed = await snapshots.changeMedium(machine, slot, drive);
        if (!changed.ok) return changed;
      } else if (machine.isSuspended) return suspendedRefusal(machine, 'change its media');
      // A restore that came first has brought other drives.
      return this.#storeMedium(machine, slot, changedDrives());
    });
  }

  async #storeMedium(machine: VirtualMachine, slot: RemovableSlot, drives: readonly VmDrive[]): Promise<Result<null>> {
    const { registry, onChanged } = this.#parts;
    const stored = await registry.update(machine.id, { drives });
    if (!stored.ok) return stored;
    machine.stored = stored.value;
    machine.forgetDriveProblem(slot);
    onChanged(machine);
    return done(null);
  }

  /** A machine that has gone back or forth has other media in its drives. */
  async noteMedia(machine: VirtualMachine, media: readonly MediumInDrive[]): Promise<void> {
    const { registry, snapshots, onChanged } = this.#parts;
    const noted = await snapshots.noteMedia(machine, media, async () => {
      const slots = new Set<DriveSlot>(media.map(({ slot }) => slot));
      const others = machine.stored.drives.filter(({ slot }) => !slots.has(slot));
      const inside = media.flatMap(({ drive }) => (drive ? [{ slot: drive.slot, path: drive.path, access: drive.access }] : [])); // prettier-ignore
      return registry.update(machine.id, { drives: [...others, ...inside] });
    });
    if (!noted.ok) return;
    machine.stored = noted.value;
    for (const { slot } of media) machine.forgetDriveProblem(slot);
    onChanged(machine);
  }

  /** A machine that is on gets it with its next reset. */
  async setProgram(machine: VirtualMachine, program: ProgramSource): Promise<Result<unknown>> {
    const { registry, onChanged } = this.#parts;
    const changed = await registry.setProgram(machine.id, program);
    if (!changed.ok) return changed;
    machine.stored = changed.value;
    onChanged(machine);
    if (machine.worker === undefined || machine.worker.hasEnded) return changed;
    const read = await registry.readProgram(machine.id);
    return read.ok ? machine.send('load', read.value) : read;
  }

  async readProgram(
    machine: VirtualMachine,
  ): Promise<Result<{ readonly program: VmProgram; readonly bytes: Uint8Array }>> {
    const { program } = machine.summary();
    const read = await this.#parts.registry.readProgram(machine.id);
    if (!read.ok) return read;
    if (program === null || read.value === null)
      return refused('not-found', 'This machine has no program yet.', { text: { id: 'no-program' } });
    return done({ program, bytes: read.value.bytes });
  }
}

/** What an update amounts to: most of what a machine is made of stays while it is on. Null: it suits any state. */
export function commandOfUpdate(request: UpdateVmRequest): VmCommand | null {
  const { profile, memoryMiB, vcpuCount, clock, network, drives, bootOrder } = request;
  const devices = [network, request.adapterModel, request.hasConsole, request.hasSound, drives];
  const deep = [profile, memoryMiB, vcpuCount, clock, bootOrder, ...devices];
  const isDeep = deep.some((value) => value !== undefined);
  return isDeep ? 'change memory, processors, clock or devices of' : null;
}

function suspendedRefusal({ stored: { name } }: VirtualMachine, what: string): Result<never> {
  const message = `“${name}” is suspended, so you cannot ${what}: start it, or discard its suspended state first.`;
  return refused('wrong-state', message, { text: { id: 'suspended', values: { name } } });
}
