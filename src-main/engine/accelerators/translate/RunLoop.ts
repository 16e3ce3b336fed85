import { GuestFault, VECTOR } from '../../GuestFault.ts';
import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import { deliverEvent } from '../../semantics/system/eventDelivery.ts';
import { deliverException } from '../../semantics/system/exceptionDelivery.ts';
import type { SystemContext } from '../../semantics/system/SystemContext.ts';
import type { CpuState } from '../../state/CpuState.ts';
import { FLAG } from '../../state/flags.ts';
import { CS, EXIT, INTERRUPT_SHADOW, STATE } from '../../state/layout.ts';
import type { RegionTier } from '../../tiers/region/RegionTier.ts';
import { MAX_BLOCK_INSTRUCTIONS, RECORD } from '../../tiers/threaded/record.ts';
import type { ExitKind, InterruptSource, RunLimits, VmExit } from '../../VirtualProcessor.ts';
import type { DebuggerCatchpoints } from './DebuggerCatchpoints.ts';
import type { DebuggerWatchpoints } from './DebuggerWatchpoints.ts';
import type { ExitCounts } from './ExitCounts.ts';
import { failureText, shutdownText } from './failureText.ts';
import type { GuestBreakpoints } from './GuestBreakpoints.ts';
import type { StopAfter } from './StopAfter.ts';
import type { Translations } from './Translations.ts';

/** What the loop runs, and whom it asks between two stretches of it. */
export interface RunLoopParts {
  readonly state: CpuState;
  readonly memory: PhysicalMemory;
  readonly exits: ExitCounts;
  readonly translations: Translations;
  readonly breakpoints: GuestBreakpoints;
  readonly watchpoints: DebuggerWatchpoints;
  readonly catchpoints: DebuggerCatchpoints;
  readonly stopAfter: StopAfter;
  readonly context: SystemContext;
  readonly interrupts: InterruptSource;
  readonly regions: RegionTier | undefined;
  /** Outside ring 0 an instruction has raised #GP, which has not been delivered yet. */
  readonly onUserProtectionFault: () => void;
  /** Runs generated code; returns the record at which it was left, 0 where it met none. */
  readonly enter: (record: number, budget: number) => number;
}

/** How far a vCPU has come, beside what is in its registers. */
export interface RunProgress {
  readonly retired: number;
  /** The instruction at EIP is a repeated string instruction with some iterations done. */
  readonly isRepeating: boolean;
  /** See {@link GuestBreakpoints.traps}. */
  readonly debugTraps: number;
}

/**
 * The largest budget that is handed to generated code at once: about a millisecond's. A region that runs for longer
 * would keep V8's first, slow code: the better one is used from the next entry on.
 */
const MAX_BUDGET = 1_000_000;

/** Bits of `STATE.attention`. Set atomically: a kick from another thread may meet a device's interrupt. */
const ATTENTION = { kick: 1, interrupt: 2 } as const;

/**
 * Runs a vCPU: takes events, enters generated code for a stretch, and delivers what made it leave. How far the guest
 * has come, and when generated code has to be left, is known here alone.
 */
export class RunLoop {
  private readonly state: CpuState;
  private readonly memory: PhysicalMemory;
  private readonly exits: ExitCounts;
  private readonly translations: Translations;
  private readonly breakpoints: GuestBreakpoints;
  private readonly watchpoints: DebuggerWatchpoints;
  private readonly catchpoints: DebuggerCatchpoints;
  private readonly stopAfter: StopAfter;
  private readonly context: SystemContext;
  private readonly interrupts: InterruptSource;
  private readonly regions: RegionTier | undefined;
  private readonly onUserProtectionFault: () => void;
  private readonly enter: (record: number, budget: number) => number;
  private readonly attention: Int32Array;
  /** Instructions retired before the present stretch of generated code, and that stretch's budget. */
  private retiredBefore = 0;
  private stretchBudget = 0;
  /** Code key before the current helper, to see a change of mode or of where linear addresses lead. */
  private codeKey = 0;
  private isRunning = false;
  /** Generated code was entered for one instruction. */
  private isStepping = false;
  /** EIP at which a breakpoint or a step stopped last, -1 when something else did. */
  private stoppedAt = -1;
  /** See {@link RunProgress.isRepeating}. */
  private isRepeating = false;
  /**
   * Retired instructions behind an STI that nothing was held off by: generated code went on. Where it is left right
   * there, the shadow is as if it had not.
   */
  private shadowedAt = -1;
  private hasTakenInterrupt = false;
  private hasSoftwareInterrupt = false;

