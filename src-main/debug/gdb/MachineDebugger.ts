import { CS, INTERRUPT_SHADOW, STATE } from '../../engine/state/layout.ts';
import type { Catchpoint, CaughtEvent } from '../../engine/Catchpoint.ts';
import type { VirtualProcessor, Watchpoint } from '../../engine/VirtualProcessor.ts';
import type { Machine } from '../../machine/Machine.ts';
import type { MachineExit, MachineSlice } from '../../machine/MachineExit.ts';
import type { ReverseExecution, Stops, TravelResult } from '../../machine/replay/ReverseExecution.ts';

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

/** How the run is over for whoever debugs it. */
export interface DebuggedEnd {
  /** The processor could not go on; else the guest, or the user, ended the run. */
  readonly isCrash: boolean;
  /** What the guest handed over, 0 to 255. */
  readonly status: number;
}

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
 * A machine whose run is repeatable can also go back, as far as nobody has written its registers or memory since. Its
 * steps take interrupts as they come, or the run could not be repeated.
 */
export class MachineDebugger {
  readonly machine: Machine;
  /** Who is told; nobody while nobody is attached. */
  events: DebuggerEvents | undefined;
  /** Steps take interrupts, where that can be chosen. */
  stepsTakeInterrupts = false;
  private mode: 'held' | 'running' | 'stepping' = 'held';
  /** While stepping: goes on as long as it stays in here. */
  private range: CodeRange | undefined;
  private readonly breakpoints = new Set<number>();
  private watchpoints: readonly Watchpoint[] = [];
  private caught: readonly Catchpoint[] = [];
  /** undefined: nobody has been told yet. */
  private armed: Stops | undefined;
  private readonly beginHistory: (() => ReverseExecution) | undefined;
  private history: ReverseExecution | undefined;
  private endTold: MachineExit | undefined;
  private lastStop: Stop = { kind: 'attached' };
  private killed = false;
  private wake: () => void = () => undefined;

  /** @param beginHistory keeps what happens from now on; undefined: the run is not repeatable */
  constructor(machine: Machine, beginHistory?: () => ReverseExecution) {
    this.machine = machine;
    this.beginHistory = beginHistory;
    this.openHistory();
  }

  get canGoBack(): boolean {
    return this.beginHistory !== undefined;
  }

  get isHeld(): boolean {
    return this.mode === 'held';
  }

  get stop(): Stop {
    return this.lastStop;
  }

  /** Somebody asked for the end of the run. */
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
    this.hold({ kind });
  }

  continue(): void {
    this.go('running');
  }

  /** One instruction, or with a range as many as stay in it. */
  step(range?: CodeRange): void {
    this.range = range;
    this.go('stepping');
  }

  /** To before the last instruction, or to the last stop before. Of no effect where the machine cannot go back. */
  goBack(how: 'step' | 'continue'): void {
    const history = this.openHistory();
    if (history === undefined) return;
    this.arm();
    this.endTold = undefined;
    try {
      this.hold(stopOf(how === 'step' ? history.stepBack() : history.reverseContinue()));
    } catch (error) {
      this.history = undefined;
      this.hold({ kind: 'ended', reason: 'error', detail: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Registers or memory were written: what was before leads here no more. */
  noteChange(): void {
    this.history = undefined;
  }

  /** Whoever debugged the machine is gone, and with it its breakpoints. What stands still goes on standing. */
  abandon(): void {
    this.events = undefined;
    this.breakpoints.clear();
    this.watchpoints = [];
    this.caught = [];
  }

  /** Power cycle; the machine stands still at its first instruction. */
  reset(): void {
    this.machine.reset();
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
    this.openHistory();
    this.arm();
    const exit = this.mode === 'stepping' ? this.runSteps(slice) : (this.history ?? this.machine).run(slice);
    return this.take(exit);
  }

  /** The run is over, whatever ended it. */
  tellEnd(end: DebuggedEnd): void {
    this.events?.onEnd(end);
  }

  private go(mode: 'running' | 'stepping'): void {
    this.mode = mode;
    this.wake();
  }

  private hold(stop: Stop): void {
    this.mode = 'held';
    this.range = undefined;
    this.lastStop = stop;
    this.machine.stopClock();
    this.wake();
    this.events?.onStop(stop);
  }

  /** gdb takes breakpoints out at each stop and puts them back: translations are told of real changes alone. */
  private arm(): void {
    const breakpoints = [...this.breakpoints].sort((a, b) => a - b);
    const stops = { breakpoints, watchpoints: this.watchpoints, catchpoints: this.caught };
    if (this.armed && areSame(stops, this.armed)) return;
    this.armed = stops;
    if (this.history) {
      this.history.setStops(stops);
      return;
    }
    for (const processor of this.machine.processors) {
      processor.setBreakpoints(stops.breakpoints);
      processor.setWatchpoints(stops.watchpoints);
      processor.setCatchpoints(stops.catchpoints);
    }
  }

  private openHistory(): ReverseExecution | undefined {
    if (this.history === undefined && this.beginHistory !== undefined) {
      this.history = this.beginHistory();
      this.armed = undefined;
    }
    return this.history;
  }

  private take(exit: MachineExit): MachineExit {
    switch (exit.reason) {
      case 'breakpoint':
        this.hold({ kind: 'breakpoint', vcpu: exit.vcpu });
        return { reason: 'kick' };
      case 'watchpoint':
        this.hold({ kind: 'watchpoint', vcpu: exit.vcpu, watchpoint: exit.watchpoint });
        return { reason: 'kick' };
      case 'catchpoint':
        this.hold({ kind: 'catchpoint', vcpu: exit.vcpu, events: exit.events });
        return { reason: 'kick' };
      case 'halted':
      case 'shutdown':
      case 'error':
        if (this.events === undefined || this.endTold === exit) return exit;
        // Everything is as it was when it happened: let it be looked at first.
        this.endTold = exit;
        this.hold({ kind: 'ended', reason: exit.reason, detail: exit.detail });
        return { reason: 'kick' };
      case 'budget':
      case 'kick':
      case 'idle':
      case 'poweroff':
      case 'reset':
        return exit;
    }
  }

  private runSteps(slice: MachineSlice): MachineExit {
    // A loop that waits for time to pass would never end while it stands still.
    if (this.range !== undefined && !this.history) this.machine.run({ instructions: 0 });
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
    if (this.history) return this.history.step();
    const { state } = this.processor;
    const isFree = state.getInt(STATE.halted) === 0 && state.getInt(STATE.interruptShadow) === INTERRUPT_SHADOW.none;
    if (!this.stepsTakeInterrupts && isFree) state.setInt(STATE.interruptShadow, INTERRUPT_SHADOW.sti);
    return this.machine.step();
  }

  private get processor(): VirtualProcessor {
    const [first] = this.machine.processors;
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
