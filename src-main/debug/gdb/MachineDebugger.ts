import { CS, INTERRUPT_SHADOW, STATE } from '../../engine/state/layout.ts';
import { catches, type Catchpoint, type CaughtEvent } from '../../engine/Catchpoint.ts';
import type { VirtualProcessor, Watchpoint } from '../../engine/VirtualProcessor.ts';
import type { DebuggedEnd, DebuggedMachine, RunControl } from '../../machine/debugging/DebuggedMachine.ts';
import { stepThroughWait } from '../../machine/debugging/stepThroughWait.ts';
import type { MachineExit, MachineSlice } from '../../machine/MachineExit.ts';
import type { Stops, TravelResult } from '../../machine/replay/ReverseExecution.ts';

/** Steps between two looks at the clock. */
const STEPS_AT_ONCE = 256;

/** Why the machine stands still. */
export type Stop =
  | { readonly kind: 'attached' | 'interrupted' | 'step' | 'reset' }
  /** Further back nothing is known. */
  | { readonly kind: 'history-start' }
  | { readonly kind: 'breakpoint'; readonly vcpu: number }
  | { readonly kind: 'watchpoint'; readonly vcpu: number; readonly watchpoint: Watchpoint }
  | { readonly kind: 'catchpoint'; readonly vcpu: number; readonly events: readonly CaughtEvent[] }
  /** The machine will not run again before a reset: told once, and once more as {@link DebuggerEvents.onEnd}. */
  | { readonly kind: 'ended'; readonly reason: 'halted' | 'shutdown' | 'error'; readonly detail: string };

export interface DebuggerEvents {
  onStop(stop: Stop): void;
  onEnd(end: DebuggedEnd): void;
}

/** Linear addresses from `start` up to, not including, `end`. */
export interface CodeRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Run control of a machine: whoever runs it asks here first, and runs it through here. Stands still until somebody
 * resumes it. Steps take no interrupts unless told to, so that stepping stays in the code one looks at.
 *
 * Steps of a machine that can go back take interrupts as they come, or its run could not be repeated.
 */
export class MachineDebugger implements RunControl {
  readonly debugged: DebuggedMachine;
  /** Who is told; nobody while nobody is attached. */
  events: DebuggerEvents | undefined;
  /** Steps take interrupts, where that can be chosen. */
  stepsTakeInterrupts = false;
  private mode: 'held' | 'running' | 'stepping' | 'searching' = 'held';
  /** While stepping: goes on as long as it stays in here. */
  private range: CodeRange | undefined;
  private readonly breakpoints = new Set<number>();
  private watchpoints: readonly Watchpoint[] = [];
  private caught: readonly Catchpoint[] = [];
  /** undefined: nobody has been told yet. */
  private armed: Stops | undefined;
  private endTold: MachineExit | undefined;
  private lastStop: Stop = { kind: 'attached' };
  private killed = false;
  private wake: () => void = () => undefined;

  constructor(debugged: DebuggedMachine) {
    this.debugged = debugged;
  }

  get canGoBack(): boolean {
    return this.debugged.canGoBack;
  }

  get processors(): readonly VirtualProcessor[] {
    return this.debugged.machine.processors;
  }

  get isHeld(): boolean {
    return this.mode === 'held';
  }

  get isSearching(): boolean {
    return this.mode === 'searching';
  }

  get stop(): Stop {
    return this.lastStop;
  }

  get isKilled(): boolean {
    return this.killed;
  }

