/** Messages between main and a vCPU's thread. Both ends are of one build, so there is no version. */
import type { MessagePort } from 'node:worker_threads';
import type { ArmedBreakpoint, BreakpointHits } from '../../machine/breakpoints/Breakpoint.ts';
import type { ContainmentRecord } from '../../machine/containment/ContainmentLog.ts';
import type { EvaluationResult, Expression } from '../../machine/expressions/Expression.ts';
import type { KeyboardLayout } from '../../machine/keyboard/layouts.ts';
import type { TraceChoice } from '../../machine/tracing/MachineTrace.ts';
import type { Screen } from '../../machine/vga/Screen.ts';
import type { CableEndParts } from '../network/CableEnd.ts';
import type { RegisterName } from '../registers.ts';
import type { DriveSlot, RemovableSlot } from '../../machine/drives/DriveSlot.ts';
import type { CapturedMachine, PackedSnapshot } from '../snapshots/PackedSnapshot.ts';
import type {
  AccessVerdict,
  BackTarget,
  CrashReport,
  DeviceUse,
  InterruptRouting,
  KeyStroke,
  MouseMotion,
  OutputLog,
  PauseReason,
  PhysicalUse,
  ProbedAccess,
  RegionSource,
  RegisterReading,
  TimeLine,
  TranslationView,
  TravelStop,
} from '../types.ts';
import type { RecordedRun } from './ThreadHistory.ts';
import type {
  ImageClaim,
  JoinedLayer,
  LoadedPages,
  MachineViews,
  MediumInDrive,
  NewLayer,
  ThreadDrive,
  ThreadMachineDefinition,
  ThreadProgram,
} from './ThreadMachine.ts';

/** What a vCPU's thread is started with: nothing of its machine. */
export interface ThreadStart {
  /** The threaded tier's handlers; every thread shares their machine code. */
  readonly handlers: WebAssembly.Module | null;
  /** It is started ahead of its need, and may prepare for that at its leisure. */
  readonly isSpare: boolean;
}

/** The first message to it: what it is to be the thread of. */
export interface ThreadData {
  readonly scheduler: SharedArrayBuffer;
  /** The vCPU's slot, already added by main. */
  readonly slot: number;
  /** The slot's incarnation: names this thread as the owner of the scheduler's lock. */
  readonly incarnation: number;
  /** See BatchCounter. */
  readonly batches: SharedArrayBuffer;
  readonly definition: ThreadMachineDefinition;
}

/** A command and what its reply carries. */
export interface ThreadCommands {
  run: { readonly request: null; readonly reply: null };
  pause: { readonly request: null; readonly reply: null };
  step: { readonly request: null; readonly reply: null };
  /** Runs until `linearAddress` is reached with the stack no deeper than `stackPointerAtLeast`. */
  runTo: {
    readonly request: { readonly linearAddress: number; readonly stackPointerAtLeast: number | null };
    readonly reply: null;
  };
  reset: { readonly request: null; readonly reply: null };
  /** Between two instructions; a machine that runs runs on. See `ThreadMachine.capture`. */
  capture: { readonly request: readonly NewLayer[]; readonly reply: CapturedMachine };
  /** See `ThreadMachine.relayer`. */
  relayer: { readonly request: readonly JoinedLayer[]; readonly reply: null };
  /** Makes the machine, of the same definition, that of a snapshot, paused. See `ThreadMachine.restore`. */
  restore: {
    readonly request: { readonly snapshot: PackedSnapshot; readonly drives: readonly ThreadDrive[] };
    readonly reply: LoadedPages;
  };
  /** Replies whether the guest listens to its button. */
  pressPowerButton: { readonly request: null; readonly reply: boolean };
  load: {
    readonly request: ThreadProgram | null;
    readonly reply: { readonly summary: string | null };
  };
  setBreakpoints: { readonly request: readonly ArmedBreakpoint[]; readonly reply: null };
  breakpointHits: { readonly request: null; readonly reply: BreakpointHits };
  /** What is written down from now on, to `ThreadBatch.trace`; null: nothing. */
  trace: { readonly request: TraceChoice | null; readonly reply: null };
  /** A value for each; of a vCPU that runs, between two of its slices. */
  evaluate: {
    readonly request: { readonly vcpu: number; readonly expressions: readonly Expression[] };
    readonly reply: readonly EvaluationResult[];
  };
  setRegister: {
    readonly request: { readonly vcpu: number; readonly name: RegisterName; readonly value: bigint };
    readonly reply: null;
  };
  writeMemory: {
    readonly request: { readonly physicalAddress: number; readonly bytes: Uint8Array };
    readonly reply: null;
  };
  translateLinear: {
    readonly request: { readonly vcpu: number; readonly linearAddress: number };
    readonly reply: number | null;
  };
  /** What the translator has made of code; null: nothing is translated. */
  inspectCode: {
    readonly request: { readonly vcpu: number; readonly linearAddress: number; readonly byteLength: number };
    readonly reply: TranslationView | null;
  };
  inspectRegion: {
    readonly request: { readonly vcpu: number; readonly number: number };
    readonly reply: RegionSource | null;
  };
  probeAccess: {
    readonly request: { readonly vcpu: number; readonly linearAddress: number; readonly access: ProbedAccess };
    readonly reply: AccessVerdict;
  };
  listDevices: { readonly request: null; readonly reply: readonly DeviceUse[] };
  /** By its id; null: there is no such device. */
  deviceRegisters: { readonly request: string; readonly reply: readonly RegisterReading[] | null };
  interruptRouting: { readonly request: null; readonly reply: InterruptRouting };
  outputLogs: { readonly request: null; readonly reply: readonly OutputLog[] };
  memoryMap: { readonly request: null; readonly reply: readonly PhysicalUse[] };
  sendScanCodes: { readonly request: readonly number[]; readonly reply: null };
  sendKeys: { readonly request: readonly KeyStroke[]; readonly reply: null };
  moveMouse: { readonly request: MouseMotion; readonly reply: null };
  typeText: { readonly request: { readonly text: string; readonly layout: KeyboardLayout }; readonly reply: null };
  /** Fails with a sentence for the user; then the drive holds what it held. */
  changeMedium: {
    readonly request: { readonly slot: RemovableSlot; readonly drive: ThreadDrive | null };
    readonly reply: null;
  };
  /** See `ThreadMachine.forgetMedia`. */
  forgetMedia: { readonly request: readonly ImageClaim[]; readonly reply: readonly ThreadDrive[] };
  serialInput: { readonly request: { readonly port: number; readonly bytes: Uint8Array }; readonly reply: null };
  /** The cable of its network adapter, in place of the one that it has; its port changes hands. */
  plugIn: { readonly request: CableEndParts; readonly reply: null };
  /** A debugger, which stops and drives the machine from now on; see `DebugConnection`. Its port changes hands. */
  attachDebugger: { readonly request: MessagePort; readonly reply: null };
  /** Whether somebody looks at which pages are written. */
  watchWrites: { readonly request: boolean; readonly reply: null };
  /** How often the screen is looked at for changes; 0: never. */
  setScreenRate: { readonly request: number; readonly reply: null };
  /** Null: the machine cannot go back. */
  timeLine: { readonly request: null; readonly reply: TimeLine | null };
  /** To the place right behind the instruction of that number, wherever the machine stands. */
  goTo: { readonly request: number; readonly reply: null };
  stepBack: { readonly request: null; readonly reply: null };
  /** Runs backwards until it meets its target, the start, or a `pause`, after which it is where it was. */
  runBack: { readonly request: BackTarget; readonly reply: null };
  /** Null: the machine's history does not begin with power-on. */
  recordedRun: { readonly request: null; readonly reply: RecordedRun | null };
}
export type ThreadCommandName = keyof ThreadCommands;

