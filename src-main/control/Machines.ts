import path from 'node:path';
import type { DriveChoice, RemovableSlot, VmSummary } from '../../src-preload/contract/machines.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import type { ProgramOptions, ProgramSource } from '../../src-preload/contract/programs.ts';
import type { Breakpoints } from '../debug/Breakpoints.ts';
import type * as hypervisor from '../hypervisor/types.ts';
import { MachineSymbols } from './symbols/MachineSymbols.ts';
import { refuse, refuseWith, succeed, toOutcome, toProblem } from './outcomes.ts';
import { toVmSummary, type VmRole } from './summaries.ts';
import type { FileGrants } from './files/FileGrants.ts';
import { NOT_GRANTED, type ProgramSources } from './files/ProgramSources.ts';

/** Where program files that were opened are noted, for a list of recent ones. */
export interface OpenedFiles {
  add(path: string): void;
}

/** What the contract says about machines, done by the hypervisor. */
export class Machines {
  private readonly hypervisor: hypervisor.HypervisorService;
  private readonly grants: FileGrants;
  private readonly programs: ProgramSources;
  private readonly recent: OpenedFiles;
  readonly symbols: MachineSymbols;
  private readonly breakpoints: Breakpoints;
  private readonly roleOf: (id: hypervisor.VmId) => VmRole;

  constructor(
    service: hypervisor.HypervisorService,
    grants: FileGrants,
    programs: ProgramSources,
    recent: OpenedFiles,
    breakpoints: Breakpoints,
    roleOf: (id: hypervisor.VmId) => VmRole,
  ) {
    this.hypervisor = service;
    this.grants = grants;
    this.programs = programs;
    this.recent = recent;
    this.breakpoints = breakpoints;
    this.symbols = new MachineSymbols(service);
    this.roleOf = roleOf;
  }

  list(): VmSummary[] {
    return this.hypervisor.list().map((vm) => this.toSummary(vm));
  }

  /** Machines that would lose their state if the app ended now. */
  get alive(): readonly hypervisor.VmSummary[] {
    return this.hypervisor.list().filter(({ state }) => state !== 'off' && state !== 'crashed');
  }

  toSummary(vm: hypervisor.VmSummary): VmSummary {
    return toVmSummary(vm, this.roleOf(vm.id), (file) => this.grants.grant(file, 'read'));
  }

  async create(
    settings: hypervisor.UpdateVmRequest,
    program?: ProgramSource,
    options?: ProgramOptions,
    start = false,
    choices: readonly DriveChoice[] = [],
  ): Promise<Outcome<VmSummary>> {
    const drives = this.drivesOf(choices);
    if (!drives.ok) return drives;
    let source: hypervisor.ProgramSource | undefined;
    if (program) {
      const resolved = this.programs.resolve(program, options);
      if (!resolved.ok) return resolved;
      source = resolved.value;
    }
    const made = await this.add({ ...settings, drives: drives.value, ...(source && { program: source }) }, start);
    if (made.ok && program) this.remember(program);
    return made;
  }

  /**
   * Makes a machine. One whose first start is refused was never there; one that somebody powers off meanwhile is kept,
   * since that was the wish.
   */
  async add(request: hypervisor.CreateVmRequest, start: boolean): Promise<Outcome<VmSummary>> {
    const created = await this.hypervisor.create(request);
    if (!created.ok) return this.refuseProgram(created.error, request.program);
    if (!start) return succeed(this.toSummary(created.value));
    const started = await this.start(created.value.id);
    if (started.ok) return started;
    if (started.problem.code === 'wrong-state') {
      const kept = this.hypervisor.get(created.value.id);
      if (kept) return succeed(this.toSummary(kept));
    }
    await this.hypervisor.delete(created.value.id);
    return started;
  }

  async update(
    id: hypervisor.VmId,
    changes: hypervisor.UpdateVmRequest,
    choices: readonly DriveChoice[] | undefined,
  ): Promise<Outcome<VmSummary>> {
    const drives = choices && this.drivesOf(choices);
    if (drives?.ok === false) return drives;
    return this.outcome(this.hypervisor.update(id, { ...changes, ...(drives && { drives: drives.value }) }));
  }