  /** Resolves at the next change of what the machine is to do. */
  changed(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  kill(): void {
    this.killed = true;
    this.wake();
  }

  /** Stops a running machine; without effect on one that stands still. */
  interrupt(kind: 'attached' | 'interrupted' = 'interrupted'): void {
    if (this.isHeld) return;
    if (this.isSearching) this.debugged.giveUpSearch();
    this.hold({ kind });
  }

  noteBreakpoint(vcpu: number): void {
    if (!this.isHeld) this.hold({ kind: 'breakpoint', vcpu });
  }

  continue(): void {
    this.go('running');
  }

  /** One instruction, or with a range as many as stay in it. */
  step(range?: CodeRange): void {
    this.range = range;
    this.go('stepping');
  }

  /** To before the last instruction; of no effect where the machine cannot go back. */
  stepBack(): void {
    if (!this.canGoBack) return;
    this.arm();
    this.endTold = undefined;
    this.travel(() => this.debugged.stepBack());
  }

  /** To the last stop before; whoever runs the machine goes there by `searchOn`. Of no effect where it cannot go back. */
  runBack(): void {
    if (!this.canGoBack) return;
    this.arm();
    this.endTold = undefined;
    this.debugged.beginSearch();
    this.go('searching');
  }

  searchOn(): TravelResult | undefined {
    return this.travel(() => this.debugged.searchOn());
  }

  private travel(journey: () => TravelResult | undefined): TravelResult | undefined {
    try {
      const result = journey();
      if (result) this.hold(stopOf(result));
      return result;
    } catch (error) {
      this.hold({ kind: 'ended', reason: 'error', detail: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  /** Whoever debugged the machine is gone, and with it its breakpoints. What stands still goes on standing. */
  abandon(): void {
    this.events = undefined;
    if (this.isSearching) this.interrupt();
    this.breakpoints.clear();
    this.watchpoints = [];
    this.caught = [];
  }

  /** Power cycle; the machine stands still at its first instruction. */
  reset(): void {
    this.debugged.reset();
    this.endTold = undefined;
    this.lastStop = { kind: 'reset' };
  }

  addBreakpoint(linearAddress: number): void {
    this.breakpoints.add(linearAddress);
  }

  removeBreakpoint(linearAddress: number): void {
    this.breakpoints.delete(linearAddress);
  }

  addWatchpoint(watchpoint: Watchpoint): void {
    this.watchpoints = [...this.watchpoints.filter((each) => !isSame(each, watchpoint)), watchpoint];
  }

  removeWatchpoint(watchpoint: Watchpoint): void {
    this.watchpoints = this.watchpoints.filter((each) => !isSame(each, watchpoint));
  }

  get catchpoints(): readonly Catchpoint[] {
    return this.caught;
  }

  /** Events that stop the machine; replaces the former set. */
  setCatchpoints(catchpoints: readonly Catchpoint[]): void {
    this.caught = catchpoints;
  }

  /** Runs the machine as it has been told to. An exit that the debugger takes comes out as `kick`. */
  run(slice: MachineSlice): MachineExit {
    if (!this.isSearching) return this.take(this.advance(slice));
    this.searchOn();
    return { reason: 'kick' };
  }

  advance(slice: MachineSlice): MachineExit {
    this.arm();
    return this.mode === 'stepping' ? this.runSteps(slice) : this.debugged.run(slice);
  }

  tellEnd(end: DebuggedEnd): void {
    this.events?.onEnd(end);
  }

  private go(mode: 'running' | 'stepping' | 'searching'): void {
    this.mode = mode;
    this.wake();
  }

  private hold(stop: Stop): void {
    this.mode = 'held';
    this.range = undefined;
    this.lastStop = stop;
    this.debugged.machine.stopClock();
    this.wake();
    this.events?.onStop(stop);
  }

  /** gdb takes breakpoints out at each stop and puts them back: translations are told of real changes alone. */
  private arm(): void {
    const breakpoints = [...this.breakpoints].sort((a, b) => a - b);
    const stops = { breakpoints, watchpoints: this.watchpoints, catchpoints: this.caught };
    if (this.armed && areSame(stops, this.armed)) return;
    this.armed = stops;
    this.debugged.setStops(stops);
  }

  owns(exit: MachineExit): boolean {
    switch (exit.reason) {
      case 'breakpoint':
        return this.breakpoints.has(exit.linearAddress);
      case 'watchpoint':
        return this.watchedBy(exit) !== undefined;
      case 'catchpoint':
        return exit.events.some((event) => this.isCaught(event));
      case 'halted':
      case 'shutdown':
      case 'error':
        // Everything is as it was when it happened: let it be looked at first.
        return this.events !== undefined && this.endTold !== exit;
      case 'budget':
      case 'kick':
      case 'idle':
      case 'poweroff':
      case 'reset':
        return false;
    }
  }

  take(exit: MachineExit): MachineExit {
    if (!this.owns(exit)) return exit;
    const stop = this.stopAt(exit);
    if (stop.kind === 'ended') this.endTold = exit;
    this.hold(stop);
    return { reason: 'kick' };
  }

  /** Of an exit that is its own. */
  private stopAt(exit: MachineExit): Stop {
    switch (exit.reason) {
      case 'breakpoint':
        return { kind: 'breakpoint', vcpu: exit.vcpu };
      case 'watchpoint':
        return { kind: 'watchpoint', vcpu: exit.vcpu, watchpoint: this.watchedBy(exit) ?? exit.watchpoint };
      case 'catchpoint':
        return { kind: 'catchpoint', vcpu: exit.vcpu, events: exit.events.filter((event) => this.isCaught(event)) };
      case 'halted':
      case 'shutdown':
      case 'error':
        return { kind: 'ended', reason: exit.reason, detail: exit.detail };
      default:
        throw new Error(`“${exit.reason}” stops nobody`);
    }
  }

  /** Its own watchpoint that an instruction has met; gdb can be told of one. */
  private watchedBy({ hits }: MachineExit & { readonly reason: 'watchpoint' }): Watchpoint | undefined {
    return this.watchpoints.find((own) => hits.some(({ watchpoint }) => isSame(watchpoint, own)));
  }

  private isCaught(event: CaughtEvent): boolean {
    return this.caught.some((catchpoint) => catches(catchpoint, event));
  }

  private runSteps(slice: MachineSlice): MachineExit {
    // A loop that waits for time to pass would never end while it stands still.
    if (this.range !== undefined && !this.canGoBack) this.debugged.run({ instructions: 0 });
    const most = Math.min(STEPS_AT_ONCE, slice.instructions ?? Infinity);
    for (let count = 0; count < most; count++) {
      const exit = this.stepOne();
      if (exit.reason !== 'budget') return exit;
      const address = instructionAddress(this.processor);
      const { range } = this;
      if (range === undefined || address < range.start || address >= range.end) {
        this.hold({ kind: 'step' });
        return { reason: 'kick' };
      }
      if (this.breakpoints.has(address)) {
        return { reason: 'breakpoint', vcpu: this.processor.id, linearAddress: address };
      }
    }
    return { reason: 'budget' };
  }

  /** One that waits in HLT goes on with the interrupt that wakes it, whatever is said of interrupts. */
  private stepOne(): MachineExit {
    const step = (): MachineExit => stepThroughWait(this.debugged.machine, () => this.debugged.step());
    if (this.canGoBack) return step();
    const { state } = this.processor;
    const isFree = state.getInt(STATE.halted) === 0 && state.getInt(STATE.interruptShadow) === INTERRUPT_SHADOW.none;
    if (!this.stepsTakeInterrupts && isFree) state.setInt(STATE.interruptShadow, INTERRUPT_SHADOW.sti);
    return step();
  }

  private get processor(): VirtualProcessor {
    const [first] = this.processors;
    if (first === undefined) throw new Error('a machine has at least one processor');
    return first;
  }
}

/** Linear address of the next instruction. */
export function instructionAddress({ state }: VirtualProcessor): number {
  return (state.segmentBase(CS) + state.eip) >>> 0;
}

function areSame(one: Stops, other: Stops): boolean {
  return (
    one.breakpoints.length === other.breakpoints.length &&
    one.watchpoints.length === other.watchpoints.length &&
    one.catchpoints === other.catchpoints &&
    one.breakpoints.every((address, index) => address === other.breakpoints[index]) &&
    one.watchpoints.every((watchpoint, index) => watchpoint === other.watchpoints[index])
  );
}

function stopOf({ reason, watchpoint, events }: TravelResult): Stop {
  if (reason === 'catchpoint' && events !== undefined) return { kind: 'catchpoint', vcpu: 0, events };
  if (reason === 'watchpoint' && watchpoint !== undefined) return { kind: 'watchpoint', vcpu: 0, watchpoint };
  if (reason === 'breakpoint') return { kind: 'breakpoint', vcpu: 0 };
  return { kind: reason === 'start' ? 'history-start' : 'step' };
}

function isSame(one: Watchpoint, other: Watchpoint): boolean {
  return (
    one.linearAddress === other.linearAddress && one.byteLength === other.byteLength && one.access === other.access
  );
}
