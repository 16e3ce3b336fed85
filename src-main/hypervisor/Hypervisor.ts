import path from 'node:path';
import type { DebugConnection } from './threads/DebugConnection.ts';
import type { DebugLink } from '../machine/debugging/DebuggedMachine.ts';
import type { ArmedBreakpoint, BreakpointHits } from '../machine/breakpoints/Breakpoint.ts';
import type { EvaluationResult, Expression } from '../machine/expressions/Expression.ts';
import type { RemovableSlot } from '../machine/drives/DriveSlot.ts';
import type { ImageAccess } from '../machine/images/openImage.ts';
import { ConsoleCommands } from './ConsoleCommands.ts';
import { commandOfUpdate, DefinitionCommands } from './DefinitionCommands.ts';
import { DiskLayers } from './disks/DiskLayers.ts';
import { ImageContents } from './disks/ImageContents.ts';
import { findDriveAt } from './findDriveAt.ts';
import { ImageClaims } from './ImageClaims.ts';
import { InspectionCommands } from './inspection/InspectionCommands.ts';
import { MemoryLimit } from './MemoryLimit.ts';
import { machineEvents } from './machineEvents.ts';
import { MachineRegistry, unknownMachine } from './MachineRegistry.ts';
import { MachineRoster } from './MachineRoster.ts';
import { MachineSet } from './MachineSet.ts';
import { NetworkThread } from './network/NetworkThread.ts';
import { Observatory } from './Observatory.ts';
import { PowerCommands } from './PowerCommands.ts';
import type { RegisterName } from './registers.ts';
import { done, messageOf, refused } from './results.ts';
import { SchedulerControl } from './scheduler/SchedulerControl.ts';
import { CheckpointKeeper, type Every } from './snapshots/CheckpointKeeper.ts';
import { SnapshotCommands } from './snapshots/SnapshotCommands.ts';
import { stepOver, type StepOverEnd } from './stepOver.ts';
import { MachineStore } from './storage/MachineStore.ts';
import { VcpuThreads } from './threads/VcpuThreads.ts';
import { TimeTravelCommands } from './timetravel/TimeTravelCommands.ts';
import { MachineTraces } from './traces/MachineTraces.ts';
import { TypedEmitter } from './TypedEmitter.ts';
import type {
  AfterRestore,
  ConsoleService,
  ContainmentEntry,
  CreateVmRequest,
  ExportOptions,
  Disposer,
  HypervisorEventName,
  HypervisorEvents,
  HypervisorService,
  HypervisorStatistics,
  InspectionService,
  ProgramSource,
  Result,
  ScheduledExits,
  ScheduleTrace,
  SchedulerSettings,
  SnapshotId,
  SnapshotRequest,
  StoreProblem,
  TakenSnapshot,
  TimeTravelService,
  UpdateVmRequest,
  VcpuRegisters,
  VmId,
  VmProgram,
  VmSnapshot,
  VmSnapshots,
  VmSummary,
} from './types.ts';
import { VirtualMachine, type VirtualMachineHost } from './VirtualMachine.ts';

const NETWORK_SCRIPT = 'patchbayThread.cjs';

export interface HypervisorOptions {
  /** The folder of the store; made when it is missing. */
  readonly folder: string;
  /** The built script of a vCPU's thread, `vcpuThread`; that of the network, `patchbayThread`, lies beside it. */
  readonly threadEntry: string;
  /** The threaded tier's handlers, compiled; null only with threads of a test's own. */
  readonly handlers: WebAssembly.Module | null;
  readonly stepOverEnd: StepOverEnd;
  /** One thread is started ahead of its need, for a process that lives long: starts and restores are sooner. */
  readonly keepsSpareThread?: boolean;
  readonly scheduler?: Partial<SchedulerSettings>;
  /** How time passes between checkpoints; the host's by default. */
  readonly every?: Every;
  /** No machine's fault, and none ends by it: a listener of an event threw, or the network's thread died. */
  readonly onInternalError?: (error: unknown) => void;
}

