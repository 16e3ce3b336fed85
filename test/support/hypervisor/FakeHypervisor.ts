import type { ArmedBreakpoint, BreakpointHits } from '../../../src-main/machine/breakpoints/Breakpoint.ts';
import type { EvaluationResult, Expression } from '../../../src-main/machine/expressions/Expression.ts';
import { ScreenMirror } from '../../../src-main/hypervisor/ScreenMirror.ts';
import type {
  AccessVerdict,
  ContainmentEntry,
  Disposer,
  ExtendedRegisters,
  SnapshotContent,
  HypervisorEventName,
  HypervisorEvents,
  HypervisorService,
  HypervisorStatistics,
  InspectionService,
  ProgramSource,
  Result,
  SchedulerSettings,
  TimeTravelService,
  TraceService,
  Screen,
  TranslationView,
  VcpuRegisters,
  VmState,
  VmSummary,
} from '../../../src-main/hypervisor/types.ts';
import { REGISTER_INDEX, REGISTER_NAMES } from '../../../src-main/hypervisor/registers.ts';
import { storedMachine } from './snapshots.ts';

const notFound = { ok: false, error: { code: 'not-found', message: 'That machine no longer exists.' } } as const;

/** A hypervisor without machines inside: its life cycle is real, its guests are what a test writes down. */
export class FakeHypervisor implements HypervisorService {
  readonly vms = new Map<string, VmSummary>();
  readonly programs = new Map<string, ProgramSource>();
  readonly memory = new Map<string, Uint8Array>();
  readonly screens = new Map<string, ScreenMirror>();
  readonly registerValues = new Map<string, BigUint64Array>();
  readonly setBreakpointsCalls: { id: string; breakpoints: readonly ArmedBreakpoint[]; state: VmState }[] = [];
  readonly keys: { id: string; code: string; pressed: boolean }[] = [];
  readonly typed: string[] = [];
  readonly serialSent: Uint8Array[] = [];
  serial = new Uint8Array(0);
  log: ContainmentEntry[] = [];
  stats: HypervisorStatistics = { at: 0, pcpuCount: 2, sliceMs: 5, load: 0, vms: [] };
  exitTrace: ReturnType<HypervisorService['scheduledExits']> = { exits: [], cursor: new Map() };
  trace: ReturnType<HypervisorService['scheduleTrace']> = { slices: [], cursor: 0, lost: 0, nowMs: 0 };
  /** The next create, setProgram or start fails with this. */
  refusal: Extract<Result<never>, { ok: false }> | null = null;
  readonly extended = new Map<string, ExtendedRegisters>();
  translated: TranslationView | null = { blocks: [], regions: [] };
  verdict: AccessVerdict = { kind: 'fault', errorCode: 0 };
  readonly inspection: InspectionService = {
    translation: async () => ({ ok: true, value: this.translated }),
    region: async () => ({ ok: true, value: null }),
    probeAccess: async () => ({ ok: true, value: this.verdict }),
    devices: async () => ({ ok: true, value: [] }),
    deviceRegisters: async () => ({ ok: true, value: null }),
    interruptRouting: async () => ({ ok: true, value: { routes: [], pciLines: [], processors: [] } }),
    outputLogs: async () => ({ ok: true, value: [] }),
    memoryMap: async () => ({ ok: true, value: [] }),
    extendedRegisters: (id) => this.extended.get(id),
  };
  readonly time: TimeTravelService = {
    timeLine: async () => ({ ok: true, value: null }),
    goTo: async (id) => this.change(id, { pauseReason: { kind: 'travelled', stop: 'position' } }),
    stepBack: async (id) => this.change(id, { pauseReason: { kind: 'travelled', stop: 'position' } }),
    runBack: async (id) => this.change(id, { state: 'running' }),
    saveRecording: async () => ({ ok: true, value: null }),
  };
  readonly traces: TraceService = {
    status: () => null,
    start: async () => notFound,
    stop: async () => ({ ok: true, value: null }),
  };
  startRefusal: Extract<Result<never>, { ok: false }> | null = null;
  isDisposed = false;
  private scheduler: SchedulerSettings = { pcpuCount: 2, sliceMs: 5 };
  private readonly listeners = new Map<HypervisorEventName, Set<(payload: never) => void>>();
  private nextId = 1;

  list = (): VmSummary[] => [...this.vms.values()];
  get = (id: string): VmSummary | undefined => this.vms.get(id);
  storeProblems = (): [] => [];