  constructor(parts: RunLoopParts) {
    this.state = parts.state;
    this.memory = parts.memory;
    this.exits = parts.exits;
    this.translations = parts.translations;
    this.breakpoints = parts.breakpoints;
    this.watchpoints = parts.watchpoints;
    this.catchpoints = parts.catchpoints;
    this.stopAfter = parts.stopAfter;
    this.context = parts.context;
    this.interrupts = parts.interrupts;
    this.regions = parts.regions;
    this.onUserProtectionFault = parts.onUserProtectionFault;
    this.enter = parts.enter;
    this.attention = new Int32Array(parts.memory.memory.buffer, parts.state.base + STATE.attention, 1);
  }

  get progress(): RunProgress {
    return { retired: this.retiredBefore, isRepeating: this.isRepeating, debugTraps: this.breakpoints.traps };
  }

  /** Goes on from somewhere else; exits are counted anew, and kicks forgotten. */
  restart({ retired, isRepeating, debugTraps }: RunProgress): void {
    this.retiredBefore = retired;
    this.state.setFloat64(STATE.retired, retired);
    this.exits.clear();
    Atomics.store(this.attention, 0, 0);
    this.stoppedAt = -1;
    this.shadowedAt = -1;
    this.isRepeating = isRepeating;
    this.breakpoints.traps = debugTraps;
  }

  /** Somebody has written the registers: a repetition that had begun begins again. */
  forgetRepetition(): void {
    this.isRepeating = false;
  }

  /** While a helper or a device access runs: up to, not including, the instruction that called it. */
  get retiredInstructions(): number {
    if (!this.isRunning) return this.retiredBefore;
    const record = this.state.getInt(STATE.record);
    const ahead = record === 0 ? 0 : this.memory.view.getUint8(record + RECORD.count) - 1;
    return this.retiredBefore + this.stretchBudget - this.stopAfter.budget + ahead;
  }

  run(limits: RunLimits): VmExit {
    try {
      return this.runUntilExit(limits);
    } catch (thrown) {
      return { reason: 'error', detail: failureText(this.state, thrown) };
    }
  }

  private runUntilExit(limits: RunLimits): VmExit {
    const end = this.retiredBefore + limits.instructions;
    this.forgetHits();
    for (;;) {
      this.regions?.takeFinished();
      const left = end - this.retiredBefore;
      const exit = this.takeEvents(left) ?? this.debuggerHit();
      if (exit) return exit;
      // Whoever stopped at a breakpoint, stepped onto one, or is past a repetition's first iteration goes on from it.
      const isBreakpoint = this.translations.isBreakpoint('debugger', this.linear(this.state.eip));
      const passesBreakpoint = this.stoppedAt === this.state.eip || this.isRepeating;
      this.stoppedAt = -1;
      if (isBreakpoint && !passesBreakpoint) return this.breakpoint();
      const stop = this.advance(left, limits.precise, isBreakpoint) ?? this.debuggerHit();
      if (stop) return stop;
    }
  }

