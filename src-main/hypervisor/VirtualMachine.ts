import type { CpuState } from '../engine/state/CpuState.ts';
import type { ArmedBreakpoint } from '../machine/breakpoints/Breakpoint.ts';
import type { DebugLink } from '../machine/debugging/DebuggedMachine.ts';
import type { DriveSlot } from '../machine/drives/DriveSlot.ts';
import { MachineCondition } from './lifecycle/MachineCondition.ts';
import { debuggersRefusal, isObeyed, refusal, type VmCommand } from './lifecycle/transitions.ts';
import { isSameHardware } from './snapshots/hardwareOf.ts';
import type { CapturedMachine, PackedSnapshot } from './snapshots/PackedSnapshot.ts';
import type { SerialPast } from './snapshots/StoredSnapshot.ts';
import { closing, done, refused } from './results.ts';
import { ScreenMirror } from './ScreenMirror.ts';
import { ScreenWatches } from './ScreenWatches.ts';
import { SerialHistories } from './SerialHistories.ts';
import type { Scheduler } from './scheduler/Scheduler.ts';
import { PHASE, type VcpuShare } from './scheduler/SchedulerState.ts';
import { SharedState } from './SharedState.ts';
import type { StoredMachine } from './storage/StoredMachine.ts';
import { summariseStored } from './storage/summariseStored.ts';
import type { ContainmentRecord } from '../machine/containment/ContainmentLog.ts';
import type { ThreadBatch, ThreadCommandName, ThreadCommands, ThreadHappening } from './threads/protocol.ts';
import { definitionOf, launchThread, type LaunchedThread, type ReadyThread } from './threads/launchThread.ts';
import type {
  LoadedPages,
  MachineViews,
  MediumInDrive,
  NewLayer,
  ThreadDrive,
  ThreadMachineDefinition,
  ThreadProgram,
} from './threads/ThreadMachine.ts';
import { type Attempt, MachineThreads } from './threads/MachineThreads.ts';
import { DebugConnection } from './threads/DebugConnection.ts';
import type { VcpuThreads } from './threads/VcpuThreads.ts';
import type { VcpuWorker } from './threads/VcpuWorker.ts';
import type {
  BackTarget,
  CrashReport,
  DeviceActivity,
  DriveProblem,
  Result,
  SerialOutput,
  VcpuRegisters,
  VmActivity,
  VmId,
  VmState,
  VmSummary,
} from './types.ts';

/** For copying 2 GiB on a host that is out of breath; in the meantime the machine can be powered off. */
const CAPTURE_TIMEOUT_MS = 60_000;

export interface VirtualMachineEvents {
  onChanged(machine: VirtualMachine): void;
  onState(machine: VirtualMachine, from: VmState, to: VmState): void;
  onSerial(output: SerialOutput): void;
  /** Resolves when the lines are written, or cannot be. */
  onTrace(machine: VirtualMachine, lines: Uint8Array): Promise<void>;
  onTraceFull(machine: VirtualMachine): void;
  onSound(machine: VirtualMachine, samples: Int16Array): void;
  /** It has gone to where other media lay in its drives. */
  onMedia(machine: VirtualMachine, media: readonly MediumInDrive[]): void;
  onDriveProblem(machine: VirtualMachine, problem: DriveProblem): void;
  onContainment(machine: VirtualMachine, records: readonly ContainmentRecord[]): void;
  /** It has another thread, in which no guest code has run yet. */
  onThread(machine: VirtualMachine): void;
  /** It has become another. */
  onRestored(machine: VirtualMachine): void;
  /** The program was loaded, or a snapshot restored: RAM is known. */
  onLoaded(machine: VirtualMachine, loaded: LoadedPages): void;
  onCrashed(machine: VirtualMachine, report: CrashReport): void;
}

export interface VirtualMachineHost {
  readonly threads: VcpuThreads;
  readonly scheduler: Scheduler;
  /** Numbers the vCPUs that ever ran; what the schedule's trace names. */
  nextIncarnation(machine: VirtualMachine): number;
  /** Why it may not be switched on beside the machines that are. */
  findExcess(machine: VirtualMachine): Result<never> | undefined;
  /** Opens nothing, but makes what a start of the machine needs beside its images. */
  prepareDrives(machine: VirtualMachine): Promise<Result<readonly ThreadDrive[]>>;
}