  async create(request: Parameters<HypervisorService['create']>[0]): Promise<Result<VmSummary>> {
    if (this.refusal) return this.refusal;
    const id = `vm-${String(this.nextId++).padStart(16, '0')}`;
    const { program, ...wishes } = request;
    const fileName = program && (program.kind === 'file' ? program.path.replace(/.*\//, '') : program.fileName);
    const vm: VmSummary = {
      ...storedMachine(),
      id,
      name: fileName ?? 'machine',
      createdAt: 1,
      changedAt: 1,
      ...Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined)),
      program: program
        ? {
            format: program.format,
            fileName: fileName ?? '',
            sourcePath: program.kind === 'file' ? program.path : null,
            byteLength: 1,
            sha256: '',
            initrd: null,
          }
        : null,
      state: 'off',
      activity: 'none',
      pauseReason: null,
      driveProblems: [],
      crash: null,
      isDebugged: false,
      programSummary: null,
      isSuspended: false,
      interruptedAt: null,
    };
    if (program) this.programs.set(id, program);
    this.vms.set(id, vm);
    this.emit('vm-added', vm);
    return { ok: true, value: vm };
  }

  attachDebugger = (): ReturnType<HypervisorService['attachDebugger']> => notFound;

  update = async (id: string, request: object): Promise<Result<VmSummary>> => this.change(id, request);
  setProgram = async (id: string, program: ProgramSource): Promise<Result<VmSummary>> => {
    if (this.refusal) return this.refusal;
    this.programs.set(id, program);
    return this.change(id, {});
  };
  reloadProgram = async (id: string): Promise<Result<VmSummary>> => this.change(id, {});
  async readProgram(id: string): ReturnType<HypervisorService['readProgram']> {
    const program = this.vms.get(id)?.program;
    const source = this.programs.get(id);
    if (!program || source?.kind !== 'bytes') return notFound;
    return { ok: true, value: { program, bytes: source.bytes } };
  }
  changeMedium = async (id: string): Promise<Result<VmSummary>> => this.change(id, {});
  clone = async (id: string): Promise<Result<VmSummary>> => {
    const vm = this.vms.get(id);
    return vm ? this.create({ name: `${vm.name} copy` }) : notFound;
  };
  private readonly deleted = new Map<string, VmSummary>();
  delete = async (id: string, { isUndoable = false } = {}): Promise<Result<null>> => {
    const vm = this.vms.get(id);
    if (!vm) return notFound;
    if (vm.state !== 'off' && vm.state !== 'crashed') {
      return { ok: false, error: { code: 'wrong-state', message: 'It is on.' } };
    }
    this.vms.delete(id);
    if (isUndoable) this.deleted.set(id, vm);
    this.emit('vm-removed', { id });
    return { ok: true, value: null };
  };
  undelete = async (id: string): Promise<Result<VmSummary>> => {
    const vm = this.deleted.get(id);
    if (!vm) return notFound;
    this.deleted.delete(id);
    this.vms.set(id, vm);
    return { ok: true, value: vm };
  };

  exportMachine = async (): Promise<Result<null>> => ({ ok: true, value: null });
  importMachine = async (): Promise<typeof notFound> => notFound;
  snapshots = (): { current: null; entries: [] } => ({ current: null, entries: [] });
  takeSnapshot = async (): Promise<typeof notFound> => notFound;
  restoreSnapshot = async (): Promise<typeof notFound> => notFound;
  annotateSnapshot = async (): Promise<typeof notFound> => notFound;
  deleteSnapshot = async (): Promise<typeof notFound> => notFound;
  snapshotThumbnail = async (): Promise<typeof notFound> => notFound;
  snapshotContent: SnapshotContent | null = null;
  snapshotMemory = async (): Promise<Result<SnapshotContent>> =>
    this.snapshotContent ? { ok: true, value: this.snapshotContent } : notFound;
  suspend = async (id: string): Promise<Result<VmSummary>> => this.change(id, { state: 'off', isSuspended: true });
  discardSuspended = async (id: string): Promise<Result<VmSummary>> => this.change(id, { isSuspended: false });

  start = async (id: string, { paused = false } = {}): Promise<Result<VmSummary>> =>
    this.refusal ?? this.startRefusal ?? this.change(id, { state: paused ? 'paused' : 'running' });
  pause = async (id: string): Promise<Result<VmSummary>> => this.change(id, { state: 'paused' });
  resume = async (id: string): Promise<Result<VmSummary>> => this.change(id, { state: 'running' });
  step = async (id: string): Promise<Result<VmSummary>> => this.change(id, { pauseReason: { kind: 'step' } });
  stepOver = async (id: string): Promise<Result<VmSummary>> => this.change(id, { pauseReason: { kind: 'step' } });
  runTo = async (id: string): Promise<Result<VmSummary>> => this.change(id, { state: 'running' });
  reset = async (id: string): Promise<Result<VmSummary>> => this.change(id, {});
  pressPowerButton = async (id: string): Promise<Result<VmSummary>> => this.change(id, {});
  powerOff = async (id: string): Promise<Result<VmSummary>> => this.change(id, { state: 'off' });