export type ThreadCommand = {
  [Name in ThreadCommandName]: {
    /** Of the reply; 0: none is wanted. */
    readonly id: number;
    readonly name: Name;
    readonly request: ThreadCommands[Name]['request'];
  };
}[ThreadCommandName];

/** What happened to the machine, in order. */
export type ThreadHappening =
  | { readonly kind: 'running' }
  | { readonly kind: 'paused'; readonly reason: PauseReason }
  /** Paused somewhere in its past, whatever it was before. */
  | { readonly kind: 'travelled'; readonly stop: TravelStop }
  /** It runs backwards, by its debugger's word; main knows of its own. */
  | { readonly kind: 'going-back' }
  /** A debugger has come, or is gone. */
  | { readonly kind: 'debugger'; readonly isAttached: boolean }
  /** HLT that no interrupt can end. */
  | { readonly kind: 'stopped'; readonly detail: string }
  /** The trace is as long as it may become. */
  | { readonly kind: 'trace-full' }
  | { readonly kind: 'reset'; readonly loaded: LoadedPages; readonly byGuest: boolean }
  | { readonly kind: 'drive-problem'; readonly slot: DriveSlot; readonly message: string | null }
  | { readonly kind: 'power-off'; readonly detail: string }
  | { readonly kind: 'crashed'; readonly report: Omit<CrashReport, 'at'> };

export interface ThreadBatch {
  readonly happenings: readonly ThreadHappening[];
  readonly serial: readonly { readonly port: number; readonly bytes: Uint8Array }[];
  /** See `HypervisorEvents.sound`; null: nothing is heard. */
  readonly sound: Int16Array | null;
  readonly containment: readonly ContainmentRecord[];
  /** Whole lines of the trace; the batch counts as taken once they are written. Null: none. */
  readonly trace: Uint8Array | null;
  /** See `ThreadMachine.changedMedia`. */
  readonly media: readonly MediumInDrive[];
  /** Present when it has changed; of a picture the lines that did. */
  readonly screen: Screen | null;
}

export type ThreadMessage =
  | {
      readonly kind: 'ready';
      readonly views: MachineViews;
      readonly summary: string | null;
      readonly loaded: LoadedPages;
    }
  /** The machine could not be made; the thread ends. */
  | { readonly kind: 'refused'; readonly reason: 'program' | 'memory' | 'drive' | 'snapshot'; readonly message: string }
  | { readonly kind: 'batch'; readonly batch: ThreadBatch }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

/**
 * Counts batches, so that a flood of output stops the guest instead of filling memory: the thread counts
 * what it sent, main what it has taken; the thread waits while too many are under way.
 */
export const BATCHES_UNDER_WAY_MOST = 16;
export const BATCH_TAKEN_WORD = 0;
export const BATCH_COUNTER_BYTES = 4;