/** What a machine is to become. */
export interface RestoredMachine {
  readonly stored: StoredMachine;
  readonly program: ThreadProgram | null;
  readonly drives: readonly ThreadDrive[];
  /** In memory that threads share. */
  readonly snapshot: PackedSnapshot;
  /** What its serial ports had sent. */
  readonly serial: SerialPast;
  /** A machine of this very program has been in this state: nothing in it is unknown. */
  readonly isFamiliar: boolean;
}

/** One machine at run time: its state, its thread, and what the thread last said. */
export class VirtualMachine {
  stored: StoredMachine;
  /** Changes with each write to its memory that no guest code makes. */
  memoryVersion = 0;
  /** From then on it obeys nothing: a thread started now would outlive its machine. */
  isBeingDeleted = false;
  /** Likewise: it would outlive its hypervisor. */
  isClosing = false;
  /** Its next start goes on where it was suspended. */
  isSuspended = false;
  /** When the checkpoint was taken that it goes on from, in ms since 1970, if it was suspended by nobody. */
  interruptedAt: number | null = null;
  readonly screen = new ScreenMirror();
  readonly serialHistories = new SerialHistories();
  readonly #host: VirtualMachineHost;
  readonly #events: VirtualMachineEvents;
  readonly #condition: MachineCondition;
  #programSummary: string | null = null;
  readonly #threads: MachineThreads;
  /** Of a crashed machine too. */
  #shared: SharedState | undefined;
  readonly #screenWatches = new ScreenWatches(() => this.#applyScreenRate());
  #breakpoints: readonly ArmedBreakpoint[] = [];

