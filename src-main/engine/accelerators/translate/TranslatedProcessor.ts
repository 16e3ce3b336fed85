import {
  type ExitKind,
  type InterruptSource,
  type ProcessorBus,
  type ProcessorClock,
  type RefusalObserver,
  type RegionStatistics,
  type RunLimits,
  type VirtualProcessor,
  type VmExit,
  type Watchpoint,
} from '../../VirtualProcessor.ts';
import { type ProcessorState, readProcessorState, writeProcessorState } from '../../ProcessorState.ts';
import { type AccessWatch, Mmu } from '../../mmu/Mmu.ts';
import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import { CR0 } from '../../semantics/system/controlBits.ts';
import { deliverEvent } from '../../semantics/system/eventDelivery.ts';
import { deliverException } from '../../semantics/system/exceptionDelivery.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { isPaePaging } from '../../semantics/system/controlRegisters.ts';
import {
  readMsrLow,
  restoreModelSpecificRegisters,
  saveModelSpecificRegisters,
} from '../../semantics/system/modelSpecificRegisters.ts';
import { EFER_NXE, MSR } from '../../semantics/system/msrTable.ts';
import { resetState } from '../../semantics/system/resetState.ts';
import type { CpuFeatures, SystemContext } from '../../semantics/system/SystemContext.ts';
import { CpuState } from '../../state/CpuState.ts';
import { FLAG } from '../../state/flags.ts';
import { CS, EXIT, INTERRUPT_SHADOW, PAGE_FLAG, STATE } from '../../state/layout.ts';
import { MAX_BLOCK_INSTRUCTIONS, RECORD } from '../../tiers/threaded/record.ts';
import { DebuggerWatchpoints, watchOfAll } from './DebuggerWatchpoints.ts';
import { ExitCounts } from './ExitCounts.ts';
import { failureText, shutdownText } from './failureText.ts';
import { GuestBreakpoints } from './GuestBreakpoints.ts';
import { type RegionOptions, RegionTier } from '../../tiers/region/RegionTier.ts';
import { createImports } from './imports.ts';
import { StopAfter } from './StopAfter.ts';
import { type BreakpointOwner, Translations } from './Translations.ts';
import type { CompiledHandlers, HandlerExports } from './CompiledHandlers.ts';

/** What a translating vCPU is made of and wired to. */
export interface TranslatedProcessorOptions {
  readonly id: number;
  readonly memory: PhysicalMemory;
  readonly handlers: CompiledHandlers;
  readonly bus: ProcessorBus;
  readonly interrupts: InterruptSource;
  readonly clock: ProcessorClock;
  readonly features: CpuFeatures;
  readonly onRefusal?: RefusalObserver | undefined;
  /** FERR#: an unmasked x87 exception while CR0.NE is clear. A PC wires it to IRQ 13. */
  readonly onCoprocessorError?: (() => void) | undefined;
  /** IA32_APIC_BASE was written. */
  readonly onApicBase?: ((low: number, high: number) => void) | undefined;
  /** Without it all code runs in the threaded tier. */
  readonly regions?: RegionOptions | undefined;
}

/**
 * The largest budget that is handed to generated code at once: about a millisecond's. A region that runs for longer
 * would keep V8's first, slow code: the better one is used from the next entry on.
 */
const MAX_BUDGET = 1_000_000;

/** Bits of `STATE.attention`. Set atomically: a kick from another thread may meet a device's interrupt. */
const ATTENTION = { kick: 1, interrupt: 2 } as const;

/** A vCPU that runs by binary translation. */
export class TranslatedProcessor implements VirtualProcessor {
  readonly id: number;
  readonly state: CpuState;

  private readonly options: TranslatedProcessorOptions;
  private readonly memory: PhysicalMemory;
  private readonly exits: ExitCounts;
  private readonly mmu: Mmu;
  private readonly translations: Translations;
  private readonly breakpoints: GuestBreakpoints;
  private readonly watchpoints = new DebuggerWatchpoints();
  /** Of the guest's own breakpoints; undefined while none needs it. */
  private guestWatch: AccessWatch | undefined;
  private readonly stopAfter: StopAfter;
  private readonly context: SystemContext;
  private readonly attention: Int32Array;
  private readonly regions: RegionTier | undefined;
  private readonly enter: (record: number, budget: number) => number;
  /** Instructions retired before the present stretch of generated code, and that stretch's budget. */
  private retiredBefore = 0;
  private stretchBudget = 0;
  /** Code key before the current helper, to see a change of mode. */
  private codeKey = 0;
  /** Where linear addresses lead has changed since generated code was entered. */
  private mustRefetch = false;
  private isRunning = false;
  /** Generated code was entered for one instruction. */
  private isStepping = false;
  /** EIP at which a breakpoint or a step stopped last, -1 when something else did. */
  private stoppedAt = -1;
  /** The instruction at EIP is a repeated string instruction with some iterations done. */
  private isRepeating = false;
  private hasTakenInterrupt = false;
  private hasSoftwareInterrupt = false;