  /** Raises the instruction breakpoint at EIP, or executes at least one instruction. */
  private advance(left: number, isPrecise: boolean, isBreakpoint: boolean): VmExit | undefined {
    if (this.raisesDebugException()) return this.debugException();
    if (this.needsSingleStep()) return this.stretch(1, true);
    const most = Math.min(left, MAX_BUDGET);
    // A step has no breakpoint of its own. A repetition that has begun does all that it may.
    const isPassed = isBreakpoint || this.breakpoints.codeAt(this.linear(this.state.eip)) !== 0;
    if (isPassed) return this.stretch(this.isRepeating ? most : 1, true);
    const budget = isPrecise ? most - (MAX_BLOCK_INSTRUCTIONS - 1) : most;
    return budget > 0 ? this.stretch(budget, false) : this.stretch(1, true);
  }

  /** Whether #DB, recorded in DR6, is to be delivered in the place of the instruction at EIP: breakpoints of the guest. */
  private raisesDebugException(): boolean {
    // Met by delivering an event on a stack that is watched, or put off by MOV SS to an instruction that has faulted.
    if (this.breakpoints.traps !== 0 && this.breakpoints.raisesAfter(false)) return true;
    const isPassed = this.breakpoints.takeResumeFlag() || this.isRepeating;
    return !isPassed && this.breakpoints.raisesBefore(this.linear(this.state.eip));
  }

  private debugException(): VmExit | undefined {
    this.retire(1);
    return this.deliver(new GuestFault(VECTOR.DB), false);
  }

  step(): VmExit {
    this.hasTakenInterrupt = false;
    this.forgetHits();
    const exit = this.takeEvents(1);
    if (exit) return exit;
    const stop = this.hasTakenInterrupt ? undefined : this.stepOne();
    this.stoppedAt = this.state.eip;
    return stop ?? this.debuggerHit() ?? { reason: 'budget' };
  }

  private stepOne(): VmExit | undefined {
    return this.raisesDebugException() ? this.debugException() : this.stretch(1, true);
  }

  kick(): void {
    Atomics.or(this.attention, 0, ATTENTION.kick);
  }

  notifyInterrupt(): void {
    Atomics.or(this.attention, 0, ATTENTION.interrupt);
  }

  /** Pending events before the next instruction, in the order of SDM vol. 3A, table 6-2. */
  private takeEvents(left: number): VmExit | undefined {
    const { state } = this;
    const flags = Atomics.exchange(this.attention, 0, 0);
    if (flags & ATTENTION.kick) {
      this.count('kick');
      return { reason: 'kick' };
    }
    if (left <= 0) {
      this.count('budget');
      return { reason: 'budget' };
    }
    if (state.getInt(STATE.interruptShadow) === 0) {
      if (state.getInt(STATE.nmiPending) !== 0 && state.getInt(STATE.nmiBlocked) === 0) {
        state.setInt(STATE.nmiPending, 0);
        state.setInt(STATE.nmiBlocked, 1);
        return this.interrupt(VECTOR.NMI, 'nmi');
      }
      const isEnabled = (state.getInt(STATE.systemFlags) & FLAG.IF) !== 0;
      if (isEnabled && this.interrupts.isPending()) {
        return this.interrupt(this.interrupts.acknowledge(), 'external');
      }
    }
    return state.getInt(STATE.halted) !== 0 ? { reason: 'halt' } : undefined;
  }

  private interrupt(vector: number, source: 'external' | 'nmi'): VmExit | undefined {
    this.hasTakenInterrupt = true;
    this.state.setInt(STATE.halted, 0);
    this.count('interrupt', 1, vector);
    try {
      deliverEvent(this.context, { vector, errorCode: -1, source, resumeFlag: this.isRepeating });
    } catch (thrown) {
      if (!(thrown instanceof GuestFault)) throw thrown;
      return this.deliver(thrown);
    }
    this.isRepeating = false;
    return undefined;
  }

  /** Whether instructions have to be taken one by one. */
  private needsSingleStep(): boolean {
    const { state } = this;
    if (state.getInt(STATE.systemFlags) & FLAG.TF) return true;
    return state.getInt(STATE.interruptShadow) !== 0;
  }