  async changeMedium(
    id: hypervisor.VmId,
    slot: RemovableSlot,
    image: Pick<DriveChoice, 'token' | 'access'> | null,
  ): Promise<Outcome<VmSummary>> {
    const path = image && this.grants.resolve(image.token, 'read');
    if (image !== null && path === null) return refuse('access-not-granted', NOT_GRANTED);
    const medium = image && path !== null ? { path, access: image.access } : null;
    return this.outcome(this.hypervisor.changeMedium(id, slot, medium));
  }

  async exportTo(id: hypervisor.VmId, token: string, options: hypervisor.ExportOptions): Promise<Outcome<void>> {
    const file = this.grants.resolve(token, 'write');
    if (file === null) return refuse('access-not-granted', NOT_GRANTED);
    return toOutcome(await this.hypervisor.exportMachine(id, file, options), () => undefined);
  }

  async importFrom(token: string): Promise<Outcome<VmSummary>> {
    const file = this.grants.resolve(token, 'read');
    if (file === null) return refuse('access-not-granted', NOT_GRANTED);
    return this.outcome(this.hypervisor.importMachine(file));
  }

  private drivesOf(choices: readonly DriveChoice[]): Outcome<hypervisor.VmDrive[]> {
    const drives: hypervisor.VmDrive[] = [];
    for (const { slot, token, access } of choices) {
      const path = this.grants.resolve(token, 'read');
      if (path === null) return refuse('access-not-granted', NOT_GRANTED);
      drives.push({ slot, path, access });
    }
    return succeed(drives);
  }

  async load(
    id: hypervisor.VmId,
    program: ProgramSource,
    options: ProgramOptions | undefined,
    reset: boolean,
  ): Promise<Outcome<VmSummary>> {
    const resolved = this.programs.resolve(program, options);
    if (!resolved.ok) return resolved;
    const loaded = await this.hypervisor.setProgram(id, resolved.value);
    if (!loaded.ok) return this.refuseProgram(loaded.error, resolved.value);
    this.remember(program);
    const { state } = loaded.value;
    return reset && state !== 'off' ? this.outcome(this.hypervisor.reset(id)) : succeed(this.toSummary(loaded.value));
  }

  /** Breakpoints kept from before are in place when the first instruction runs. */
  async start(id: hypervisor.VmId, paused = false): Promise<Outcome<VmSummary>> {
    if (this.breakpoints.list(id).length === 0) return this.outcome(this.hypervisor.start(id, { paused }));
    const started = await this.hypervisor.start(id, { paused: true });
    if (!started.ok) return refuseWith(started.error);
    const set = await this.symbols.arm(id, this.breakpoints);
    if (!set.ok) return refuseWith(set.error);
    return paused ? succeed(this.toSummary(started.value)) : this.outcome(this.hypervisor.resume(id));
  }

  async delete(id: hypervisor.VmId, { isUndoable = false } = {}): Promise<Outcome<void>> {
    const vm = this.hypervisor.get(id);
    if (!vm) return refuse('machine-not-found', 'That machine no longer exists.');
    if (vm.state !== 'off' && vm.state !== 'crashed') {
      const off = await this.hypervisor.powerOff(id);
      if (!off.ok) return refuseWith(off.error);
    }
    const deleted = await this.hypervisor.delete(id, { isUndoable });
    if (deleted.ok) this.breakpoints.forget(id, { isUndoable });
    return toOutcome(deleted, () => undefined);
  }

  async undelete(id: hypervisor.VmId): Promise<Outcome<VmSummary>> {
    const back = await this.hypervisor.undelete(id);
    if (back.ok) this.breakpoints.remember(id);
    return toOutcome(back, (vm) => this.toSummary(vm));
  }

  async outcome(result: Promise<hypervisor.Result<hypervisor.VmSummary>>): Promise<Outcome<VmSummary>> {
    return toOutcome(await result, (vm) => this.toSummary(vm));
  }

  /** Names the file in front of what is wrong with it: several may have been dropped at once. */
  private refuseProgram(error: hypervisor.HypervisorError, source?: hypervisor.ProgramSource): Outcome<never> {
    if (!source || (error.code !== 'program-refused' && error.code !== 'file-unreadable')) return refuseWith(error);
    const name = source.kind === 'file' ? path.basename(source.path) : source.fileName;
    const message = error.message.includes(name) ? error.message : `${name}: ${error.message}`;
    const problem = toProblem({ ...error, message });
    return { ok: false, problem: { ...problem, values: { ...problem.values, name } } };
  }

  private remember(program: ProgramSource): void {
    const path = this.programs.pathOf(program);
    if (path !== null) this.recent.add(path);
  }
}
