import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { DebugConnection } from './threads/DebugConnection.ts';
import type { DebugLink } from '../machine/debugging/DebuggedMachine.ts';
import type { ArmedBreakpoint, BreakpointHits } from '../machine/breakpoints/Breakpoint.ts';
import type { EvaluationResult, Expression } from '../machine/expressions/Expression.ts';
import type { RemovableSlot } from '../machine/drives/DriveSlot.ts';
import type { ImageAccess } from '../machine/images/openImage.ts';
import { commandOfUpdate, DefinitionCommands } from './DefinitionCommands.ts';
import { DiskLayers } from './disks/DiskLayers.ts';
import { ImageContents } from './disks/ImageContents.ts';
import { findDriveAt } from './findDriveAt.ts';
import { ImageClaims } from './ImageClaims.ts';
import { InspectionCommands } from './inspection/InspectionCommands.ts';
import type { VmCommand } from './lifecycle/transitions.ts';
import { MemoryLimit } from './MemoryLimit.ts';
import { MachineRegistry, unknownMachine } from './MachineRegistry.ts';
import { type CabledMachine, NetworkThread } from './network/NetworkThread.ts';
import { Observatory } from './Observatory.ts';
import { PowerCommands } from './PowerCommands.ts';
import type { RegisterName } from './registers.ts';
import { closing, done, messageOf, refused } from './results.ts';
import { MAIN_OWNER, Scheduler } from './scheduler/Scheduler.ts';
import { SCHEDULER_BYTES, SCHEDULER_PCPUS_MOST } from './scheduler/SchedulerState.ts';
import { findSchedulerProblem } from './settings.ts';
import { CheckpointKeeper, type Every } from './snapshots/CheckpointKeeper.ts';
import { SnapshotCommands } from './snapshots/SnapshotCommands.ts';
import { stepOver, type StepOverEnd } from './stepOver.ts';
import { MachineStore } from './storage/MachineStore.ts';
import type { StoredMachine } from './storage/StoredMachine.ts';
import type { ThreadCommandName, ThreadCommands } from './threads/protocol.ts';
import { VcpuThreads } from './threads/VcpuThreads.ts';
import { TimeTravelCommands } from './timetravel/TimeTravelCommands.ts';
import { MachineTraces } from './traces/MachineTraces.ts';
import { TypedEmitter } from './TypedEmitter.ts';
import {
  SLICE_MS_RANGE,
  type AfterRestore,
  type ContainmentEntry,
  type CreateVmRequest,
  type DeviceActivity,
  type ExportOptions,
  type Disposer,
  type MouseMotion,
  type HypervisorEventName,
  type HypervisorEvents,
  type HypervisorService,
  type HypervisorStatistics,
  type InspectionService,
  type KeyStroke,
  type ProgramSource,
  type Result,
  type ScheduledExits,
  type ScheduleTrace,
  type SchedulerSettings,
  type SnapshotId,
  type SnapshotRequest,
  type StoreProblem,
  type Screen,
  type ScreenChange,
  type TakenSnapshot,
  type TimeTravelService,
  type UpdateVmRequest,
  type VcpuRegisters,
  type VmId,
  type VmProgram,
  type VmSnapshot,
  type VmSnapshots,
  type VmSummary,
} from './types.ts';
import { VirtualMachine, type VirtualMachineEvents } from './VirtualMachine.ts';

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
  readonly #scheduler: Scheduler;
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
  readonly traces: MachineTraces;
  readonly #checkpoints: CheckpointKeeper;
  readonly #power: PowerCommands;
  readonly #machines = new Map<VmId, VirtualMachine>();
  readonly #memoryLimit = new MemoryLimit(() => this.#machines.values());
  readonly #options: HypervisorOptions;
  #settings: SchedulerSettings;
  #isDisposed = false;

  static async open(options: HypervisorOptions): Promise<Result<Hypervisor>> {
    const store = await MachineStore.open(options.folder);
    return store.ok ? done(new Hypervisor(options, store.value)) : store;
  }

  private constructor(options: HypervisorOptions, store: MachineStore) {
    this.#options = options;
    this.#store = store;
    this.#registry = new MachineRegistry(store);
    this.inspection = new InspectionCommands((id, command) => this.#find(id, command));
    this.time = new TimeTravelCommands({
      find: (id, command) => this.#find(id, command),
      readProgram: (id) => this.#registry.readProgram(id),
      whileNotExported: (machine, action) => this.#snapshots.whileNotExported(machine, action),
    });
    this.traces = new MachineTraces({
      find: (id) => this.#find(id, null),
      machines: () => this.#machines.values(),
      onChanged: (id, trace) => this.#emitter.emit('trace-changed', { id, trace }),
    });
    this.#images = new ImageContents(path.join(store.folder, 'images.json'));
    this.#layers = new DiskLayers((id) => path.join(store.machineFolder(id), 'disks'), this.#images);
    const claims = new ImageClaims(() => this.#machines.values());
    this.#snapshots = new SnapshotCommands({
      store,
      registry: this.#registry,
      layers: this.#layers,
      claims,
      machines: () => this.#machines.values(),
      onChanged: (machine) => {
        this.#noteSuspended(machine);
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
    this.#settings = {
      pcpuCount: options.scheduler?.pcpuCount ?? Math.min(SCHEDULER_PCPUS_MOST, availableParallelism()),
      sliceMs: options.scheduler?.sliceMs ?? SLICE_MS_RANGE.usual,
    };
    this.#scheduler = new Scheduler(new SharedArrayBuffer(SCHEDULER_BYTES), MAIN_OWNER);
    this.#scheduler.initialise(this.#settings.pcpuCount, this.#settings.sliceMs);
    this.#observatory = new Observatory(
      this.#scheduler,
      this.#emitter,
      () => this.#machines.values(),
      () => this.#settings,
    );
    for (const stored of this.#registry.all()) void this.#snapshots.tidy(this.#addMachine(stored));
  }

  list(): readonly VmSummary[] {
    const machines = [...this.#machines.values()].map((machine) => machine.summary());
    // One that was deleted and brought back is where it was.
    return machines.toSorted((left, right) => left.createdAt - right.createdAt);
  }

  get(id: VmId): VmSummary | undefined {
    return this.#machines.get(id)?.summary();
  }

  storeProblems(): readonly StoreProblem[] {
    return this.#store.problems;
  }

  async create(request: CreateVmRequest): Promise<Result<VmSummary>> {
    return this.#added(await this.#registry.create(request));
  }

  async update(id: VmId, request: UpdateVmRequest): Promise<Result<VmSummary>> {
    return this.#command(id, commandOfUpdate(request), (machine) => this.#definitions.update(machine, request));
  }

  async changeMedium(
    id: VmId,
    slot: RemovableSlot,
    image: { readonly path: string; readonly access: ImageAccess } | null,
  ): Promise<Result<VmSummary>> {
    return this.#command(id, null, (machine) => this.#definitions.changeMedium(machine, slot, image));
  }

  async setProgram(id: VmId, program: ProgramSource): Promise<Result<VmSummary>> {
    return this.#command(id, null, (machine) => this.#definitions.setProgram(machine, program));
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
    const found = this.#find(id, null);
    if (!found.ok) return found;
    const cloned = this.#added(await this.#snapshots.clone(found.value, name, snapshot));
    if (!cloned.ok || snapshot === undefined) return cloned;
    const restored = await this.restoreSnapshot(cloned.value.id, snapshot);
    // It would be a machine that is not what was asked for.
    if (!restored.ok) await this.delete(cloned.value.id);
    return restored;
  }

  async exportMachine(id: VmId, file: string, options: ExportOptions): Promise<Result<null>> {
    const found = this.#find(id, 'export');
    if (!found.ok) return found;
    const conflict = await findDriveAt(file, this.#machines.values());
    return conflict ?? this.#snapshots.export(found.value, file, options);
  }

  async importMachine(file: string): Promise<Result<VmSummary>> {
    return this.#isDisposed
      ? closing()
      : this.#added(await this.#snapshots.withoutCheckpoints(await this.#registry.import(file)));
  }

  async delete(id: VmId, { isUndoable = false }: { readonly isUndoable?: boolean } = {}): Promise<Result<null>> {
    const machine = this.#machines.get(id);
    if (machine === undefined) return unknownMachine();
    const allowed = machine.check('delete');
    if (!allowed.ok) return allowed;
    machine.isBeingDeleted = true;
    await machine.powerOff();
    // It may be being exported.
    await this.#snapshots.quiet(id);
    const deleted = await this.#registry.delete(id, isUndoable);
    if (!deleted.ok) {
      machine.isBeingDeleted = false;
      return deleted;
    }
    this.#machines.delete(id);
    this.#observatory.onOff(machine);
    this.#observatory.onRemoved(id);
    this.traces.forget(id);
    this.#emitter.emit('vm-removed', { id });
    return done(null);
  }

  async undelete(id: VmId): Promise<Result<VmSummary>> {
    return this.#isDisposed ? closing() : this.#added(await this.#registry.takeBack(id));
  }

  async start(id: VmId, { paused = false }: { readonly paused?: boolean } = {}): Promise<Result<VmSummary>> {
    return this.#command(id, 'start', (machine) => this.#power.switchOn(machine, paused));
  }

  async pause(id: VmId): Promise<Result<VmSummary>> {
    return this.#command(id, 'pause', (machine) => machine.send('pause', null));
  }

  async resume(id: VmId): Promise<Result<VmSummary>> {
    return this.#command(id, 'resume', (machine) => machine.send('run', null));
  }

  async step(id: VmId): Promise<Result<VmSummary>> {
    return this.#command(id, 'step', (machine) => machine.send('step', null));
  }

  async stepOver(id: VmId, vcpu = 0): Promise<Result<VmSummary>> {
    return this.#command(id, 'step over', (machine) => stepOver(machine, vcpu, this.#options.stepOverEnd));
  }

  async runTo(id: VmId, linearAddress: number): Promise<Result<VmSummary>> {
    return this.#command(id, 'run to an address', (machine) =>
      machine.send('runTo', { linearAddress, stackPointerAtLeast: null }),
    );
  }

  async runOut(
    id: VmId,
    { linearAddress, stackPointer }: { readonly linearAddress: number; readonly stackPointer: number },
  ): Promise<Result<VmSummary>> {
    return this.#command(id, 'run to an address', (machine) =>
      machine.send('runTo', { linearAddress, stackPointerAtLeast: stackPointer }),
    );
  }

  async reset(id: VmId): Promise<Result<VmSummary>> {
    return this.#command(id, 'reset', (machine) => this.#power.reset(machine));
  }

  async pressPowerButton(id: VmId): Promise<Result<VmSummary>> {
    return this.#command(id, 'press the power button of', (machine) => this.#power.pressButton(machine));
  }

  async powerOff(id: VmId): Promise<Result<VmSummary>> {
    return this.#command(id, 'power off', async (machine) => {
      await machine.powerOff();
      return done(null);
    });
  }

  async suspend(id: VmId): Promise<Result<VmSummary>> {
    return this.#command(id, 'suspend', (machine) => this.#snapshots.suspend(machine));
  }

  async discardSuspended(id: VmId): Promise<Result<VmSummary>> {
    return this.#command(id, null, (machine) => this.#snapshots.discardSuspended(machine));
  }

  snapshots(id: VmId): VmSnapshots | undefined {
    return this.#machines.has(id) ? this.#snapshots.list(id) : undefined;
  }

  async takeSnapshot(id: VmId, request: SnapshotRequest): Promise<Result<TakenSnapshot>> {
    const found = this.#find(id, 'take a snapshot of');
    return found.ok ? this.#snapshots.take(found.value, request) : found;
  }

  async restoreSnapshot(id: VmId, snapshot: SnapshotId, then: AfterRestore = 'as-taken'): Promise<Result<VmSummary>> {
    return this.#command(id, 'restore a snapshot of', (machine) => this.#snapshots.restore(machine, snapshot, then));
  }

  async annotateSnapshot(
    id: VmId,
    snapshot: SnapshotId,
    change: { readonly name?: string; readonly notes?: string },
  ): Promise<Result<VmSnapshot>> {
    const found = this.#find(id, null);
    return found.ok ? this.#snapshots.annotate(found.value, snapshot, change) : found;
  }

  async deleteSnapshot(id: VmId, snapshot: SnapshotId): Promise<Result<null>> {
    const found = this.#find(id, null);
    return found.ok ? this.#snapshots.delete(found.value, snapshot) : found;
  }

  async snapshotThumbnail(id: VmId, snapshot: SnapshotId): Promise<Result<Uint8Array | null>> {
    const found = this.#find(id, null);
    return found.ok ? this.#snapshots.thumbnail(id, snapshot) : found;
  }

  async snapshotMemory(id: VmId, snapshot: SnapshotId): ReturnType<HypervisorService['snapshotMemory']> {
    const found = this.#find(id, null);
    return found.ok ? this.#snapshots.memory(id, snapshot) : found;
  }

  attachDebugger(id: VmId, link: DebugLink): Result<DebugConnection> {
    const found = this.#find(id, 'look inside');
    return found.ok ? found.value.attachDebugger(link) : found;
  }

  registers(id: VmId, vcpu = 0): VcpuRegisters | undefined {
    return this.#machines.get(id)?.registers(vcpu);
  }

  async setRegister(id: VmId, vcpu: number, name: RegisterName, value: bigint): Promise<Result<null>> {
    return this.#send(id, 'change registers of', 'setRegister', { vcpu, name, value });
  }

  readMemory(id: VmId, physicalAddress: number, byteLength: number): Uint8Array | undefined {
    return this.#machines.get(id)?.readMemory(physicalAddress, byteLength);
  }

  async writeMemory(id: VmId, physicalAddress: number, bytes: Uint8Array): Promise<Result<null>> {
    return this.#send(id, 'write to the memory of', 'writeMemory', { physicalAddress, bytes });
  }

  async translateLinear(id: VmId, vcpu: number, linearAddress: number): Promise<Result<number | null>> {
    return this.#send(id, 'translate addresses of', 'translateLinear', { vcpu, linearAddress });
  }

  async setBreakpoints(id: VmId, breakpoints: readonly ArmedBreakpoint[]): Promise<Result<null>> {
    const machine = this.#machines.get(id);
    return machine === undefined ? unknownMachine() : machine.setBreakpoints(breakpoints);
  }

  breakpoints(id: VmId): readonly ArmedBreakpoint[] {
    return this.#machines.get(id)?.breakpoints ?? [];
  }

  async breakpointHits(id: VmId): Promise<Result<BreakpointHits>> {
    return this.#send(id, 'look inside', 'breakpointHits', null);
  }

  async evaluate(
    id: VmId,
    vcpu: number,
    expressions: readonly Expression[],
  ): Promise<Result<readonly EvaluationResult[]>> {
    return this.#send(id, 'look inside', 'evaluate', { vcpu, expressions });
  }

  screen(id: VmId): Screen | undefined {
    return this.#machines.get(id)?.screen.screen;
  }

  screenRevision(id: VmId): number {
    return this.#machines.get(id)?.screen.revision ?? 0;
  }

  screenSince(id: VmId, revision: number): ScreenChange | undefined {
    const mirror = this.#machines.get(id)?.screen;
    if (mirror === undefined || mirror.revision === revision) return undefined;
    return { revision: mirror.revision, screen: mirror.since(revision) ?? null };
  }

  watchScreen(id: VmId, perSecond: number): Disposer {
    return this.#machines.get(id)?.watchScreen(perSecond) ?? (() => undefined);
  }

  sendScanCodes(id: VmId, codes: readonly number[]): Result<null> {
    return this.#post(id, 'sendScanCodes', codes);
  }

  sendKeys(id: VmId, keys: readonly KeyStroke[]): Result<null> {
    return this.#post(id, 'sendKeys', keys);
  }

  moveMouse(id: VmId, motion: MouseMotion): Result<null> {
    return this.#post(id, 'moveMouse', motion);
  }

  typeText(id: VmId, text: string): Result<null> {
    return this.#post(id, 'typeText', text);
  }

  deviceActivity(id: VmId): DeviceActivity | undefined {
    return this.#machines.get(id)?.deviceActivity();
  }

  sendSerial(id: VmId, bytes: Uint8Array, port = 0): Result<null> {
    return this.#post(id, 'serialInput', { port, bytes });
  }

  serialHistory(id: VmId, port = 0): Uint8Array {
    return this.#machines.get(id)?.serialHistories.bytes(port) ?? new Uint8Array(0);
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
    return this.#settings;
  }

  setSchedulerSettings(settings: Partial<SchedulerSettings>): Result<SchedulerSettings> {
    const { pcpuCount = this.#settings.pcpuCount, sliceMs = this.#settings.sliceMs } = settings;
    const problem = findSchedulerProblem({ pcpuCount, sliceMs });
    if (problem !== undefined) return problem;
    this.#settings = { pcpuCount, sliceMs };
    this.#scheduler.setSlice(sliceMs);
    this.#scheduler.setPcpuCount(pcpuCount);
    this.#emitter.emit('scheduler-changed', this.#settings);
    return done(this.#settings);
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
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const machine of this.#machines.values()) machine.isClosing = true;
    await Promise.all([...this.#machines.values()].map((machine) => machine.powerOff()));
    await Promise.all([...this.#machines.keys()].map((id) => this.#snapshots.quiet(id)));
    await this.traces.close();
    await this.#images.close();
    await this.#network.close();
    await this.#threads.close();
    this.#observatory.dispose();
    this.#emitter.clear();
    await this.#store.close();
  }

  #addMachine(stored: StoredMachine): VirtualMachine {
    const events: VirtualMachineEvents = {
      onChanged: (machine) => this.#emitter.emit('vm-changed', machine.summary()),
      onState: (machine, from, to) => {
        if (to === 'off') this.#observatory.onOff(machine);
        if (to === 'off') this.#onOff(machine);
        if (to === 'off') this.traces.onOff(machine.id);
        this.#checkpoints.onState(machine, from, to);
        this.#emitter.emit('vm-state', { id: machine.id, from, to, at: Date.now() });
      },
      onThread: (machine) => {
        this.#plug(machine);
        this.traces.onThread(machine);
      },
      onTrace: (machine, lines) => this.traces.onLines(machine.id, lines),
      onTraceFull: (machine) => this.traces.onFull(machine.id),
      onRestored: (machine) => {
        this.#observatory.onOff(machine);
        this.#network.rename(machine.id, machine.stored.name);
        this.#emitter.emit('vm-restored', { id: machine.id });
      },
      onSerial: (output) => this.#emitter.emit('serial-output', output),
      onSound: (machine, samples) => this.#emitter.emit('sound', { vmId: machine.id, samples }),
      onMedia: (machine, media) => void this.#definitions.noteMedia(machine, media),
      onDriveProblem: (machine, problem) => this.#emitter.emit('drive-problem', { vmId: machine.id, ...problem }),
      onContainment: (machine, records) => this.#observatory.onContainment(machine, records),
      onLoaded: (machine, loaded) => this.#observatory.onLoaded(machine, loaded),
      onCrashed: (machine, report) => this.#observatory.onCrashed(machine, report),
    };
    const host = {
      threads: this.#threads,
      scheduler: this.#scheduler,
      nextIncarnation: (machine: VirtualMachine) => this.#observatory.nextIncarnation(machine),
      findExcess: (machine: VirtualMachine) => this.#memoryLimit.findExcess(machine),
      prepareDrives: ({ stored: now }: VirtualMachine) => this.#layers.prepareStart(now),
    };
    const machine = new VirtualMachine(stored, host, events);
    this.#noteSuspended(machine);
    this.#machines.set(stored.id, machine);
    return machine;
  }

  #noteSuspended(machine: VirtualMachine): void {
    const suspended = this.#snapshots.suspendedOf(machine);
    machine.isSuspended = suspended !== undefined;
    machine.interruptedAt = suspended?.kind === 'checkpoint' ? suspended.takenAt : null;
  }

  #onOff(machine: VirtualMachine): void {
    this.#network.unplug(machine.id);
    this.#layers.forget(machine.id);
    if (!this.#isDisposed && !machine.isBeingDeleted) void this.#snapshots.tidy(machine);
  }

  #plug({ stored: { id, name, network }, worker }: VirtualMachine): void {
    this.#network.unplug(id);
    if (network === null || worker === undefined) return;
    const { wake, owed } = worker;
    const connect: CabledMachine['connect'] = (cable) => worker.post('plugIn', cable, [cable.port]);
    this.#network.plug({ id, name, network, wake, owed, connect });
  }

  #added(result: Result<StoredMachine>): Result<VmSummary> {
    if (!result.ok) return result;
    const summary = this.#addMachine(result.value).summary();
    this.#emitter.emit('vm-added', summary);
    return done(summary);
  }

  /** Obeys a command if the machine's state allows it, and answers with the machine as it is afterwards. */
  async #command(
    id: VmId,
    command: VmCommand | null,
    obey: (machine: VirtualMachine) => Promise<Result<unknown>>,
  ): Promise<Result<VmSummary>> {
    const found = this.#find(id, command);
    if (!found.ok) return found;
    const result = await obey(found.value);
    return result.ok ? done(found.value.summary()) : result;
  }

  async #send<Name extends ThreadCommandName>(
    id: VmId,
    command: VmCommand,
    name: Name,
    request: ThreadCommands[Name]['request'],
  ): Promise<Result<ThreadCommands[Name]['reply']>> {
    const found = this.#find(id, command);
    return found.ok ? found.value.send(name, request) : found;
  }

  #post<Name extends ThreadCommandName>(id: VmId, name: Name, request: ThreadCommands[Name]['request']): Result<null> {
    const found = this.#find(id, 'send input to');
    if (!found.ok) return found;
    found.value.worker?.post(name, request);
    return done(null);
  }

  #find(id: VmId, command: VmCommand | null): Result<VirtualMachine> {
    if (this.#isDisposed) return closing();
    const machine = this.#machines.get(id);
    if (machine === undefined) return unknownMachine();
    const allowed = machine.check(command);
    return allowed.ok ? done(machine) : allowed;
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
