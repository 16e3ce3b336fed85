import path from 'node:path';
import { MachineTurns } from './MachineTurns.ts';
import { takeIn, type AcceptedProgram } from './programs/ProgramIntake.ts';
import { done, refused } from './results.ts';
import { findDeviceProblem, findDriveProblem, findSettingsProblem, freeColour, freeName, newVmId } from './settings.ts';
import type { MachineStore, StoredBlobs, TakenOver } from './storage/MachineStore.ts';
import { filesOf, type StoredMachine, type StoredProgram } from './storage/StoredMachine.ts';
import type { ProgramInclude, ThreadProgram } from './threads/ThreadMachine.ts';
import {
  CAP_RANGE,
  MEMORY_MIB_RANGE,
  NAME_LENGTH_MOST,
  WEIGHT_RANGE,
  type CreateVmRequest,
  type ProgramSource,
  type Result,
  type UpdateVmRequest,
  type VmDrive,
  type VmId,
} from './types.ts';

const NO_DEVICES = { network: null, adapterModel: null, hasConsole: false };

/** Which machines there are, in memory as on disk: a change is stored before it is seen. */
export class MachineRegistry {
  readonly #store: MachineStore;
  readonly #machines: Map<VmId, StoredMachine>;
  readonly #aside = new Map<VmId, StoredMachine>();
  /** Machines that are being stored. */
  readonly #coming = new Set<StoredMachine>();
  /** The last change of each machine: one at a time, since each builds on what the one before it has stored. */
  readonly #turns = new MachineTurns();

  constructor(store: MachineStore) {
    this.#store = store;
    this.#machines = new Map(store.machines.map((machine) => [machine.id, machine]));
  }

  get(id: VmId): StoredMachine | undefined {
    return this.#machines.get(id);
  }

