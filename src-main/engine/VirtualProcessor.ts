import type { Catchpoint, CaughtEvent } from './Catchpoint.ts';
import type { ProcessorState } from './ProcessorState.ts';
import type { TranslationInspector } from './TranslationView.ts';
import type { CpuState } from './state/CpuState.ts';

/** Width of a port or memory-mapped access, in bytes. */
export type AccessWidth = 1 | 2 | 4;

/**
 * What a vCPU reaches outside its RAM. Implemented by the machine's bus; with several vCPUs in several
 * threads an implementation may forward to the thread that owns the devices.
 *
 * Values are unsigned and fit the width. Never throws: nobody home reads as all ones.
 */
export interface ProcessorBus {
  portRead(port: number, width: AccessWidth): number;
  portWrite(port: number, width: AccessWidth, value: number): void;
  /**
   * Fills `target` from its start with what as many reads of `width` bytes would give, as far as a device has that
   * ready and reading it has no other effect; returns how many bytes that were, a multiple of `width`. The rest is to be
   * read one by one. Absent: nothing can be read so.
   */
  portReadBlock?(port: number, width: AccessWidth, target: Uint8Array): number;
  /** The same for writes, of the bytes at the start of `source`. */
  portWriteBlock?(port: number, width: AccessWidth, source: Uint8Array): number;
  mmioRead(physicalAddress: number, width: AccessWidth): number;
  mmioWrite(physicalAddress: number, width: AccessWidth, value: number): void;
}

/** The INTR and INTA# pins: what an interrupt controller is to a vCPU. */
export interface InterruptSource {
  /** INTR is asserted. Called at instruction boundaries only while interrupts are enabled. */
  isPending(): boolean;
  /** Acknowledges the highest request and returns its vector, 0..255. */
  acknowledge(): number;
}

/** A sensitive instruction that the processor refused above privilege level 0. */
export interface RefusedInstruction {
  readonly mnemonic: string;
  readonly linearAddress: number;
  /** Current privilege level, 1..3. */
  readonly cpl: number;
}

/** Told of each refusal before its #GP is delivered; for whoever watches what guests try. */
export type RefusalObserver = (refused: RefusedInstruction) => void;

/** Time as a vCPU sees it. */
export interface ProcessorClock {
  /** Value of the time-stamp counter as a safe integer, given the instructions retired since power-on. */
  timestamp(retiredInstructions: number): number;
}

/** Linear memory that a debugger watches. */
export interface Watchpoint {
  readonly linearAddress: number;
  readonly byteLength: number;
  readonly access: 'read' | 'write' | 'any';
}

export interface WatchpointHit {
  readonly watchpoint: Watchpoint;
  /** The first byte of the watchpoint that was accessed. */
  readonly linearAddress: number;
  readonly access: 'read' | 'write';
}

/**
 * Why a vCPU gave control back.
 * - `budget`: the instruction budget is spent (with `precise`, exactly).
 * - `kick`: another thread or a device asked for attention.
 * - `halt`: HLT; the vCPU waits for an interrupt.
 * - `breakpoint`: stands before the instruction at a breakpoint.
 * - `watchpoint`: stands behind the instruction, or the delivered event, that made the access.
 * - `catchpoint`: stands behind the instruction that made the events, or before the handler of the one delivered.
 * - `shutdown`: triple fault.
 * - `error`: the engine failed; the message says where.
 */
export type VmExit =
  | { readonly reason: 'budget' | 'kick' | 'halt' }
  | { readonly reason: 'breakpoint'; readonly linearAddress: number }
  /** With the first access that says most; `hits` are all watchpoints that the instruction met, it included. */
  | ({ readonly reason: 'watchpoint'; readonly hits: readonly WatchpointHit[] } & WatchpointHit)
  | { readonly reason: 'catchpoint'; readonly events: readonly CaughtEvent[] }
  /** `vector`: the exception that could not be delivered, nor the double fault after it. */
  | { readonly reason: 'shutdown'; readonly vector: number; readonly detail: string }
  | { readonly reason: 'error'; readonly detail: string };

/** Intercepted events that {@link VirtualProcessor.run} services without giving control back, by kind; for statistics. */
export const EXIT_KINDS = [
  'pio',
  'mmio',
  'halt',
  'interrupt',
  'exception',
  'softwareInterrupt',
  'cpuid',
  'rdtsc',
  'msr',
  'controlRegister',
  'descriptorTable',
  'segmentLoad',
  'farTransfer',
  'invalidate',
  'translation',
  'selfModifiedCode',
  'budget',
  'kick',
  'breakpoint',
  'shutdown',
] as const;
export type ExitKind = (typeof EXIT_KINDS)[number];

/** Told of exits as they are counted. `detail`: the port, vector or physical address; -1 where the kind has none. */
export type ExitObserver = (kind: ExitKind, times: number, detail: number) => void;

export interface RunLimits {
  /** Instructions that may retire before `budget`; a safe integer > 0. */
  readonly instructions: number;
  /** Stop at exactly that count (deterministic clock, stepping); otherwise up to one block later. */
  readonly precise: boolean;
}