/** The machines of one store, in the process that has it open. */
export class Hypervisor implements HypervisorService {
  readonly #store: MachineStore;
  readonly #registry: MachineRegistry;
  readonly #scheduler: SchedulerControl;
  readonly #observatory: Observatory;
  readonly #emitter: TypedEmitter<HypervisorEvents>;
  readonly #network: NetworkThread;
  readonly #threads: VcpuThreads;
  readonly #images: ImageContents;
  readonly #layers: DiskLayers;
  readonly #snapshots: SnapshotCommands;
  readonly #definitions: DefinitionCommands;
  readonly time: TimeTravelService;
  readonly inspection: InspectionService;
  readonly console: ConsoleService;
  readonly traces: MachineTraces;
  readonly #checkpoints: CheckpointKeeper;
  readonly #power: PowerCommands;
  readonly #machines = new MachineSet();
  readonly #memoryLimit = new MemoryLimit(() => this.#machines);
  readonly #roster: MachineRoster;
  readonly #options: HypervisorOptions;

  static async open(options: HypervisorOptions): Promise<Result<Hypervisor>> {
    const store = await MachineStore.open(options.folder);
    return store.ok ? done(new Hypervisor(options, store.value)) : store;
  }

  private constructor(options: HypervisorOptions, store: MachineStore) {
    this.#options = options;
    this.#store = store;
    this.#registry = new MachineRegistry(store);
    this.inspection = new InspectionCommands(this.#machines);
    this.console = new ConsoleCommands(this.#machines);
    this.time = new TimeTravelCommands({
      find: (id, command) => this.#machines.find(id, command),
      readProgram: (id) => this.#registry.readProgram(id),
      whileNotExported: (machine, action) => this.#snapshots.whileNotExported(machine, action),
    });
    this.traces = new MachineTraces({
      find: (id) => this.#machines.find(id, null),
      machines: () => this.#machines,
      onChanged: (id, trace) => this.#emitter.emit('trace-changed', { id, trace }),
    });
    this.#images = new ImageContents(path.join(store.folder, 'images.json'));
    this.#layers = new DiskLayers((id) => path.join(store.machineFolder(id), 'disks'), this.#images);
    const claims = new ImageClaims(() => this.#machines);
    this.#snapshots = new SnapshotCommands({
      store,
      registry: this.#registry,
      layers: this.#layers,
      claims,
      machines: () => this.#machines,
      onChanged: (machine) => {
        this.#snapshots.noteSuspended(machine);
        this.#emitter.emit('snapshots-changed', { id: machine.id, ...this.#snapshots.list(machine.id) });
        this.#emitter.emit('vm-changed', machine.summary());
      },
    });
    this.#definitions = new DefinitionCommands({
      registry: this.#registry,
      snapshots: this.#snapshots,
      claims,
      onChanged: (machine) => {
        this.#network.rename(machine.id, machine.stored.name);
        this.#checkpoints.watch(machine);
        this.#emitter.emit('vm-changed', machine.summary());
      },
    });
    this.#power = new PowerCommands({ registry: this.#registry, snapshots: this.#snapshots, claims });
    this.#checkpoints = new CheckpointKeeper(this.#snapshots, options.every);
    this.#network = new NetworkThread({
      entry: path.join(path.dirname(options.threadEntry), NETWORK_SCRIPT),
      onDeath: options.onInternalError ?? warn,
    });
    this.#threads = new VcpuThreads({
      entry: options.threadEntry,
      handlers: options.handlers,
      keepsSpare: options.keepsSpareThread ?? false,
    });
    this.#emitter = new TypedEmitter(options.onInternalError ?? rethrowLater);
    this.#scheduler = new SchedulerControl(options.scheduler);
    this.#observatory = new Observatory(
      this.#scheduler.scheduler,
      this.#emitter,
      () => this.#machines,
      () => this.#scheduler.settings,
    );
    this.#roster = this.#makeRoster();
    this.#roster.open();
  }

  #makeRoster(): MachineRoster {
    const host: VirtualMachineHost = {
      threads: this.#threads,
      scheduler: this.#scheduler.scheduler,
      nextIncarnation: (machine) => this.#observatory.nextIncarnation(machine),
      findExcess: (machine) => this.#memoryLimit.findExcess(machine),
      prepareDrives: ({ stored }) => this.#layers.prepareStart(stored),
    };
    const events = machineEvents({
      machines: this.#machines,
      emitter: this.#emitter,
      observatory: this.#observatory,
      network: this.#network,
      traces: this.traces,
      layers: this.#layers,
      snapshots: this.#snapshots,
      checkpoints: this.#checkpoints,
      definitions: this.#definitions,
    });
    return new MachineRoster({
      machines: this.#machines,
      registry: this.#registry,
      snapshots: this.#snapshots,
      connect: (stored) => new VirtualMachine(stored, host, events),
      onAdded: (summary) => this.#emitter.emit('vm-added', summary),
      onRemoved: (machine) => {
        this.#observatory.onOff(machine);
        this.#observatory.onRemoved(machine.id);
        this.traces.forget(machine.id);
        this.#emitter.emit('vm-removed', { id: machine.id });
      },
    });
  }

  list(): readonly VmSummary[] {
    return this.#machines.list();
  }

  get(id: VmId): VmSummary | undefined {
    return this.#machines.get(id)?.summary();
  }

  storeProblems(): readonly StoreProblem[] {
    return this.#store.problems;
  }

  async create(request: CreateVmRequest): Promise<Result<VmSummary>> {
    return this.#roster.create(request);
  }

  async update(id: VmId, request: UpdateVmRequest): Promise<Result<VmSummary>> {
    return this.#machines.command(id, commandOfUpdate(request), (machine) =>
      this.#definitions.update(machine, request),
    );
  }

  async changeMedium(
    id: VmId,
    slot: RemovableSlot,
    image: { readonly path: string; readonly access: ImageAccess } | null,
  ): Promise<Result<VmSummary>> {
    return this.#machines.command(id, null, (machine) => this.#definitions.changeMedium(machine, slot, image));
  }

  async setProgram(id: VmId, program: ProgramSource): Promise<Result<VmSummary>> {
    return this.#machines.command(id, null, (machine) => this.#definitions.setProgram(machine, program));
  }

  async reloadProgram(id: VmId): Promise<Result<VmSummary>> {
    const source = this.#registry.sourceOf(id);
    return source.ok ? this.setProgram(id, source.value) : source;
  }

  async readProgram(id: VmId): Promise<Result<{ readonly program: VmProgram; readonly bytes: Uint8Array }>> {
    const machine = this.#machines.get(id);
    return machine === undefined ? unknownMachine() : this.#definitions.readProgram(machine);
  }

  async clone(
    id: VmId,
    { name, snapshot }: { readonly name?: string; readonly snapshot?: SnapshotId } = {},
  ): Promise<Result<VmSummary>> {
    return this.#roster.clone(id, name, snapshot);
  }

  async exportMachine(id: VmId, file: string, options: ExportOptions): Promise<Result<null>> {
    const found = this.#machines.find(id, 'export');
    if (!found.ok) return found;
    const conflict = await findDriveAt(file, this.#machines);
    return conflict ?? this.#snapshots.export(found.value, file, options);
  }

  async importMachine(file: string): Promise<Result<VmSummary>> {
    return this.#roster.import(file);
  }

  async delete(id: VmId, { isUndoable = false }: { readonly isUndoable?: boolean } = {}): Promise<Result<null>> {
    return this.#roster.delete(id, isUndoable);
  }

  async undelete(id: VmId): Promise<Result<VmSummary>> {
    return this.#roster.undelete(id);
  }

  async start(id: VmId, { paused = false }: { readonly paused?: boolean } = {}): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'start', (machine) => this.#power.switchOn(machine, paused));
  }

  async pause(id: VmId): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'pause', (machine) => machine.send('pause', null));
  }

  async resume(id: VmId): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'resume', (machine) => machine.send('run', null));
  }

  async step(id: VmId): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'step', (machine) => machine.send('step', null));
  }

  async stepOver(id: VmId, vcpu = 0): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'step over', (machine) => stepOver(machine, vcpu, this.#options.stepOverEnd));
  }

  async runTo(id: VmId, linearAddress: number): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'run to an address in', (machine) =>
      machine.send('runTo', { linearAddress, stackPointerAtLeast: null }),
    );
  }

  async runOut(
    id: VmId,
    { linearAddress, stackPointer }: { readonly linearAddress: number; readonly stackPointer: number },
  ): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'run to an address in', (machine) =>
      machine.send('runTo', { linearAddress, stackPointerAtLeast: stackPointer }),
    );
  }

  async reset(id: VmId): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'reset', (machine) => this.#power.reset(machine));
  }

  async pressPowerButton(id: VmId): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'press the power button of', (machine) => this.#power.pressButton(machine));
  }

  async powerOff(id: VmId): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'power off', async (machine) => {
      await machine.powerOff();
      return done(null);
    });
  }

  async suspend(id: VmId): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'suspend', (machine) => this.#snapshots.suspend(machine));
  }

  async discardSuspended(id: VmId): Promise<Result<VmSummary>> {
    return this.#machines.command(id, null, (machine) => this.#snapshots.discardSuspended(machine));
  }

  snapshots(id: VmId): VmSnapshots | undefined {
    return this.#machines.get(id) !== undefined ? this.#snapshots.list(id) : undefined;
  }

  async takeSnapshot(id: VmId, request: SnapshotRequest): Promise<Result<TakenSnapshot>> {
    const found = this.#machines.find(id, 'take a snapshot of');
    return found.ok ? this.#snapshots.take(found.value, request) : found;
  }

  async restoreSnapshot(id: VmId, snapshot: SnapshotId, then: AfterRestore = 'as-taken'): Promise<Result<VmSummary>> {
    return this.#machines.command(id, 'restore a snapshot of', (machine) =>
      this.#snapshots.restore(machine, snapshot, then),
    );
  }

  async annotateSnapshot(
    id: VmId,
    snapshot: SnapshotId,
    change: { readonly name?: string; readonly notes?: string },
  ): Promise<Result<VmSnapshot>> {
    const found = this.#machines.find(id, null);
    return found.ok ? this.#snapshots.annotate(found.value, snapshot, change) : found;
  }

  async deleteSnapshot(id: VmId, snapshot: SnapshotId): Promise<Result<null>> {
    const found = this.#machines.find(id, null);
    return found.ok ? this.#snapshots.delete(found.value, snapshot) : found;
  }

  async snapshotThumbnail(id: VmId, snapshot: SnapshotId): Promise<Result<Uint8Array | null>> {
    const found = this.#machines.find(id, null);
    return found.ok ? this.#snapshots.thumbnail(id, snapshot) : found;
  }

  async snapshotMemory(id: VmId, snapshot: SnapshotId): ReturnType<HypervisorService['snapshotMemory']> {
    const found = this.#machines.find(id, null);
    return found.ok ? this.#snapshots.memory(id, snapshot) : found;
  }

  attachDebugger(id: VmId, link: DebugLink): Result<DebugConnection> {
    const found = this.#machines.find(id, 'look inside');
    return found.ok ? found.value.attachDebugger(link) : found;
  }

  registers(id: VmId, vcpu = 0): VcpuRegisters | undefined {
    return this.#machines.get(id)?.registers(vcpu);
  }

  async setRegister(id: VmId, vcpu: number, name: RegisterName, value: bigint): Promise<Result<null>> {
    return this.#machines.send(id, 'change registers of', 'setRegister', { vcpu, name, value });
  }

  readMemory(id: VmId, physicalAddress: number, byteLength: number): Uint8Array | undefined {
    return this.#machines.get(id)?.readMemory(physicalAddress, byteLength);
  }

  async writeMemory(id: VmId, physicalAddress: number, bytes: Uint8Array): Promise<Result<null>> {
    return this.#machines.send(id, 'write to the memory of', 'writeMemory', { physicalAddress, bytes });
  }

  async translateLinear(id: VmId, vcpu: number, linearAddress: number): Promise<Result<number | null>> {
    return this.#machines.send(id, 'translate addresses of', 'translateLinear', { vcpu, linearAddress });
  }

  async setBreakpoints(id: VmId, breakpoints: readonly ArmedBreakpoint[]): Promise<Result<null>> {
    const machine = this.#machines.get(id);
    return machine === undefined ? unknownMachine() : machine.setBreakpoints(breakpoints);
  }

  breakpoints(id: VmId): readonly ArmedBreakpoint[] {
    return this.#machines.get(id)?.breakpoints ?? [];
  }

  async breakpointHits(id: VmId): Promise<Result<BreakpointHits>> {
    return this.#machines.send(id, 'look inside', 'breakpointHits', null);
  }

  async evaluate(
    id: VmId,
    vcpu: number,
    expressions: readonly Expression[],
  ): Promise<Result<readonly EvaluationResult[]>> {
    return this.#machines.send(id, 'look inside', 'evaluate', { vcpu, expressions });
  }

  statistics(): HypervisorStatistics {
    return this.#observatory.statistics();
  }

  scheduleTrace(since = 0): ScheduleTrace {
    return this.#observatory.scheduleTrace(since);
  }

  scheduledExits(since: ScheduledExits['cursor'] = new Map()): ScheduledExits {
    return this.#observatory.scheduledExits(since);
  }

  containmentLog(id?: VmId): readonly ContainmentEntry[] {
    return this.#observatory.ledger.entries(id);
  }

  clearContainmentLog(): void {
    this.#observatory.ledger.clear();
  }

  async memoryDigest(id: VmId): Promise<Result<string>> {
    const machine = this.#machines.get(id);
    if (machine === undefined) return unknownMachine();
    const allowed = machine.check('take the digest of');
    if (!allowed.ok) return allowed;
    const digest = await this.#observatory.exactDigest(id);
    return digest === undefined ? refused('wrong-state', 'The machine was powered off meanwhile.') : done(digest);
  }

  schedulerSettings(): SchedulerSettings {
    return this.#scheduler.settings;
  }

  setSchedulerSettings(settings: Partial<SchedulerSettings>): Result<SchedulerSettings> {
    const changed = this.#scheduler.change(settings);
    if (changed.ok) this.#emitter.emit('scheduler-changed', changed.value);
    return changed;
  }

  memoryLimitMiB(): number {
    return this.#memoryLimit.mebibytes;
  }

  setMemoryLimit(memoryLimitMiB: number | null): Result<number> {
    return this.#memoryLimit.change(memoryLimitMiB);
  }

  on<Name extends HypervisorEventName>(event: Name, listener: (payload: HypervisorEvents[Name]) => void): Disposer {
    return this.#emitter.on(event, listener);
  }

  async dispose(): Promise<void> {
    if (this.#machines.isClosed) return;
    this.#machines.close();
    await Promise.all([...this.#machines].map((machine) => machine.powerOff()));
    await Promise.all([...this.#machines].map(({ id }) => this.#snapshots.quiet(id)));
    await this.traces.close();
    await this.#images.close();
    await this.#network.close();
    await this.#threads.close();
    this.#observatory.dispose();
    this.#emitter.clear();
    await this.#store.close();
  }
}

/** A listener's bug ends like any other that nobody caught. */
function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function warn(error: unknown): void {
  process.emitWarning(`The network of the machines failed, and is started anew: ${messageOf(error)}`);
}