  all(): readonly StoredMachine[] {
    return [...this.#machines.values()];
  }

  async create(request: CreateVmRequest): Promise<Result<StoredMachine>> {
    const { profile = 'pc', drives = [] } = request;
    const problem =
      findSettingsProblem(request) ??
      findDriveProblem(profile, drives) ??
      findDeviceProblem({ ...NO_DEVICES, ...request, profile });
    if (problem !== undefined) return problem;
    const memoryMiB = request.memoryMiB ?? MEMORY_MIB_RANGE.usual;
    let accepted: AcceptedProgram | undefined;
    if (request.program !== undefined) {
      const taken = await takeIn(request.program, memoryMiB);
      if (!taken.ok) return taken;
      accepted = taken.value;
    }
    const now = Date.now();
    const machine: StoredMachine = {
      id: newVmId(),
      name: this.#freeName(request.name ?? nameOf(accepted, drives)),
      profile,
      memoryMiB,
      vcpuCount: request.vcpuCount ?? 1,
      weight: request.weight ?? WEIGHT_RANGE.usual,
      capPercent: request.capPercent ?? CAP_RANGE.usual,
      pcpus: request.pcpus ? [...request.pcpus] : null,
      sliceMs: request.sliceMs ?? null,
      tier: request.tier ?? 'auto',
      clock: request.clock ?? 'host',
      network: request.network ?? null,
      adapterModel: request.adapterModel ?? null,
      hasConsole: request.hasConsole ?? false,
      hasSound: request.hasSound ?? true,
      keyboardLayout: request.keyboardLayout ?? 'us',
      drives: storedDrives(drives),
      bootOrder: request.bootOrder ? [...request.bootOrder] : null,
      program: accepted?.stored ?? null,
      symbols: request.symbols ?? null,
      notes: request.notes ?? '',
      autostart: request.autostart ?? false,
      checkpointMinutes: request.checkpointMinutes ?? null,
      group: request.group ?? null,
      colour: request.colour ?? this.#freeColour(),
      createdAt: now,
      changedAt: now,
    };
    return this.#add(machine, accepted?.blobs ?? new Map());
  }

  async update(id: VmId, request: UpdateVmRequest): Promise<Result<StoredMachine>> {
    const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
    // In its turn: another change that was asked for before may be what it does not go with.
    return this.#inTurn(id, async (machine) => {
      const { profile = machine.profile, drives = machine.drives } = request;
      const problem =
        findSettingsProblem(request) ??
        findDriveProblem(profile, drives) ??
        findDeviceProblem({ ...NO_DEVICES, ...machine, ...request, profile });
      if (problem !== undefined) return problem;
      const changed = { ...machine, ...given };
      return this.#replace(
        request.drives === undefined ? changed : { ...changed, drives: storedDrives(drives, machine.drives) },
      );
    });
  }

  /** Takes a program in; the machine keeps its own when this one is refused. */
  async setProgram(id: VmId, source: ProgramSource): Promise<Result<StoredMachine>> {
    const machine = this.#machines.get(id);
    if (machine === undefined) return unknownMachine();
    const taken = await takeIn(source, machine.memoryMiB);
    if (!taken.ok) return taken;
    return this.#change(id, (current) => ({ ...current, program: taken.value.stored }), taken.value.blobs);
  }

  /** The source that takes a program's original file again. */
  sourceOf(id: VmId): Result<ProgramSource> {
    const machine = this.#machines.get(id);
    if (machine === undefined) return unknownMachine();
    const { program, name } = machine;
    if (program?.sourcePath == null)
      return refused('file-unreadable', `The program of “${name}” came from no file. Choose a file for it.`);
    return done({ kind: 'file', path: program.sourcePath, ...optionsOf(program) });
  }

  /**
   * @param changes in which the new machine differs
   * @param taken what the new machine has of the original's snapshots and layers
   */
  async clone(
    id: VmId,
    name: string | undefined,
    changes: Partial<StoredMachine> = {},
    taken: Omit<TakenOver, 'from'> = { snapshots: [], layers: [] },
  ): Promise<Result<StoredMachine>> {
    const original = this.#machines.get(id);
    if (original === undefined) return unknownMachine();
    const problem = name === undefined ? undefined : findSettingsProblem({ name });
    if (problem !== undefined) return problem;
    const blobs = new Map<string, Uint8Array>();
    const program = changes.program === undefined ? original.program : changes.program;
    for (const { sha256 } of filesOf(program)) {
      const read = await this.#store.readBlob(id, sha256);
      if (!read.ok) return read;
      blobs.set(sha256, read.value);
    }
    const machine: StoredMachine = { ...original, ...changes, ...this.#newcomer(name ?? original.name) };
    return this.#add(machine, blobs, { from: id, ...taken });
  }

  /** A machine of a file that was exported, here or elsewhere. */
  async import(file: string): Promise<Result<StoredMachine>> {
    let coming: StoredMachine | undefined;
    const imported = await this.#store.importMachine(file, (machine) => {
      coming = { ...machine, ...this.#newcomer(machine.name) };
      this.#coming.add(coming);
      return coming;
    });
    if (coming) this.#coming.delete(coming);
    if (imported.ok) this.#machines.set(imported.value.id, imported.value);
    return imported;
  }

  /** @param isUndoable it can be taken back until the store is closed */
  async delete(id: VmId, isUndoable = false): Promise<Result<null>> {
    return this.#inTurn(id, async (machine) => {
      const deleted = await (isUndoable
        ? this.#store.putAside(id, machine.name)
        : this.#store.delete(id, machine.name));
      if (!deleted.ok) return deleted;
      this.#machines.delete(id);
      if (isUndoable) this.#aside.set(id, machine);
      return deleted;
    });
  }

  /** Takes a deletion back. */
  async takeBack(id: VmId): Promise<Result<StoredMachine>> {
    return this.#inTurn(
      id,
      async (machine) => {
        const back = await this.#store.takeBack(id, machine.name);
        if (!back.ok) return back;
        this.#machines.set(id, machine);
        this.#aside.delete(id);
        return done(machine);
      },
      this.#aside,
    );
  }

  /** Machines that were deleted, and may be taken back. */
  get aside(): Iterable<StoredMachine> {
    return this.#aside.values();
  }

  /** Changes a definition in ways that nobody asks for by name. */
  async replace(id: VmId, change: (machine: StoredMachine) => StoredMachine): Promise<Result<StoredMachine>> {
    return this.#change(id, change);
  }

  /** The program with its bytes, as the thread takes it; null when the machine has none. */
  async readProgram(id: VmId): Promise<Result<ThreadProgram | null>> {
    const machine = this.#machines.get(id);
    return machine === undefined ? unknownMachine() : this.readProgramOf(id, machine.program);
  }

  /** The same of a program that the machine has or had, as long as a snapshot names it. */
  async readProgramOf(id: VmId, program: StoredProgram | null): Promise<Result<ThreadProgram | null>> {
    if (program === null) return done(null);
    const bytes = await this.#store.readBlob(id, program.file.sha256);
    if (!bytes.ok) return bytes;
    const includes: ProgramInclude[] = [];
    for (const { name, sha256 } of program.includes) {
      const include = await this.#store.readBlob(id, sha256);
      if (!include.ok) return include;
      includes.push({ name, bytes: include.value });
    }
    const initrd = program.initrd && (await this.#store.readBlob(id, program.initrd.sha256));
    if (initrd?.ok === false) return initrd;
    const vgaBios = program.vgaBios && (await this.#store.readBlob(id, program.vgaBios.sha256));
    if (vgaBios?.ok === false) return vgaBios;
    return done({
      bytes: bytes.value,
      fileName: program.file.name,
      options: optionsOf(program),
      includes,
      initrd: initrd?.value ?? null,
      vgaBios: vgaBios?.value ?? null,
    });
  }

  async #add(machine: StoredMachine, blobs: StoredBlobs, taken?: TakenOver): Promise<Result<StoredMachine>> {
    this.#coming.add(machine);
    const stored = await this.#store.create(machine, blobs, taken);
    this.#coming.delete(machine);
    if (!stored.ok) return stored;
    this.#machines.set(machine.id, machine);
    return done(machine);
  }

  #change(
    id: VmId,
    apply: (machine: StoredMachine) => StoredMachine,
    blobs?: StoredBlobs,
  ): Promise<Result<StoredMachine>> {
    return this.#inTurn(id, (machine) => this.#replace(apply(machine), blobs));
  }

  async #replace(machine: StoredMachine, blobs?: StoredBlobs): Promise<Result<StoredMachine>> {
    const changed: StoredMachine = { ...machine, changedAt: Date.now() };
    const stored = await this.#store.update(changed, blobs);
    if (!stored.ok) return stored;
    this.#machines.set(machine.id, changed);
    return done(changed);
  }

  #inTurn<T>(
    id: VmId,
    change: (machine: StoredMachine) => Promise<Result<T>>,
    among: ReadonlyMap<VmId, StoredMachine> = this.#machines,
  ): Promise<Result<T>> {
    return this.#turns.take(id, () => {
      const machine = among.get(id);
      return machine === undefined ? unknownMachine() : change(machine);
    });
  }

  /** What no two machines have in common. */
  #newcomer(name: string): Pick<StoredMachine, 'id' | 'name' | 'colour' | 'createdAt' | 'changedAt'> {
    const now = Date.now();
    return { id: newVmId(), name: this.#freeName(name), colour: this.#freeColour(), createdAt: now, changedAt: now };
  }

  #freeName(name: string): string {
    return freeName(name.trim(), new Set([...this.all(), ...this.#coming].map((each) => each.name)));
  }

  #freeColour(): StoredMachine['colour'] {
    return freeColour([...this.all(), ...this.#coming].map((each) => each.colour));
  }
}

export function unknownMachine(): Result<never> {
  return refused('not-found', 'There is no such machine any more: it was deleted.', { text: { id: 'no-machine' } });
}

/** A drive keeps its layer as long as the same image is in it. */
function storedDrives(drives: readonly VmDrive[], known: StoredMachine['drives'] = []): StoredMachine['drives'] {
  return drives.map(({ slot, path: image, access }) => {
    const same = known.find((each) => isSameDrive(each, { slot, path: image, access }));
    return { slot, path: image, access, layer: same?.layer ?? null, base: same?.base ?? null };
  });
}

export function isSameDrive(a: VmDrive, b: VmDrive): boolean {
  return a.slot === b.slot && a.path === b.path && a.access === b.access;
}

function nameOf(accepted: AcceptedProgram | undefined, drives: readonly VmDrive[]): string {
  const file = accepted?.stored.file.name ?? drives[0]?.path;
  if (file === undefined) return 'Machine';
  const name = path.parse(file).name.trim().slice(0, NAME_LENGTH_MOST);
  return name === '' ? 'Machine' : name;
}

function optionsOf({ format, origin, bits, commandLine }: StoredProgram): ThreadProgram['options'] {
  return {
    format,
    ...(origin !== undefined && { origin }),
    ...(bits !== undefined && { bits }),
    ...(commandLine !== undefined && { commandLine }),
  };
}