  /**
   * Runs generated code until it is left, and takes what made it leave.
   * @returns an exit for the caller, or undefined to go on
   */
  private stretch(budget: number, isStep: boolean): VmExit | undefined {
    const { state } = this;
    const earlierTraps = this.breakpoints.traps;
    const hadTrap = isStep && (state.getInt(STATE.systemFlags) & FLAG.TF) !== 0;
    const hadShadow = state.getInt(STATE.interruptShadow) !== 0;
    this.hasSoftwareInterrupt = false;
    this.codeKey = state.getInt(STATE.codeKey);
    let record: number;
    try {
      record = isStep ? this.translations.lookupStep(state.eip) : this.translations.lookup(state.eip);
    } catch (thrown) {
      if (!(thrown instanceof GuestFault)) throw thrown;
      return this.deliverInPlace(thrown);
    }
    state.setInt(STATE.exit, EXIT.none);
    state.setInt(STATE.budget, budget);
    this.stretchBudget = budget;
    this.isStepping = isStep;
    this.isRunning = true;
    let last = 0,
      unpaused = 0;
    try {
      last = this.enter(record, budget);
    } finally {
      this.isRunning = false;
      unpaused = this.stopAfter.settle(last);
    }
    const exit = state.getInt(STATE.exit);
    const count = last === 0 ? 0 : this.memory.view.getUint8(last + RECORD.count);
    let left = state.getInt(STATE.budget) - unpaused;
    // A stub stands for no instruction: what led to it is charged.
    if (last !== 0 && exit === EXIT.fault) left -= Math.max(count, 1) - 1;
    if (exit === EXIT.resume) left -= count;
    this.retire(budget - left);
    if (last !== 0 && exit !== EXIT.resume && exit !== EXIT.target) {
      state.eip = state.getInt(STATE.eipBase) + this.memory.view.getUint16(last + RECORD.pageOffset, true);
    }
    if (hadShadow) state.setInt(STATE.interruptShadow, INTERRUPT_SHADOW.none);
    else if (this.retiredBefore === this.shadowedAt && exit !== EXIT.fault) {
      state.setInt(STATE.interruptShadow, INTERRUPT_SHADOW.sti);
    }
    if (exit === EXIT.fault) {
      this.breakpoints.traps = earlierTraps;
      this.forgetHits();
      // An instruction breakpoint comes before what fetching the instruction meets.
      if (last === 0 && this.breakpoints.codeAt(this.linear(state.eip)) !== 0) return undefined;
      const fault = new GuestFault(
        state.getInt(STATE.faultVector),
        state.getInt(STATE.faultErrorCode),
        state.getUint(STATE.faultAddress),
      );
      return this.deliverInPlace(fault);
    }
    this.isRepeating = exit === EXIT.repeat;
    if (exit === EXIT.breakpoint) {
      return this.translations.isBreakpoint('debugger', this.linear(state.eip)) ? this.breakpoint() : undefined;
    }
    return this.trapAfter(hadTrap);
  }

  /** Stops before the instruction at a breakpoint. */
  private breakpoint(): VmExit {
    this.count('breakpoint');
    this.stoppedAt = this.state.eip;
    return { reason: 'breakpoint', linearAddress: this.linear(this.state.eip) };
  }

  /** What a debugger wanted to see happened: an access says more than the event it was part of. */
  private debuggerHit(): VmExit | undefined {
    const { hit: watched, hits } = this.watchpoints;
    const events = this.catchpoints.hits;
    if (watched === undefined && events.length === 0) return undefined;
    this.forgetHits();
    this.count('breakpoint');
    this.stoppedAt = this.state.eip;
    return watched ? { reason: 'watchpoint', ...watched, hits } : { reason: 'catchpoint', events };
  }

  private forgetHits(): void {
    this.watchpoints.forgetHit();
    this.catchpoints.forgetHits();
  }

  /** #DB behind an instruction. @param hadTrap it began with TF set, which INT n makes nothing of */
  private trapAfter(hadTrap: boolean): VmExit | undefined {
    if (!this.breakpoints.raisesAfter(hadTrap && !this.hasSoftwareInterrupt)) return undefined;
    return this.deliver(new GuestFault(VECTOR.DB), this.isRepeating);
  }

