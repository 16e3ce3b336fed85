import {
  type AccessVerdict,
  type ExitObserver,
  type InterruptSource,
  type ProbedAccess,
  type ProcessorBus,
  type ProcessorClock,
  type RefusalObserver,
  type RegionStatistics,
  type RunLimits,
  type VirtualProcessor,
  type VmExit,
  type Watchpoint,
} from '../../VirtualProcessor.ts';
import type { TranslationInspector } from '../../TranslationView.ts';
import type { Catchpoint } from '../../Catchpoint.ts';
import { type ProcessorState, readProcessorState, writeProcessorState } from '../../ProcessorState.ts';
import { type AccessWatch, Mmu } from '../../mmu/Mmu.ts';
import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import { CR0 } from '../../semantics/system/controlBits.ts';
import { isPaePaging } from '../../semantics/system/controlRegisters.ts';
import {
  readMsrLow,
  restoreModelSpecificRegisters,
  saveModelSpecificRegisters,
} from '../../semantics/system/modelSpecificRegisters.ts';
import { EFER_NXE, MSR } from '../../semantics/system/msrTable.ts';
import { initState, resetState } from '../../semantics/system/resetState.ts';
import type { CpuFeatures, SystemContext } from '../../semantics/system/SystemContext.ts';
import { CpuState } from '../../state/CpuState.ts';
import { FLAG } from '../../state/flags.ts';
import { CS, PAGE_FLAG, STATE } from '../../state/layout.ts';
import { RECORD } from '../../tiers/threaded/record.ts';
import { CodeInspector } from './CodeInspector.ts';
import { DebuggerCatchpoints } from './DebuggerCatchpoints.ts';
import { DebuggerWatchpoints, watchOfAll } from './DebuggerWatchpoints.ts';
import { ExitCounts } from './ExitCounts.ts';
import { GuestBreakpoints } from './GuestBreakpoints.ts';
import { type RegionOptions, RegionTier } from '../../tiers/region/RegionTier.ts';
import { createImports } from './imports.ts';
import { RunLoop } from './RunLoop.ts';
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
  private readonly catchpoints: DebuggerCatchpoints;
  /** Of the guest's own breakpoints; undefined while none needs it. */
  private guestWatch: AccessWatch | undefined;
  private readonly context: SystemContext;
  private readonly regions: RegionTier | undefined;
  private readonly loop: RunLoop;
  readonly inspector: TranslationInspector;

  constructor(options: TranslatedProcessorOptions) {
    const { memory } = options;
    this.options = options;
    this.id = options.id;
    this.memory = memory;
    this.state = new CpuState(memory.memory.buffer, memory.layout.vcpu(options.id));
    this.exits = new ExitCounts(this.state);
    this.catchpoints = new DebuggerCatchpoints(this.state);
    this.mmu = new Mmu(memory, this.state, this.exits.counted(options.bus), {
      onCodeWrite: (physical, byteLength) => this.onCodeWrite(physical, byteLength),
    });
    this.translations = new Translations({
      memory,
      state: this.state,
      mmu: this.mmu,
      handlers: options.handlers,
      features: options.features,
      onTranslated: () => this.exits.count('translation'),
      onKeysRestarted: () => this.regions?.forgetKeys(),
      hotness: options.regions,
    });
    this.breakpoints = new GuestBreakpoints(this.state, {
      setCode: (addresses) => this.setBreakpointsOf('guest', addresses),
      setWatch: (watch) => {
        this.guestWatch = watch;
        this.updateWatch();
      },
    });
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
      afterAccess: () => this.loop.afterAccess(),
      noteHelper: (record) => this.translations.helperCalls.note(record),
      enterHot: (record) => this.regions?.enterHot(record) ?? record + RECORD.size,
      validateRegion: (data) => this.regions?.validate(data) ?? 0,
      mustLeave: () => this.loop.mustLeave(),
      mustLeaveInShadow: () => this.loop.mustLeaveInShadow(),
      mustLeaveBeforeLookup: () => this.loop.mustLeaveBeforeLookup(),
    });
    const generated = options.handlers.instantiate(imports);
    this.mmu.connect(generated);
    if (options.regions) this.regions = this.createRegions(generated, options.regions);
    const { state, exits, translations, breakpoints, watchpoints, catchpoints, context, regions } = this;
    this.inspector = new CodeInspector({
      memory,
      mmu: this.mmu,
      translations: this.translations,
      handlers: options.handlers,
      regions: this.regions,
    });
    this.loop = new RunLoop({
      ...{ state, memory, exits, translations, breakpoints, watchpoints, catchpoints, context, regions },
      stopAfter: new StopAfter(state, memory.view, options.handlers.step('pause')),
      interrupts: options.interrupts,
      onUserProtectionFault: () => this.reportRefusal(),
      enter: generated.run,
    });
    this.reset();
  }

  get retiredInstructions(): number {
    return this.loop.retiredInstructions;
  }

  reset(): void {
    resetState(this.state, this.signature);
    this.loop.restart({ retired: 0, isRepeating: false, debugTraps: 0 });
    this.stateChanged();
  }

  init(): void {
    initState(this.state, this.signature);
    this.breakpoints.traps = 0;
    this.stateChanged();
  }

  private get signature(): number {
    return this.options.features.cpuid(1, 0)[0];
  }

  run(limits: RunLimits): VmExit {
    return this.loop.run(limits);
  }

  step(): VmExit {
    return this.loop.step();
  }

  kick(): void {
    this.loop.kick();
  }

  notifyInterrupt(): void {
    this.loop.notifyInterrupt();
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

  setCatchpoints(catchpoints: readonly Catchpoint[]): void {
    this.catchpoints.set(catchpoints);
  }

  observeExits(observer: ExitObserver | undefined): void {
    this.exits.observer = observer;
  }

  private updateWatch(): void {
    this.mmu.setWatch(watchOfAll([this.guestWatch, this.watchpoints.isEmpty ? undefined : this.watchpoints]));
  }

  invalidatePhysical(physicalAddress: number, byteLength: number): void {
    for (let page = physicalAddress - (physicalAddress & 0xfff); page < physicalAddress + byteLength; page += 0x1000) {
      this.memory.setFlags(page, PAGE_FLAG.dirty);
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
    this.loop.forgetRepetition();
    // Refused entries leave the registers as they are: whoever wrote the state vouches for it.
    if (isPaePaging(this.state)) this.mmu.loadPagePointers(this.state.controlRegister(3));
    this.derive();
  }

  /** Recomputes everything that follows from the registers. */
  private derive(): void {
    this.breakpoints.refresh();
    this.addressSpaceChanged('all');
    this.updateMode();
    this.catchpoints.settleMode();
  }

  save(): ProcessorState {
    return readProcessorState(this.state, {
      ...this.loop.progress,
      msrs: saveModelSpecificRegisters(this.state),
    });
  }

  restore(state: ProcessorState): void {
    writeProcessorState(this.state, state);
    restoreModelSpecificRegisters(this.state, state.msrs);
    this.loop.restart(state);
    this.loop.notifyInterrupt();
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
    this.translations.forgetAddresses();
    this.codeMayHaveMoved();
  }

  /** INVLPG. */
  private invalidatePage(linear: number): void {
    const isAlone = this.mmu.flushPage(linear);
    if (!isAlone) this.translations.forgetAddresses();
    const isOfCode = this.translations.forgetPage(linear);
    if (!isAlone || isOfCode || this.regions?.mayLieAt(linear)) this.codeMayHaveMoved();
  }

  private setBreakpointsOf(owner: BreakpointOwner, linearAddresses: readonly number[]): void {
    this.translations.setBreakpoints(owner, linearAddresses);
    this.codeMayHaveMoved();
  }

  translateLinear(linearAddress: number): number | undefined {
    return this.mmu.probe(linearAddress);
  }

  probeAccess(linearAddress: number, access: ProbedAccess): AccessVerdict {
    return this.mmu.probeAccess(linearAddress, access);
  }

  /** The gate on address line 20 was switched. */
  setA20(isOpen: boolean): void {
    this.memory.setA20(isOpen);
    this.addressSpaceChanged('all');
  }

  private reportRefusal(): void {
    const { onRefusal } = this.options;
    const instruction = onRefusal && this.translations.instructionAt(this.state.eip);
    if (!instruction?.encoding.sensitive) return;
    const { mnemonic } = instruction.encoding;
    onRefusal?.({ mnemonic, linearAddress: (this.state.segmentBase(CS) + this.state.eip) >>> 0, cpl: this.state.cpl });
  }

  /** Recomputes the code key and the TLB in use. */
  private updateMode(): void {
    const { state } = this;
    this.updateKeys();
    const isUser = state.cpl === 3;
    const isAligning =
      isUser && (state.getInt(STATE.systemFlags) & FLAG.AC) !== 0 && (state.controlRegister(0) & CR0.AM) !== 0;
    this.mmu.useTlb(isUser, isAligning);
  }

  private onCodeWrite(physical: number, byteLength: number): void {
    const before = this.translations.invalidatedBlocks;
    this.translations.invalidate(physical, byteLength);
    if (this.translations.invalidatedBlocks !== before) this.exits.count('selfModifiedCode');
  }

  /** Regions are looked at again before they are entered, and so is where the jump cache leads. */
  private codeMayHaveMoved(): void {
    this.regions?.forgetKeys();
    this.updateKeys();
  }

  private updateKeys(): void {
    const codeKey = this.translations.currentKey();
    this.state.setInt(STATE.codeKey, codeKey);
    this.state.setInt(STATE.regionKey, this.regions?.key(codeKey) ?? 0);
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
        linear: (eip) => (state.segmentBase(CS) + eip) >>> 0,
        eipBase: () => state.getInt(STATE.eipBase),
        blockAt: (eip) => translations.blockAt(eip),
        single: (eip) => translations.single(eip),
        physicalPageOf: (eip) => translations.physicalPageOf(eip),
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
      modeChanged: () => {
        this.updateMode();
        this.catchpoints.onMode();
      },
      breakpointsChanged: () => this.breakpoints.refresh(),
      portAccessed: (port, byteLength, access) => {
        this.breakpoints.onPort(port, byteLength);
        this.catchpoints.onPort(port, byteLength, access);
      },
      isPortWatched: (port, byteLength) =>
        this.breakpoints.watchesPort(port, byteLength) || this.catchpoints.watchesPort(port, byteLength),
      takeDebugTraps: () => this.breakpoints.takeTraps(),
      eventDelivered: (event, returnAddress) => this.catchpoints.onDelivery(event, returnAddress),
      controlRegisterLoaded: (index) => this.catchpoints.onControlRegister(index),
      hostBytes: (address, byteLength) => new Uint8Array(options.memory.memory.buffer, address, byteLength),
      flushTlb: (scope) => this.addressSpaceChanged(scope),
      loadPagePointers: (cr3) => mmu.loadPagePointers(cr3),
      invalidatePage: (linear) => this.invalidatePage(linear),
      coprocessorError: () => options.onCoprocessorError?.(),
      apicBaseChanged: (low, high) => options.onApicBase?.(low, high),
      count: (kind, times, detail) => this.loop.count(kind, times, detail),
    };
  }
}
