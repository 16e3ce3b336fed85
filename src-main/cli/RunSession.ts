import type { Machine } from '../machine/Machine.ts';
import type { MachineExit, MachineSlice } from '../machine/MachineExit.ts';
import type { HostTime } from '../machine/MachineOptions.ts';
import type { Interrupt, RunEnd } from './ExitStatus.ts';
import type { TextWatch } from './TextWatch.ts';
import type { TraceFile } from './TraceFile.ts';

/** Host time between two looks at everything else, and so the latency of input and output. */
const SLICE_NS = 10_000_000;
/** The same by the instruction clock: a fixed count, so that a text is seen at the same instruction in each run. */
const SLICE_INSTRUCTIONS = 200_000;
/** The screen is read so often for a text, by host time: it costs as much as a guest's few thousand instructions. */
const SCREEN_LOOK_NS = 50_000_000;
/** A waiting machine is looked after this often. */
const MOST_SLEEP_MS = 100;
/**
 * Node's timers count from when its loop last woke, and so come early by what the machine has run since. A sleep so long
 * had better be late: whoever wakes too early sleeps once more.
 */
const LONG_SLEEP_MS = 10;
const TIMER_EARLY_MS = 1;

/** Who decides whether the machine runs, and how. */
export interface RunDebugger {
  /** The machine is to stand still. */
  readonly isHeld: boolean;
  readonly isKilled: boolean;
  /** Resolves when either may have changed. */
  changed(): Promise<void>;
  run(slice: MachineSlice): MachineExit;
}

export interface RunSessionOptions {
  readonly machine: Machine;
  readonly hostTime: HostTime;
  /** Slices are counted in instructions instead of host time. */
  readonly isDeterministic: boolean;
  readonly until: TextWatch | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly mostInstructions: number | undefined;
  /** A reset that the guest asks for ends the run; otherwise the machine starts over. */
  readonly endsAtReset: boolean;
  /** Called between slices: moves input and output. Resolves when the run may go on. */
  readonly exchange: () => Promise<void>;
  /** How the user or the system ends the run, or undefined. */
  readonly interrupted: () => RunEnding | undefined;
  /** More input may come for a machine that waits. */
  readonly canReceiveInput: () => boolean;
  /** Resolves when input has come. */
  readonly inputArrived: () => Promise<void>;
  readonly debug: RunDebugger | undefined;
  /** Runs the machine where no debugger does. */
  readonly trace: TraceFile | undefined;
}

export interface RunEnding {
  readonly reason: RunEnd;
  readonly detail: string;
  /** It came from outside: the guest had not finished. */
  readonly interrupt?: Interrupt;
}

export interface RunResult extends RunEnding {
  readonly seconds: number;
}

/** Runs a machine in this thread until something ends it, in slices between which the event loop gets its turn. */
export class RunSession {
  private readonly options: RunSessionOptions;
  /** Both move on while a debugger holds the machine. */
  private startNs: number;
  private deadlineNs: number;
  /** When the screen was last looked at. */
  private screenSeenNs = -Infinity;

  constructor(options: RunSessionOptions) {
    this.options = options;
    this.startNs = options.hostTime.monotonicNs();
    this.deadlineNs = this.startNs + (options.timeoutSeconds ?? Infinity) * 1e9;
  }

  async run(): Promise<RunResult> {
    for (;;) {
      const end = this.options.debug?.isHeld ? await this.standStill(this.options.debug) : await this.runSlice();
      if (end !== undefined) return { ...end, seconds: (this.now() - this.startNs) / 1e9 };
    }
  }

  private async runSlice(): Promise<RunEnding | undefined> {
    const { machine, exchange, interrupted, debug, trace } = this.options;
    const exit = (debug ?? trace ?? machine).run(this.nextSlice());
    await exchange();
    const end = this.endOf(exit) ?? this.killed() ?? interrupted();
    if (end !== undefined) return end;
    if (exit.reason === 'reset') machine.reset();
    await this.giveWay(exit);
    return undefined;
  }

