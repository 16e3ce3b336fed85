import type { ArmedBreakpoint, BreakpointHits } from '../machine/breakpoints/Breakpoint.ts';
import type { EvaluationResult, Expression } from '../machine/expressions/Expression.ts';
import type { RemovableSlot } from '../machine/drives/DriveSlot.ts';
import type { ImageAccess } from '../machine/images/openImage.ts';
import type { DebugLink } from '../machine/debugging/DebuggedMachine.ts';
import type { DebugConnection } from './threads/DebugConnection.ts';
import type { RegisterName } from './registers.ts';
import type {
  AfterRestore,
  ConsoleService,
  ContainmentEntry,
  CreateVmRequest,
  ExportOptions,
  Disposer,
  HypervisorEventName,
  HypervisorEvents,
  HypervisorStatistics,
  InspectionService,
  ProgramSource,
  Result,
  ScheduledExits,
  ScheduleTrace,
  SchedulerSettings,
  SnapshotContent,
  SnapshotId,
  SnapshotRequest,
  StoreProblem,
  TakenSnapshot,
  TimeTravelService,
  TraceService,
  UpdateVmRequest,
  VcpuRegisters,
  VmId,
  VmProgram,
  VmSnapshot,
  VmSnapshots,
  VmSummary,
} from './types.ts';

/** Every method may be called at any time, never throws for an expected failure and never blocks the caller's thread. */
export interface HypervisorService {
  list(): readonly VmSummary[];
  get(id: VmId): VmSummary | undefined;
  /** What was wrong with the store when it was opened. */
  storeProblems(): readonly StoreProblem[];

  create(request: CreateVmRequest): Promise<Result<VmSummary>>;
  update(id: VmId, request: UpdateVmRequest): Promise<Result<VmSummary>>;
  /** Off or crashed: takes effect at once. Otherwise: at the next reset. The machine keeps its program when this one is refused. */
  setProgram(id: VmId, program: ProgramSource): Promise<Result<VmSummary>>;
  /** Takes the present content of the program's original file. */
  reloadProgram(id: VmId): Promise<Result<VmSummary>>;
  /** The stored copy, e.g. for the editor. */
  readProgram(id: VmId): Promise<Result<{ readonly program: VmProgram; readonly bytes: Uint8Array }>>;
  /**
   * Puts an image into a drive whose medium can be changed, or with null takes out what is there: at once in a machine
   * that runs, and for its next starts. Refused while the guest has locked the drive.
   */
  changeMedium(
    id: VmId,
    slot: RemovableSlot,
    image: { readonly path: string; readonly access: ImageAccess } | null,
  ): Promise<Result<VmSummary>>;
  /**
   * A new machine with the same settings, program and disks; of a snapshot, one that has that snapshot and is in its
   * state. Disks' content is shared until one of the two writes.
   */
  clone(id: VmId, options?: { readonly name?: string; readonly snapshot?: SnapshotId }): Promise<Result<VmSummary>>;
  /** Writes a machine that is off as one file. */
  exportMachine(id: VmId, file: string, options: ExportOptions): Promise<Result<null>>;
  /** A new machine, off, of a file that was exported. */
  importMachine(file: string): Promise<Result<VmSummary>>;
  /** Refused unless off or crashed. With `isUndoable` it is kept for `undelete` until the service is disposed of. */
  delete(id: VmId, options?: { readonly isUndoable?: boolean }): Promise<Result<null>>;
  /** The machine is there again, off, with all that it had. */
  undelete(id: VmId): Promise<Result<VmSummary>>;

  start(id: VmId, options?: { readonly paused?: boolean }): Promise<Result<VmSummary>>;
  pause(id: VmId): Promise<Result<VmSummary>>;
  resume(id: VmId): Promise<Result<VmSummary>>;
  /** Executes one instruction of a paused machine. */
  step(id: VmId, vcpu?: number): Promise<Result<VmSummary>>;
  /** Like step, but runs a called procedure, interrupt or repeated string instruction to its end; resolves when started. */
  stepOver(id: VmId, vcpu?: number): Promise<Result<VmSummary>>;
  /** Resumes and stops before the instruction at this linear address. */
  runTo(id: VmId, linearAddress: number): Promise<Result<VmSummary>>;
  /**
   * Resumes and stops at this linear address once the stack is no deeper than `stackPointer` (linear too): where a
   * procedure has returned to, whatever it has called meanwhile.
   */
  runOut(
    id: VmId,
    place: { readonly linearAddress: number; readonly stackPointer: number },
  ): Promise<Result<VmSummary>>;
  /** Loads the program anew; a running machine runs on, a paused one stays paused. */
  reset(id: VmId): Promise<Result<VmSummary>>;
  /** Asks the guest to shut itself down; refused when it does not listen. */
  pressPowerButton(id: VmId): Promise<Result<VmSummary>>;
  powerOff(id: VmId): Promise<Result<VmSummary>>;
  /** Keeps the state of a machine that runs or is paused, and powers it off; its next start goes on from there. */
  suspend(id: VmId): Promise<Result<VmSummary>>;
  /** The next start of a suspended machine starts it anew. */
  discardSuspended(id: VmId): Promise<Result<VmSummary>>;