  /** Delivers an exception in an instruction's place; it retires as one, so that a storm of faults spends the budget. */
  private deliverInPlace(fault: GuestFault): VmExit | undefined {
    this.retire(1);
    // #DB comes here for DR7.GD alone: a fault, so RF is pushed set.
    return this.deliver(fault, fault.vector === VECTOR.DB ? true : undefined);
  }

  /** @param resumeFlag whether RF is pushed set; by default the vector tells */
  private deliver(fault: GuestFault, resumeFlag?: boolean): VmExit | undefined {
    this.isRepeating = false;
    if (fault.vector === VECTOR.GP && this.state.cpl > 0) this.onUserProtectionFault();
    if (deliverException(this.context, fault, resumeFlag) === 'shutdown') {
      this.count('shutdown', 1, fault.vector);
      return { reason: 'shutdown', vector: fault.vector, detail: shutdownText(this.state, fault) };
    }
    return undefined;
  }

  private retire(instructions: number): void {
    this.retiredBefore += instructions;
    this.state.setFloat64(STATE.retired, this.retiredBefore);
  }

  /** After a memory access by call: a trap or an interrupt may be due behind the instruction. */
  afterAccess(): void {
    if (this.attention[0] !== 0 || this.breakpoints.traps !== 0 || this.watchpoints.hit) this.stopAfter.request();
  }

  /** After STI, in whose shadow the next instruction is: whether there is anything that would be held off. */
  mustLeaveInShadow(): boolean {
    const { state } = this;
    if (state.getInt(STATE.interruptShadow) === INTERRUPT_SHADOW.sti && !this.isStepping) {
      const isHeldOff = state.getInt(STATE.nmiPending) !== 0 || this.interrupts.isPending() || this.breakpoints.hasCode;
      if (!isHeldOff) {
        state.setInt(STATE.interruptShadow, INTERRUPT_SHADOW.none);
        this.shadowedAt = this.retiredInstructions + 1;
      }
    }
    return this.mustLeave();
  }

  /** After a helper: the processor is to be looked at before the next instruction. */
  mustLeave(): boolean {
    return this.state.getInt(STATE.codeKey) !== this.codeKey || this.wantsAttention();
  }

  /** A transfer, or what changes the mode or the address space: the lookup that follows takes both into account. */
  mustLeaveBeforeLookup(): boolean {
    const { state } = this;
    if (this.isStepping || this.wantsAttention() || this.breakpoints.hasCode) return true;
    if (state.getInt(STATE.nmiPending) !== 0) return true;
    const flags = state.getInt(STATE.systemFlags);
    if ((flags & FLAG.IF) !== 0 && this.interrupts.isPending()) return true;
    this.codeKey = state.getInt(STATE.codeKey);
    // Holds off breakpoints alone, and there are none.
    if (flags & FLAG.RF) state.setInt(STATE.systemFlags, flags & ~FLAG.RF);
    return false;
  }

  private wantsAttention(): boolean {
    const { state } = this;
    return (
      Atomics.load(this.attention, 0) !== 0 ||
      this.breakpoints.traps !== 0 ||
      this.watchpoints.hit !== undefined ||
      this.catchpoints.hasHit ||
      state.getInt(STATE.interruptShadow) !== 0 ||
      state.getInt(STATE.halted) !== 0 ||
      (state.getInt(STATE.systemFlags) & FLAG.TF) !== 0
    );
  }

  /** Counts what generated code or a helper has met. */
  count(kind: ExitKind, times = 1, detail = -1): void {
    if (kind === 'softwareInterrupt') this.hasSoftwareInterrupt = true;
    this.exits.count(kind, times, detail);
  }

  private linear(eip: number): number {
    return (this.state.segmentBase(CS) + eip) >>> 0;
  }
}