/** One region: guest code that runs as one function of the host. EIPs are those under which it was made. */
export interface RegionFigures {
  readonly entry: number;
  /** First and last byte of its guest code, which may have gaps. */
  readonly lowest: number;
  readonly highest: number;
  readonly blocks: number;
  readonly guestInstructions: number;
  /** Retired in it. */
  readonly instructions: number;
  readonly entries: number;
  /** Times that it was reached and not entered, since what it assumes did not hold. */
  readonly refusals: number;
  /** How often it was left, by cause. */
  readonly exits: Readonly<Record<string, number>>;
  /** Of its WebAssembly module. */
  readonly wasmBytes: number;
  readonly compileMs: number;
}

/** Of all regions since power-on, those that are no more included. */
export interface RegionTotals {
  readonly compiled: number;
  readonly compileMs: number;
  /** Given up because their guest code changed, and because they were the coldest when code memory ran short. */
  readonly dropped: number;
  readonly evicted: number;
  /** Plans that no code could be made for, and why the last one. */
  readonly failures: number;
  readonly lastFailure: string;
  readonly instructions: number;
  readonly entries: number;
  readonly refusals: number;
  readonly exits: Readonly<Record<string, number>>;
}

export interface RegionStatistics extends RegionTotals {
  /** Regions that exist, and that are being compiled. */
  readonly regions: number;
  readonly compiling: number;
  /** Of the WebAssembly modules that exist. */
  readonly wasmBytes: number;
  /** Those in which most was retired. */
  readonly hottest: readonly RegionFigures[];
}

/** A memory access that is asked about, not made. */
export interface ProbedAccess {
  readonly kind: 'read' | 'write' | 'execute';
  /** At privilege level 3; otherwise as a supervisor. */
  readonly isUser: boolean;
}

/** What would come of a memory access, so far as paging decides it. */
export type AccessVerdict =
  | {
      readonly kind: 'allowed';
      /** As it reaches the memory bus: line 20 gated. */
      readonly physicalAddress: number;
      /** What answers there: memory; memory that ignores writes; a device, if any. */
      readonly target: 'memory' | 'rom' | 'bus';
    }
  /** #PF, with its error code (SDM vol. 3A, figure 4-12). */
  | { readonly kind: 'fault'; readonly errorCode: number };

/**
 * One x86 processor and the means to run it; the contract of every accelerator, shaped like the kernel's
 * KVM vCPU: run until an exit, registers readable and writable while stopped, interrupts requested from
 * outside, and a way to be kicked out from another thread.
 *
 * Not thread-safe but for `kick()`, and for reads of `state`, which lies in shared memory.
 */
export interface VirtualProcessor {
  /** What the second tier has done; undefined without one. */
  readonly regionStatistics?: RegionStatistics | undefined;
  /** What guest code has been translated into; undefined where it is not. */
  readonly inspector?: TranslationInspector;

  /** Number within its VM, from 0. */
  readonly id: number;
  /** Registers, flags and system registers, in the VM's shared memory. Write only while stopped. */
  readonly state: CpuState;
  /** Instructions retired since the last reset: a REP string instruction counts each iteration. */
  readonly retiredInstructions: number;

  /** Power-on state (SDM vol. 3A, table 10-1): real mode, CS:EIP at the reset vector. */
  reset(): void;
  /** What the INIT pin does (same table): as `reset`, but counts, floating-point state and most model-specific registers stay. */
  init(): void;
  run(limits: RunLimits): VmExit;
  /** Executes exactly one instruction (one iteration of a repeated string instruction), taking no maskable
   *  interrupt unless one is pending and enabled, in which case its delivery is the step. */
  step(): VmExit;
  /** Makes a running `run()` return soon, with `kick`. May be called from any thread. */
  kick(): void;
  /** The INTR line may have changed; a device calls it, in the vCPU's thread. */
  notifyInterrupt(): void;
  /** Requests a non-maskable interrupt, taken before the next instruction unless NMIs are blocked. */
  requestNmi(): void;

  /** Linear addresses at which `run()` stops before executing; replaces the former set. */
  setBreakpoints(linearAddresses: readonly number[]): void;
  /** Linear memory whose accesses stop `run()` and `step()`; replaces the former set. */
  setWatchpoints(watchpoints: readonly Watchpoint[]): void;
  /** Events that stop `run()` and `step()`; replaces the former set. */
  setCatchpoints(catchpoints: readonly Catchpoint[]): void;
  /** Who is told of exits from now on; undefined: nobody, which costs nothing. */
  observeExits(observer: ExitObserver | undefined): void;
  /** Translations that contain any of these physical bytes are stale (DMA, a loader or a debugger wrote them). */
  invalidatePhysical(physicalAddress: number, byteLength: number): void;
  /** Registers were written from outside: derived state (mode, TLB) is recomputed. Call after writing `state`. */
  stateChanged(): void;

  /** Everything that decides how it goes on. Only while stopped. */
  save(): ProcessorState;
  /** Goes on from a state that has been checked. What is cached of memory is dropped; registers are taken as they are. */
  restore(state: ProcessorState): void;

  /** Forgets where linear addresses lead, as any processor may at any time. A restored one knows none. */
  forgetAddresses(): void;

  /** Linear to physical, without side effects; undefined when not mapped. */
  translateLinear(linearAddress: number): number | undefined;
  /** What an access would come to, by the walk that makes it, without its side effects. */
  probeAccess(linearAddress: number, access: ProbedAccess): AccessVerdict;
}