  constructor(options: TranslatedProcessorOptions) {
    const { memory } = options;
    this.options = options;
    this.id = options.id;
    this.memory = memory;
    const base = memory.layout.vcpu(options.id);
    this.state = new CpuState(memory.memory.buffer, base);
    this.attention = new Int32Array(memory.memory.buffer, base + STATE.attention, 1);
    this.exits = new ExitCounts(this.state);
    this.mmu = new Mmu(memory, this.state, this.exits.counted(options.bus), {
      onCodeWrite: (physical, byteLength) => this.onCodeWrite(physical, byteLength),
    });
    this.translations = new Translations({
      memory,
      state: this.state,
      mmu: this.mmu,
      handlers: options.handlers,
      features: options.features,
      onTranslated: () => this.count('translation'),
      hotThreshold: options.regions?.threshold ?? 0,
    });
    this.breakpoints = new GuestBreakpoints(this.state, {
      setCode: (addresses) => this.setBreakpointsOf('guest', addresses),
      setWatch: (watch) => {
        this.guestWatch = watch;
        this.updateWatch();
      },
    });
    this.stopAfter = new StopAfter(this.state, memory.view, options.handlers.step('pause'));
    this.context = this.createContext();
    const imports = createImports({
      context: this.context,
      state: this.state,
      mmu: this.mmu,
      memory: memory.memory,
      view: memory.view,
      lookup: (eip) => this.translations.lookup(eip),
      translateStub: (record) => this.translations.translateStub(record),
      checkCrossPage: (record) => this.translations.checkCrossPage(record),
      afterAccess: () => {
        if (this.attention[0] !== 0 || this.breakpoints.traps !== 0 || this.watchpoints.hit) this.stopAfter.request();
      },
      enterHot: (record) => this.regions?.enterHot(record) ?? record + RECORD.size,
      validateRegion: (data) => this.regions?.validate(data) ?? 0,
      mustLeave: () => this.mustLeave(),
      mustLeaveBeforeLookup: () => this.mustLeaveBeforeLookup(),
    });
    const generated = options.handlers.instantiate(imports);
    this.enter = generated.run;
    this.mmu.connect(generated);
    if (options.regions) this.regions = this.createRegions(generated, options.regions);
    this.reset();
  }

  /** While a helper or a device access runs: up to, not including, the instruction that called it. */
  get retiredInstructions(): number {
    if (!this.isRunning) return this.retiredBefore;
    const record = this.state.getInt(STATE.record);
    const ahead = record === 0 ? 0 : this.memory.view.getUint8(record + RECORD.count) - 1;
    return this.retiredBefore + this.stretchBudget - this.stopAfter.budget + ahead;
  }