  registers(id: string, vcpu = 0): VcpuRegisters | undefined {
    if (this.vms.get(id)?.state === 'off') return undefined;
    const values = this.registerValues.get(id) ?? new BigUint64Array(REGISTER_NAMES.length);
    return { vmId: id, vcpu, values: values.slice(), retiredInstructions: 0 };
  }
  setRegister: HypervisorService['setRegister'] = async (id, _vcpu, name, value) => {
    const values = this.registerValues.get(id) ?? new BigUint64Array(REGISTER_NAMES.length);
    values[REGISTER_INDEX[name]] = value;
    this.registerValues.set(id, values);
    return { ok: true, value: null };
  };
  readMemory = (id: string, address: number, length: number): Uint8Array | undefined =>
    this.memory.get(id)?.slice(address, address + length);
  writeMemory = async (id: string, address: number, bytes: Uint8Array): Promise<Result<null>> => {
    this.memory.get(id)?.set(bytes, address);
    return { ok: true, value: null };
  };
  translateLinear = async (_id: string, _vcpu: number, address: number): Promise<Result<number | null>> => ({
    ok: true,
    value: address,
  });
  setBreakpoints = async (id: string, breakpoints: readonly ArmedBreakpoint[]): Promise<Result<null>> => {
    this.setBreakpointsCalls.push({ id, breakpoints, state: this.vms.get(id)?.state ?? 'off' });
    return { ok: true, value: null };
  };
  breakpoints = (): readonly ArmedBreakpoint[] => this.setBreakpointsCalls.at(-1)?.breakpoints ?? [];
  breakpointHits = async (): Promise<Result<BreakpointHits>> => ({ ok: true, value: [] });
  readonly evaluated: Expression[] = [];
  evaluate = async (
    _id: string,
    _vcpu: number,
    expressions: readonly Expression[],
  ): Promise<Result<readonly EvaluationResult[]>> => {
    this.evaluated.push(...expressions);
    return { ok: true, value: expressions.map((_, index) => ({ ok: true, value: BigInt(index) })) };
  };
  readonly runOutCalls: { linearAddress: number; stackPointer: number }[] = [];
  runOut = async (id: string, place: { linearAddress: number; stackPointer: number }): Promise<Result<VmSummary>> => {
    this.runOutCalls.push(place);
    return this.change(id, { state: 'running' });
  };
  readonly console: HypervisorService['console'] = {
    screen: (id) => this.screens.get(id)?.screen,
    screenRevision: (id) => this.screens.get(id)?.revision ?? 0,
    screenSince: (id, revision) => {
      const mirror = this.screens.get(id) ?? new ScreenMirror();
      if (mirror.revision === revision) return undefined;
      return { revision: mirror.revision, screen: mirror.since(revision) ?? null };
    },
    watchScreen: () => () => undefined,
    sendScanCodes: () => ({ ok: true, value: null }),
    sendKeys: (id, keys) => {
      this.keys.push(...keys.map((key) => ({ id, ...key })));
      return { ok: true, value: null };
    },
    moveMouse: () => ({ ok: true, value: null }),
    typeText: (_id, text) => {
      this.typed.push(text);
      return { ok: true, value: { missing: [] } };
    },
    deviceActivity: () => undefined,
    sendSerial: (_id, bytes) => {
      this.serialSent.push(bytes);
      return { ok: true, value: null };
    },
    serialHistory: () => this.serial,
  };
  show(id: string, screen: Screen): void {
    const mirror = this.screens.get(id) ?? new ScreenMirror();
    this.screens.set(id, mirror);
    mirror.update(screen);
  }

  statistics = (): HypervisorStatistics => this.stats;
  scheduledExits = (): ReturnType<HypervisorService['scheduledExits']> => this.exitTrace;
  scheduleTrace = (): ReturnType<HypervisorService['scheduleTrace']> => this.trace;
  containmentLog = (): readonly ContainmentEntry[] => this.log;
  clearContainmentLog = (): void => void (this.log = []);
  memoryDigest = async (): Promise<Result<string>> => ({ ok: true, value: '0' });
  schedulerSettings = (): SchedulerSettings => this.scheduler;
  memoryLimitMiB = (): number => 1024;
  setMemoryLimit = (): Result<number> => ({ ok: true, value: 1024 });
  setSchedulerSettings = (settings: Partial<SchedulerSettings>): Result<SchedulerSettings> => {
    this.scheduler = { ...this.scheduler, ...settings };
    return { ok: true, value: this.scheduler };
  };

  on<Name extends HypervisorEventName>(name: Name, listener: (payload: HypervisorEvents[Name]) => void): Disposer {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set.add(listener as (payload: never) => void));
    return () => void set.delete(listener as (payload: never) => void);
  }
  listenerCount = (name: HypervisorEventName): number => this.listeners.get(name)?.size ?? 0;
  dispose = async (): Promise<void> => void (this.isDisposed = true);

  emit<Name extends HypervisorEventName>(name: Name, payload: HypervisorEvents[Name]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) listener(payload as never);
  }

  change(id: string, changes: object): Result<VmSummary> {
    const vm = this.vms.get(id);
    if (!vm) return notFound;
    const next: VmSummary = { ...vm, ...changes };
    this.vms.set(id, next);
    if (next.state !== vm.state) this.emit('vm-state', { id, from: vm.state, to: next.state, at: 0 });
    this.emit('vm-changed', next);
    return { ok: true, value: next };
  }
}