  /** Undefined when there is no such machine. */
  snapshots(id: VmId): VmSnapshots | undefined;
  /** Of a machine that runs or is paused, with its disks. The guest stands still for as long as its memory is copied. */
  takeSnapshot(id: VmId, request: SnapshotRequest): Promise<Result<TakenSnapshot>>;
  /** The machine becomes the one that the snapshot is of; what it is now is lost. A refusal leaves it as it is. */
  restoreSnapshot(id: VmId, snapshot: SnapshotId, then?: AfterRestore): Promise<Result<VmSummary>>;
  annotateSnapshot(
    id: VmId,
    snapshot: SnapshotId,
    change: { readonly name?: string; readonly notes?: string },
  ): Promise<Result<VmSnapshot>>;
  /** Those taken after it stay. */
  deleteSnapshot(id: VmId, snapshot: SnapshotId): Promise<Result<null>>;
  /** PNG; null: the machine showed nothing. */
  snapshotThumbnail(id: VmId, snapshot: SnapshotId): Promise<Result<Uint8Array | null>>;
  /** What RAM was. */
  snapshotMemory(id: VmId, snapshot: SnapshotId): Promise<Result<SnapshotContent>>;

  readonly time: TimeTravelService;
  readonly traces: TraceService;
  readonly inspection: InspectionService;
  readonly console: ConsoleService;

  /**
   * Hands a machine that is on, or crashed, to a debugger: it is paused, and driven by the debugger until that takes
   * leave. The link ends when the machine does, or has a debugger already.
   */
  attachDebugger(id: VmId, link: DebugLink): Result<DebugConnection>;

  /** From shared memory, at no cost to the guest. Undefined while off. */
  registers(id: VmId, vcpu?: number): VcpuRegisters | undefined;
  /** Paused only. */
  setRegister(id: VmId, vcpu: number, name: RegisterName, value: bigint): Promise<Result<null>>;
  /** Copies guest-physical memory; undefined while off. Bytes beyond RAM are left out. */
  readMemory(id: VmId, physicalAddress: number, byteLength: number): Uint8Array | undefined;
  writeMemory(id: VmId, physicalAddress: number, bytes: Uint8Array): Promise<Result<null>>;
  /** Linear address to physical through the vCPU's present mode; undefined when off or not mapped. */
  translateLinear(id: VmId, vcpu: number, linearAddress: number): Promise<Result<number | null>>;
  /** Replaces the former set; kept over resets, gone at power-off. One that is as before keeps its count of hits. */
  setBreakpoints(id: VmId, breakpoints: readonly ArmedBreakpoint[]): Promise<Result<null>>;
  breakpoints(id: VmId): readonly ArmedBreakpoint[];
  /** Since they were set, or the machine was reset. */
  breakpointHits(id: VmId): Promise<Result<BreakpointHits>>;
  /** A value for each expression, or why it has none. */
  evaluate(id: VmId, vcpu: number, expressions: readonly Expression[]): Promise<Result<readonly EvaluationResult[]>>;
  statistics(): HypervisorStatistics;
  scheduleTrace(since?: number): ScheduleTrace;
  /** What machines that are on have exited for, and when. It is noted from the first call on, for a second after each. */
  scheduledExits(since?: ScheduledExits['cursor']): ScheduledExits;
  containmentLog(id?: VmId): readonly ContainmentEntry[];
  clearContainmentLog(): void;
  /** Digest of all of RAM of a machine that is paused, halted or crashed; computed in pieces between other work. */
  memoryDigest(id: VmId): Promise<Result<string>>;

  schedulerSettings(): SchedulerSettings;
  setSchedulerSettings(settings: Partial<SchedulerSettings>): Result<SchedulerSettings>;
  /** How much RAM machines that are on may have together, in MiB. */
  memoryLimitMiB(): number;
  /** For the starts to come; null: three quarters of the host's memory. */
  setMemoryLimit(memoryLimitMiB: number | null): Result<number>;

  on<Name extends HypervisorEventName>(event: Name, listener: (payload: HypervisorEvents[Name]) => void): Disposer;
  /** Powers every machine off, ends every thread, gives the store back. */
  dispose(): Promise<void>;
}