  reset(): void {
    const [signature] = this.options.features.cpuid(1, 0);
    resetState(this.state, signature);
    this.retiredBefore = 0;
    this.state.setFloat64(STATE.retired, 0);
    this.exits.clear();
    Atomics.store(this.attention, 0, 0);
    this.stoppedAt = -1;
    this.isRepeating = false;
    this.breakpoints.traps = 0;
    this.stateChanged();
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
    this.watchpoints.forgetHit();
    for (;;) {
      this.regions?.takeFinished();
      const left = end - this.retiredBefore;
      const exit = this.takeEvents(left) ?? this.watchpoint();
      if (exit) return exit;
      // Whoever stopped at a breakpoint, stepped onto one, or is past a repetition's first iteration goes on from it.
      const isBreakpoint = this.translations.isBreakpoint('debugger', this.linear(this.state.eip));
      const passesBreakpoint = this.stoppedAt === this.state.eip || this.isRepeating;
      this.stoppedAt = -1;
      if (isBreakpoint && !passesBreakpoint) return this.breakpoint();
      const stop = this.advance(left, limits.precise, isBreakpoint) ?? this.watchpoint();
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
    this.watchpoints.forgetHit();
    const exit = this.takeEvents(1);
    if (exit) return exit;
    const stop = this.hasTakenInterrupt ? undefined : this.stepOne();
    this.stoppedAt = this.state.eip;
    return stop ?? this.watchpoint() ?? { reason: 'budget' };
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

  requestNmi(): void {
    this.state.setInt(STATE.nmiPending, 1);
    this.notifyInterrupt();
  }

  setBreakpoints(linearAddresses: readonly number[]): void {
    this.setBreakpointsOf('debugger', linearAddresses);
  }

  setWatchpoints(watchpoints: readonly Watchpoint[]): void {
    this.watchpoints.set(watchpoints);
    this.updateWatch();
  }

  private updateWatch(): void {
    this.mmu.setWatch(watchOfAll([this.guestWatch, this.watchpoints.isEmpty ? undefined : this.watchpoints]));
  }

  invalidatePhysical(physicalAddress: number, byteLength: number): void {
    for (let page = physicalAddress & ~0xfff; page < physicalAddress + byteLength; page += 0x1000) {
      this.memory.setFlags(page >>> 0, PAGE_FLAG.dirty);
    }
    this.translations.invalidate(physicalAddress, byteLength);
  }

  /** Clears the dirty flags of all RAM, so that writes from now on show. */
  clearDirtyPages(): void {
    this.memory.clearRamFlags(PAGE_FLAG.dirty);
    this.mmu.flush('all');
  }

  /** The dirty flags of video memory are about to be cleared. */
  watchVideoWrites(): void {
    this.mmu.forbidVideoWrites();
  }

  stateChanged(): void {
    this.isRepeating = false;
    // Refused entries leave the registers as they are: whoever wrote the state vouches for it.
    if (isPaePaging(this.state)) this.mmu.loadPagePointers(this.state.controlRegister(3));
    this.derive();
  }

  /** Recomputes everything that follows from the registers. */
  private derive(): void {
    this.breakpoints.refresh();
    this.addressSpaceChanged('all');
    this.updateMode();
  }

  save(): ProcessorState {
    return readProcessorState(this.state, {
      retired: this.retiredBefore,
      isRepeating: this.isRepeating,
      debugTraps: this.breakpoints.traps,
      msrs: saveModelSpecificRegisters(this.state),
    });
  }

  restore(state: ProcessorState): void {
    writeProcessorState(this.state, state);
    restoreModelSpecificRegisters(this.state, state.msrs);
    this.retiredBefore = state.retired;
    this.state.setFloat64(STATE.retired, state.retired);
    this.exits.clear();
    this.stoppedAt = -1;
    this.isRepeating = state.isRepeating;
    this.breakpoints.traps = state.debugTraps;
    Atomics.store(this.attention, 0, ATTENTION.interrupt);
    this.derive();
  }

  forgetAddresses(): void {
    this.addressSpaceChanged('all');
  }

  /** Drops what was cached of linear memory; the next instruction is fetched anew. */
  private addressSpaceChanged(scope: 'all' | 'non-global'): void {
    if (scope === 'all') {
      const isNxEnabled = (readMsrLow(this.context, MSR.EFER) & EFER_NXE) !== 0;
      this.mmu.configure({ isNxEnabled, hasPse36: this.options.features.has('pse36') });
    } else {
      this.mmu.flush(scope);
    }
    this.translations.flush(scope);
    this.codeMayHaveMoved();
    this.mustRefetch = true;
  }

  private setBreakpointsOf(owner: BreakpointOwner, linearAddresses: readonly number[]): void {
    this.translations.setBreakpoints(owner, linearAddresses);
    this.codeMayHaveMoved();
    this.mustRefetch = true;
  }

  translateLinear(linearAddress: number): number | undefined {
    return this.mmu.probe(linearAddress);
  }

  /** The gate on address line 20 was switched. */
  setA20(isOpen: boolean): void {
    this.memory.setA20(isOpen);
    this.addressSpaceChanged('all');
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
      if (isEnabled && this.options.interrupts.isPending()) {
        return this.interrupt(this.options.interrupts.acknowledge(), 'external');
      }
    }
    return state.getInt(STATE.halted) !== 0 ? { reason: 'halt' } : undefined;
  }

  private interrupt(vector: number, source: 'external' | 'nmi'): VmExit | undefined {
    this.hasTakenInterrupt = true;
    this.state.setInt(STATE.halted, 0);
    this.count('interrupt');
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
    this.mustRefetch = false;
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
    if (exit === EXIT.fault) {
      this.breakpoints.traps = earlierTraps;
      this.watchpoints.forgetHit();
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

  private watchpoint(): VmExit | undefined {
    const { hit } = this.watchpoints;
    if (hit === undefined) return undefined;
    this.watchpoints.forgetHit();
    this.count('breakpoint');
    this.stoppedAt = this.state.eip;
    return { reason: 'watchpoint', ...hit };
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
    if (fault.vector === VECTOR.GP && this.state.cpl > 0) this.reportRefusal();
    if (deliverException(this.context, fault, resumeFlag) === 'shutdown') {
      this.count('shutdown');
      return { reason: 'shutdown', detail: shutdownText(this.state, fault) };
    }
    return undefined;
  }

  private retire(instructions: number): void {
    this.retiredBefore += instructions;
    this.state.setFloat64(STATE.retired, this.retiredBefore);
  }

  private mustLeave(): boolean {
    return this.state.getInt(STATE.codeKey) !== this.codeKey || this.mustRefetch || this.wantsAttention();
  }

  /** A transfer, or what changes the mode or the address space: the lookup that follows takes both into account. */
  private mustLeaveBeforeLookup(): boolean {
    const { state } = this;
    if (this.isStepping || this.wantsAttention() || this.breakpoints.hasCode) return true;
    if (state.getInt(STATE.nmiPending) !== 0) return true;
    const flags = state.getInt(STATE.systemFlags);
    if ((flags & FLAG.IF) !== 0 && this.options.interrupts.isPending()) return true;
    this.codeKey = state.getInt(STATE.codeKey);
    this.mustRefetch = false;
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
      state.getInt(STATE.interruptShadow) !== 0 ||
      state.getInt(STATE.halted) !== 0 ||
      (state.getInt(STATE.systemFlags) & FLAG.TF) !== 0
    );
  }

  private reportRefusal(): void {
    const { onRefusal } = this.options;
    const instruction = onRefusal && this.translations.instructionAt(this.state.eip);
    if (!instruction?.encoding.sensitive) return;
    const { mnemonic } = instruction.encoding;
    onRefusal?.({ mnemonic, linearAddress: this.linear(this.state.eip), cpl: this.state.cpl });
  }

  /** Recomputes the code key and the TLB in use. */
  private updateMode(): void {
    const { state } = this;
    state.setInt(STATE.codeKey, this.translations.currentKey());
    this.updateRegionKey();
    const isUser = state.cpl === 3;
    const isAligning =
      isUser && (state.getInt(STATE.systemFlags) & FLAG.AC) !== 0 && (state.controlRegister(0) & CR0.AM) !== 0;
    this.mmu.useTlb(isUser, isAligning);
  }

  private linear(eip: number): number {
    return (this.state.segmentBase(CS) + eip) >>> 0;
  }

  private onCodeWrite(physical: number, byteLength: number): void {
    const before = this.translations.invalidatedBlocks;
    this.translations.invalidate(physical, byteLength);
    if (this.translations.invalidatedBlocks !== before) this.count('selfModifiedCode');
  }

  private count(kind: ExitKind, times = 1): void {
    if (kind === 'softwareInterrupt') this.hasSoftwareInterrupt = true;
    this.exits.count(kind, times);
  }

  /** Regions are looked at again before they are entered. */
  private codeMayHaveMoved(): void {
    this.regions?.forgetKeys();
    this.updateRegionKey();
  }

  private updateRegionKey(): void {
    this.state.setInt(STATE.regionKey, this.regions?.key(this.state.getInt(STATE.codeKey)) ?? 0);
  }

  private createRegions(runtime: HandlerExports, options: RegionOptions): RegionTier {
    const { state, translations } = this;
    const regions = new RegionTier(
      {
        memory: this.memory,
        cpu: state.base,
        runtime: runtime as unknown as WebAssembly.Exports,
        options,
        codeKey: () => state.getInt(STATE.codeKey),
        mode: () => translations.mode,
        eipBase: () => state.getInt(STATE.eipBase),
        blockAt: (eip) => translations.blockAt(eip),
        single: (eip) => translations.single(eip),
        codePage: (eip) => translations.codePage(eip),
        allocate: (byteLength) => translations.allocateData(byteLength),
      },
      this.options.handlers.firstRegionSlot,
    );
    translations.watcher = regions;
    return regions;
  }

  /** What the region tier has done, undefined without one. */
  get regionStatistics(): RegionStatistics | undefined {
    return this.regions?.statistics;
  }

  private createContext(): SystemContext {
    const { options, mmu } = this;
    return {
      state: this.state,
      memory: mmu,
      bus: options.bus,
      clock: options.clock,
      interrupts: options.interrupts,
      features: options.features,
      retiredInstructions: () => this.retiredInstructions,
      modeChanged: () => this.updateMode(),
      breakpointsChanged: () => this.breakpoints.refresh(),
      portAccessed: (port, byteLength) => this.breakpoints.onPort(port, byteLength),
      isPortWatched: (port, byteLength) => this.breakpoints.watchesPort(port, byteLength),
      hostBytes: (address, byteLength) => new Uint8Array(options.memory.memory.buffer, address, byteLength),
      flushTlb: (scope) => this.addressSpaceChanged(scope),
      loadPagePointers: (cr3) => mmu.loadPagePointers(cr3),
      invalidatePage: (linear) => {
        this.codeMayHaveMoved();
        if (!mmu.flushPage(linear)) this.translations.flush('all');
        else if (!this.translations.flushPage(linear)) return;
        this.mustRefetch = true;
      },
      coprocessorError: () => options.onCoprocessorError?.(),
      apicBaseChanged: (low, high) => options.onApicBase?.(low, high),
      count: (kind, times) => this.count(kind, times),
    };
  }
}