  constructor(stored: StoredMachine, host: VirtualMachineHost, events: VirtualMachineEvents) {
    this.stored = stored;
    this.#host = host;
    this.#events = events;
    this.#threads = new MachineThreads((definition) => this.#launch(definition));
    this.#condition = new MachineCondition({
      onChanged: () => events.onChanged(this),
      onState: (from, to) => events.onState(this, from, to),
    });
  }

  get id(): VmId {
    return this.stored.id;
  }

  get state(): VmState {
    return this.#condition.state;
  }

  /** Where its memory lies; of a crashed machine too. */
  get views(): MachineViews | undefined {
    return this.#shared?.views;
  }

  get worker(): VcpuWorker | undefined {
    return this.#thread;
  }

  get #thread(): VcpuWorker | undefined {
    return this.#threads.current;
  }

  /** Resolves once no thread of a machine that was switched off writes to its disks any more. */
  get whenEnded(): Promise<unknown> {
    return this.#threads.whenEnded;
  }

  get breakpoints(): readonly ArmedBreakpoint[] {
    return this.#breakpoints;
  }

  /** Nothing changes its memory before somebody asks for it. */
  get isStill(): boolean {
    return this.state === 'paused' || this.state === 'crashed' || this.#condition.isStopped;
  }

  /** Its thread looks at its clock and its messages. */
  get isAnswering(): boolean {
    return this.#condition.isAnswering;
  }

  /** It runs backwards: what asks anything else of its thread gives that up. */
  get isGoingBack(): boolean {
    return this.#condition.isGoingBack;
  }

  async runBack(target: BackTarget): Promise<Result<null>> {
    this.#condition.noteGoingBack(true);
    const begun = await this.send('runBack', target);
    if (!begun.ok) this.#condition.noteGoingBack(false);
    return begun;
  }

  noteAnswering(isAnswering: boolean): void {
    this.#condition.noteAnswering(isAnswering);
  }

  get activity(): VmActivity {
    if (this.state !== 'running' || this.#thread === undefined) return 'none';
    if (!this.isAnswering) return 'silent';
    if (this.#condition.isStopped) return 'stopped';
    const { phase } = this.#thread.slot;
    if (phase === PHASE.halted) return 'halted';
    return phase === PHASE.capped ? 'capped' : 'busy';
  }

  summary(): VmSummary {
    return {
      ...summariseStored(this.stored),
      state: this.state,
      activity: this.activity,
      pauseReason: this.#condition.pauseReason,
      crash: this.#condition.crash,
      isDebugged: this.#condition.isDebugged,
      programSummary: this.#programSummary,
      isSuspended: this.isSuspended,
      interruptedAt: this.interruptedAt,
      driveProblems: [...this.#condition.driveProblems].map(([slot, message]) => ({ slot, message })),
    };
  }

  /** The refusal of a command that does not fit the present state; null stands for one that fits all. */
  check(command: VmCommand | null): Result<null> {
    const { name } = this.stored;
    if (this.isClosing) return closing();
    if (this.isBeingDeleted)
      return refused('wrong-state', `“${name}” is being deleted.`, { text: { id: 'being-deleted', values: { name } } });
    const drivenBy = command !== null && this.#condition.isDebugged ? debuggersRefusal(command, name) : undefined;
    if (drivenBy !== undefined) return drivenBy;
    if (command === null || isObeyed(command, this.state)) return done(null);
    return refusal(command, name, this.state);
  }

  /** Off or crashed to running or paused. */
  async start(program: ThreadProgram | null, isPaused: boolean): Promise<Result<null>> {
    const excess = this.#host.findExcess(this);
    if (excess !== undefined) return excess;
    this.#condition.transit('start');
    const attempt = this.#threads.attempt();
    await this.#threads.clear();
    if (attempt.isOvertaken) return this.#overtaken();
    this.#forget();
    this.serialHistories.clear();
    const drives = await this.#host.prepareDrives(this);
    if (attempt.isOvertaken) return this.#overtaken();
    const launched = drives.ok
      ? await this.#threads.launch(definitionOf(this.stored, program, drives.value, null))
      : drives;
    if (!launched.ok) {
      if (this.state === 'starting') {
        this.#threads.forget();
        this.#condition.transit('start-refused');
      }
      return launched;
    }
    await this.#adopt(launched.value);
    if (!isPaused) return this.send('run', null);
    this.#condition.onStartedPaused();
    return done(null);
  }

  /** Copies the machine between two instructions; it then is what it was. */
  async capture(layers: readonly NewLayer[]): Promise<Result<CapturedMachine & { readonly serial: SerialPast }>> {
    const thread = this.#thread;
    if (thread === undefined) return this.#threadless();
    this.#condition.beginSaving();
    const captured = await thread.send('capture', layers, { timeoutMs: CAPTURE_TIMEOUT_MS });
    if (!captured.ok && captured.error.code === 'no-answer' && this.#thread === thread)
      await this.giveUp({ kind: 'thread-hung', message: `The thread of “${this.stored.name}” hung and was ended.`, detail: 'it did not answer while the machine was captured' }); // prettier-ignore
    // What comes later the machine has sent after it was captured.
    const serial = this.serialHistories.copy();
    this.#condition.endSaving();
    return captured.ok ? done({ ...captured.value, serial }) : captured;
  }

  /** Becomes the machine of a snapshot, paused. A refusal leaves it as it was. */
  async restore(restored: RestoredMachine): Promise<Result<null>> {
    const allowed = this.check('restore a snapshot of');
    if (!allowed.ok) return allowed;
    const excess = this.state === 'off' ? this.#host.findExcess(this) : undefined;
    if (excess !== undefined) return excess;
    const attempt = this.#threads.attempt();
    const before = this.state;
    if (before === 'running' || before === 'paused') {
      this.#condition.beginSaving();
      if (restored.isFamiliar && isSameHardware(this.stored, restored.stored)) {
        const inPlace = await this.#restoreInPlace(restored);
        if (attempt.isOvertaken) return this.#overtaken();
        if (inPlace.ok || this.state !== 'saving') return inPlace;
      }
    } else this.#condition.transit('start');
    return this.#restoreAnew(restored, attempt);
  }

  /** In the thread that it has, which keeps what it has translated. Refused while it is `saving`: nothing has changed. */
  async #restoreInPlace({ stored, drives, snapshot, serial }: RestoredMachine): Promise<Result<null>> {
    const thread = this.#thread;
    if (thread === undefined) return this.#threadless();
    const layered = drives.filter(({ layerFile }) => layerFile !== null);
    const loaded = await thread.send('restore', { snapshot, drives: layered }, { timeoutMs: CAPTURE_TIMEOUT_MS });
    if (!loaded.ok) return loaded;
    if (this.#thread !== thread || this.state !== 'saving') return this.#overtaken();
    this.serialHistories.putBack(serial);
    this.stored = stored;
    this.#events.onRestored(this);
    this.#events.onLoaded(this, loaded.value);
    this.#condition.onRestored();
    return done(null);
  }

  /** In a new thread; the former one ends when that is done. */
  async #restoreAnew(
    { stored, program, drives, snapshot, serial }: RestoredMachine,
    attempt: Attempt,
  ): Promise<Result<null>> {
    const definition = definitionOf(stored, program, drives, snapshot);
    const launched = await this.#threads.launchBeside(definition);
    if (attempt.isOvertaken) {
      if (launched.ok) await launched.value.thread.terminate();
      return this.#overtaken();
    }
    if (!launched.ok) {
      if (this.state === 'starting') this.#condition.transit('start-refused');
      else this.#condition.endSaving();
      return launched;
    }
    await this.#threads.replaceBy(launched.value.thread);
    if (attempt.isOvertaken) return this.#overtaken();
    this.#forget();
    this.serialHistories.putBack(serial);
    this.stored = stored;
    this.#events.onRestored(this);
    await this.#adopt(launched.value);
    this.#condition.onRestored();
    return done(null);
  }

  #overtaken(): Result<never> {
    const { name } = this.stored;
    const text = { id: 'overtaken', values: { name } } as const;
    return refused('wrong-state', `“${name}” was powered off while it started.`, { text });
  }

  /** Its thread is ready. */
  async #adopt({ views, summary, loaded }: ReadyThread): Promise<void> {
    this.#shared = new SharedState(views);
    this.#programSummary = summary;
    this.#events.onThread(this);
    this.#events.onLoaded(this, loaded);
    if (this.#breakpoints.length > 0) await this.send('setBreakpoints', this.#breakpoints);
    this.#applyScreenRate();
  }

  /** Of a crashed machine whose thread still lives, and of one that runs or is paused. */
  async reset(program: ThreadProgram | null): Promise<Result<null>> {
    if (this.#thread === undefined || this.#thread.hasEnded) return this.start(program, false);
    if (this.state === 'crashed') this.#condition.transit('start');
    return this.send('reset', null);
  }

  async powerOff(): Promise<void> {
    this.#breakpoints = [];
    // Before anybody hears that it is off, and turns to its disks.
    this.#threads.end(this.#overtaken());
    if (this.state !== 'off') this.#condition.transit('power-off');
    await this.#threads.whenEnded;
    if (this.#thread === undefined) this.#forget();
  }

  send<Name extends ThreadCommandName>(
    name: Name,
    request: ThreadCommands[Name]['request'],
  ): Promise<Result<ThreadCommands[Name]['reply']>> {
    if (name === 'writeMemory' || name === 'reset') this.memoryVersion++;
    if (this.#thread !== undefined) return this.#thread.send(name, request);
    return Promise.resolve(this.#threadless());
  }

  #threadless(): Result<never> {
    const { name } = this.stored;
    const text = { id: 'no-thread', values: { name } } as const;
    return refused('thread-died', `“${name}” has no thread. Reset it.`, { text });
  }

  async setBreakpoints(breakpoints: readonly ArmedBreakpoint[]): Promise<Result<null>> {
    this.#breakpoints = [...breakpoints];
    if (this.#thread === undefined || this.#shared === undefined || this.#thread.hasEnded) return done(null);
    return this.send('setBreakpoints', breakpoints);
  }

  /** Hands the machine to a debugger, which is told by the end of its link when the machine does not take it. */
  attachDebugger(link: DebugLink): Result<DebugConnection> {
    const thread = this.#thread;
    if (thread === undefined || thread.hasEnded) return this.#threadless();
    const connection = new DebugConnection(link, () => thread.signal());
    thread.post('attachDebugger', connection.threadPort, [connection.threadPort]);
    return done(connection);
  }

  /** Weight, cap, pins or slice were changed. */
  applyShare(): void {
    if (this.#thread === undefined || this.#thread.hasEnded) return;
    this.#host.scheduler.setShare(this.#thread.slot, shareOf(this.stored));
  }

  registers(vcpu: number): VcpuRegisters | undefined {
    const registers = this.#shared?.registers(vcpu);
    return registers && { vmId: this.id, vcpu, ...registers };
  }

  /** The state of a vCPU, live. */
  cpu(vcpu: number): CpuState | undefined {
    return this.#shared?.cpu(vcpu);
  }

  /** Undefined while off. */
  deviceActivity(): DeviceActivity | undefined {
    return this.#shared?.deviceActivity();
  }

  readMemory(physicalAddress: number, byteLength: number): Uint8Array | undefined {
    return this.#shared?.readMemory(physicalAddress, byteLength);
  }

  /** See `ScreenWatches`. */
  watchScreen(perSecond: number): () => void {
    return this.#screenWatches.add(perSecond);
  }

  #applyScreenRate(): void {
    if (this.#shared !== undefined) this.worker?.post('setScreenRate', this.#screenWatches.rate);
  }

  /** Ends a thread that does not react any more. */
  async giveUp(report: Omit<CrashReport, 'at'>): Promise<void> {
    const thread = this.#thread;
    await thread?.terminate();
    if (this.#thread === thread) this.#crashed(report);
  }

  #launch(definition: ThreadMachineDefinition): Result<LaunchedThread> {
    const isCurrent = (thread: VcpuWorker): boolean => this.#thread === thread;
    return launchThread({
      ...this.#host,
      name: this.stored.name,
      share: shareOf(this.stored),
      incarnation: this.#host.nextIncarnation(this),
      definition,
      onBatch: (thread, batch) => (isCurrent(thread) ? this.#onBatch(batch) : undefined),
      onDeath: (thread, report) => {
        if (isCurrent(thread)) this.#crashed(report);
      },
    });
  }

  #onBatch(batch: ThreadBatch): Promise<void> | undefined {
    for (const { port, bytes } of batch.serial) {
      this.serialHistories.append(port, bytes);
      this.#events.onSerial({ vmId: this.id, port, bytes, droppedBytes: 0 });
    }
    if (batch.sound) this.#events.onSound(this, batch.sound);
    if (batch.screen !== null) this.screen.update(batch.screen);
    if (batch.media.length > 0) this.#events.onMedia(this, batch.media);
    if (batch.containment.length > 0) this.#events.onContainment(this, batch.containment);
    const written = batch.trace ? this.#events.onTrace(this, batch.trace) : undefined;
    for (const happening of batch.happenings) this.#onHappening(happening);
    return written;
  }

  #onHappening(happening: ThreadHappening): void {
    switch (happening.kind) {
      case 'running':
        this.#condition.onRunning();
        return;
      case 'paused':
        this.#condition.onPaused(happening.reason);
        return;
      case 'travelled':
        this.memoryVersion++;
        this.#condition.onTravelled(happening.stop);
        return;
      case 'going-back':
        this.#condition.noteGoingBack(true);
        return;
      case 'debugger':
        this.#condition.noteDebugger(happening.isAttached);
        return;
      case 'trace-full':
        this.#events.onTraceFull(this);
        return;
      case 'stopped':
        this.#condition.onStopped();
        return;
      case 'reset':
        this.#condition.onReset();
        this.#events.onLoaded(this, happening.loaded);
        this.#events.onChanged(this);
        return;
      case 'drive-problem':
        this.#noteDriveProblem(happening.slot, happening.message);
        return;
      case 'power-off':
        void this.powerOff();
        return;
      case 'crashed':
        this.#crashed(happening.report);
        return;
    }
  }

  #noteDriveProblem(slot: DriveSlot, message: string | null): void {
    this.#condition.noteDriveProblem(slot, message);
    if (message !== null) this.#events.onDriveProblem(this, { slot, message });
  }

  /** Another medium lies in a drive: what was wrong with the former is over. */
  forgetDriveProblem(slot: DriveSlot): void {
    this.#condition.forgetDriveProblem(slot);
  }

  #crashed(report: Omit<CrashReport, 'at'>): void {
    this.#events.onCrashed(this, this.#condition.onCrashed(report));
  }

  /** What a machine that is off does not have. */
  #forget(): void {
    this.#shared = undefined;
    this.#condition.forget();
    this.screen.forget();
  }
}

/** What a machine's settings mean to the scheduler. */
function shareOf({ weight, capPercent, pcpus, sliceMs }: StoredMachine): VcpuShare {
  return { weight, limit: capPercent === 0 ? 1 : capPercent / 100, pcpus, sliceMs };
}