  /** Until the debugger has another word, or the user. */
  private async standStill(debug: RunDebugger): Promise<RunEnding | undefined> {
    const since = this.now();
    await this.options.exchange();
    if (debug.isHeld && !debug.isKilled && this.options.interrupted() === undefined) {
      await Promise.race([debug.changed(), this.options.inputArrived()]);
    }
    const heldNs = this.now() - since;
    this.startNs += heldNs;
    this.deadlineNs += heldNs;
    return this.killed() ?? this.options.interrupted();
  }

  private killed(): RunEnding | undefined {
    return this.options.debug?.isKilled ? { reason: 'poweroff', detail: 'ended by gdb' } : undefined;
  }

  private now(): number {
    return this.options.hostTime.monotonicNs();
  }

  private instructionsLeft(): number {
    const { machine, mostInstructions = Infinity } = this.options;
    return mostInstructions - machine.retiredInstructions;
  }

  private nextSlice(): MachineSlice {
    const left = this.instructionsLeft();
    if (this.options.isDeterministic) {
      const instructions = Math.min(left, SLICE_INSTRUCTIONS);
      return Number.isFinite(this.deadlineNs) ? { instructions, untilHostNs: this.deadlineNs } : { instructions };
    }
    const untilHostNs = Math.min(this.now() + SLICE_NS, this.deadlineNs);
    return Number.isFinite(left) ? { untilHostNs, instructions: left } : { untilHostNs };
  }

  private endOf(exit: MachineExit): RunEnding | undefined {
    if (this.isTextSeen(exit)) return { reason: 'until', detail: '' };
    switch (exit.reason) {
      case 'halted':
        return { reason: 'hlt', detail: exit.detail };
      case 'poweroff':
      case 'shutdown':
      case 'error':
        return exit;
      case 'breakpoint':
      case 'watchpoint':
      case 'catchpoint':
        return { reason: 'error', detail: 'stopped at a breakpoint that nobody set' };
      case 'idle':
        if (exit.wakeAtHostNs === undefined && !this.options.canReceiveInput()) {
          return { reason: 'hlt', detail: 'waits for input, and there is none' };
        }
        break;
      case 'reset':
        if (this.options.endsAtReset) return exit;
        break;
      case 'budget':
      case 'kick':
        break;
    }
    if (this.instructionsLeft() <= 0) return { reason: 'max-instructions', detail: '' };
    if (this.now() >= this.deadlineNs) return { reason: 'timeout', detail: '' };
    return undefined;
  }

  private isTextSeen({ reason }: MachineExit): boolean {
    const { until, machine, isDeterministic } = this.options;
    if (until === undefined || until.isSeen) return until !== undefined;
    const now = this.now();
    // What the machine shows when it ends is looked at in any case.
    const isOver = now >= this.deadlineNs || this.instructionsLeft() <= 0;
    const goesOn = !isOver && (reason === 'budget' || reason === 'kick' || reason === 'idle');
    if (goesOn && !isDeterministic && now - this.screenSeenNs < SCREEN_LOOK_NS) return false;
    this.screenSeenNs = now;
    return until.onScreen(machine.screenText());
  }

  /** Lets the event loop have its turn; sleeps while the machine waits. */
  private async giveWay(exit: MachineExit): Promise<void> {
    if (exit.reason === 'idle') {
      const wakeAt = Math.min(exit.wakeAtHostNs ?? Infinity, this.deadlineNs);
      const sleepMs = Math.min(MOST_SLEEP_MS, Math.ceil((wakeAt - this.now()) / 1e6));
      if (sleepMs > 0) {
        const { debug, inputArrived } = this.options;
        const early = sleepMs < LONG_SLEEP_MS ? 0 : TIMER_EARLY_MS;
        await sleepUnless(debug ? [inputArrived(), debug.changed()] : [inputArrived()], sleepMs + early);
        return;
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Sleeps, or until one of the events. An idle guest comes here dozens of times a second, with cold caches. */
function sleepUnless(events: readonly Promise<void>[], milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const wake = (): void => {
      clearTimeout(timer);
      resolve();
    };
    for (const event of events) void event.then(wake);
  });
}
