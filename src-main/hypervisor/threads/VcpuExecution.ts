import type { MessagePort } from 'node:worker_threads';
import type { ArmedBreakpoint, BreakpointHits } from '../../machine/breakpoints/Breakpoint.ts';
import { type BreakpointExit, isBreakpointExit } from '../../machine/breakpoints/BreakpointSet.ts';
import type { DebuggedMachine, DebugSessionFactory } from '../../machine/debugging/DebuggedMachine.ts';
import type { MachineExit } from '../../machine/MachineExit.ts';
import type { TravelResult } from '../../machine/replay/ReverseExecution.ts';
import type { MachineTrace } from '../../machine/tracing/MachineTrace.ts';
import { monotonicMs } from '../scheduler/hostClock.ts';
import { messageOf } from '../results.ts';
import type { BackTarget, PauseReason } from '../types.ts';
import { DebugAttachment } from './DebugAttachment.ts';
import type { OutputBatcher } from './OutputBatcher.ts';
import type { ThreadCommands } from './protocol.ts';
import { SerialBacklog } from './SerialBacklog.ts';
import { StopPoints } from './StopPoints.ts';
import { DriveRefusal, type LoadedPages, type ThreadMachine, type ThreadTravel } from './ThreadMachine.ts';

export type ExecutionMode =
  | { readonly kind: 'paused' }
  | { readonly kind: 'running' }
  /** Runs backwards. */
  | { readonly kind: 'searching' }
  /** HLT until an interrupt: at the latest at `wakeAtMs`. */
  | { readonly kind: 'idle'; readonly wakeAtMs: number }
  /** Nothing but a reset goes on from here; `isHalted`: by an HLT that no interrupt can end. */
  | { readonly kind: 'ended'; readonly isHalted: boolean };

/**
 * What a machine is at: running, pausing at breakpoints, going back, waiting in HLT, over. It knows no scheduler: who
 * holds a pCPU calls `run` or `searchOn`, as its mode says.
 */
export class VcpuExecution {
  readonly #machine: ThreadMachine;
  readonly #output: OutputBatcher;
  readonly #stops: StopPoints;
  readonly #serialInput: SerialBacklog;
  #mode: ExecutionMode = { kind: 'paused' };
  /** The next instruction stands at a breakpoint that has been reported: pass it by a single step. */
  #isToPassBreakpoint = false;
  /** It has stopped at a breakpoint that does not count, such as one whose condition does not hold. */
  #hasPassed = false;
  #hasRun = false;
  /** It drives the machine while it is connected: commands of main's that would do so are kept from here. */
  #debugger: DebugAttachment | undefined;

  constructor(machine: ThreadMachine, output: OutputBatcher) {
    this.#machine = machine;
    this.#output = output;
    this.#stops = new StopPoints(machine, {
      isDebuggers: (exit) => this.#debugger?.control.owns(exit) === true,
      onTraceFull: () => output.happen({ kind: 'trace-full' }),
    });
    this.#serialInput = new SerialBacklog(machine);
  }

  get mode(): ExecutionMode {
    return this.#mode;
  }

  /** Since the last `noteCollected`. */
  get hasRun(): boolean {
    return this.#hasRun;
  }

  noteCollected(): void {
    this.#hasRun = false;
  }

  /** While it is `running`, and until it no longer is. */
  run(untilHostMs: number): void {
    this.#serialInput.offer();
    this.#noteRun();
    this.#guarded(() => {
      do this.#runToStop(untilHostMs);
      while (this.#hasPassed && this.#mode.kind === 'running' && monotonicMs() < untilHostMs);
    });
  }

  #runToStop(untilHostMs: number): void {
    this.#hasPassed = false;
    if (this.#isToPassBreakpoint) {
      this.#isToPassBreakpoint = false;
      this.#afterRun(this.#machine.step());
    }
    if (this.#mode.kind !== 'running') return;
    if (this.#debugger) {
      this.#afterRun(this.#debugger.control.advance({ untilHostNs: untilHostMs * 1e6 }));
      this.#followDebugger(this.#debugger);
      return;
    }
    // A run never stops at the instruction at which it starts: the last one may have ended just before a breakpoint.
    if (this.#stops.isNext || this.#stops.isNextTraced)
      this.#onBreakpoint({ reason: 'breakpoint', vcpu: 0, linearAddress: this.#machine.instructionAddress(0) });
    else this.#afterRun(this.#machine.run(untilHostMs * 1e6));
  }

  /** Serial input waits for the guest. */
  get hasInput(): boolean {
    return !this.#serialInput.isEmpty;
  }

  /** Out of HLT: its time has come, or some input, which may be an interrupt to take. */
  wake(): void {
    if (this.#mode.kind === 'idle') this.#mode = { kind: 'running' };
  }

  resume(): void {
    if (this.#mode.kind !== 'paused') return;
    this.#isToPassBreakpoint = this.#stops.isNext;
    this.#mode = { kind: 'running' };
    this.#output.happen({ kind: 'running' });
  }

  pause(): void {
    this.#debugger?.control.interrupt();
    if (this.#mode.kind !== 'paused') this.#pause({ kind: 'user' });
  }

  step(): void {
    if (this.#mode.kind !== 'paused') return;
    this.#stops.noteNext();
    this.#mode = { kind: 'running' };
    this.#noteRun();
    let reason: PauseReason = { kind: 'step' };
    this.#guarded(() => {
      const wasWaiting = this.#machine.isWaiting;
      const exit = this.#machine.stepThroughWait();
      // Nothing that is due ends the HLT: input from outside would.
      if (wasWaiting && this.#machine.isWaiting) reason = { kind: 'waiting' };
      // It has stepped onto a HLT, which can be looked at, or waits on.
      if (exit.reason === 'idle' || (exit.reason === 'halted' && !wasWaiting)) return;
      if (exit.reason === 'halted') this.#output.happen({ kind: 'running' });
      this.#afterRun(exit);
    });
    if (this.#mode.kind === 'running') this.#pause(reason);
  }

  runTo({ linearAddress, stackPointerAtLeast }: ThreadCommands['runTo']['request']): void {
    this.#stops.setDestination({ linearAddress, stackPointerAtLeast: stackPointerAtLeast ?? 0 });
    this.resume();
  }

  setBreakpoints(breakpoints: readonly ArmedBreakpoint[]): void {
    this.#stops.set(breakpoints);
  }

  get breakpointHits(): BreakpointHits {
    return this.#stops.hits;
  }

  /** Replaces the former one; undefined: nothing is traced. */
  setTrace(trace: MachineTrace | undefined): void {
    this.#stops.setTrace(trace);
  }

  reset(): void {
    this.#guarded(() => this.#reset(false));
  }

  /** Throws what `ThreadMachine.restore` does. */
  restore({ snapshot, drives }: ThreadCommands['restore']['request']): LoadedPages {
    try {
      const loaded = this.#machine.restore(snapshot, drives);
      this.#serialInput.clear();
      this.#mode = { kind: 'paused' };
      this.#isToPassBreakpoint = false;
      this.#stops.setDestination(undefined);
      this.#machine.stopClock();
      this.#output.noteRun();
      return loaded;
    } catch (error) {
      // Before anything has changed, or when it is neither the former machine nor the other one.
      if (!(error instanceof DriveRefusal))
        this.#crash('engine-error', 'The machine could not be made that of the snapshot.', messageOf(error));
      throw error;
    }
  }

  get history(): ThreadTravel {
    const { history } = this.#machine;
    if (history === undefined) throw new Error('Only a machine that counts time by its instructions can go back.');
    return history;
  }

  /** Goes wherever it leads the machine, at once. */
  travel(journey: (history: ThreadTravel) => TravelResult): void {
    const { history } = this;
    this.#guarded(() => this.#arrive(journey(history)));
  }

  beginSearch(target: BackTarget): void {
    this.#stops.setDestination(undefined);
    this.history.beginSearch(target);
    this.#beginSearching();
  }

  #beginSearching(): void {
    // Whatever has ended goes on from here.
    if (this.#mode.kind === 'ended') this.#output.happen({ kind: 'travelled', stop: 'position' });
    this.#mode = { kind: 'searching' };
    this.#output.happen({ kind: 'running' });
  }

  /** As far as the checkpoint before. */
  searchOn(): void {
    this.#guarded(() => {
      const found = this.#debugger ? this.#debugger.control.searchOn() : this.history.searchOn();
      if (found) this.#arrive(found);
    });
  }

  giveUpSearch(): void {
    this.#noteRun();
    this.#guarded(() => {
      if (this.#debugger) this.#debugger.control.interrupt();
      else this.history.giveUpSearch();
      this.#pause({ kind: 'user' });
    });
  }

  get isDebugged(): boolean {
    return this.#debugger !== undefined;
  }

  /**
   * Hands the machine, as it stands, to a debugger that speaks by `port`.
   * Throws an error when it cannot be debugged, or is already.
   */
  attachDebugger(port: MessagePort, open: DebugSessionFactory): void {
    const { debugged } = this.#machine;
    if (debugged === undefined) throw new Error('This machine has nothing that could be debugged.');
    // The former may be gone, which nobody has looked at yet.
    this.obeyDebugger();
    if (this.#debugger) throw new Error('A debugger is connected already.');
    const isAtWork = this.#mode.kind === 'running' || this.#mode.kind === 'idle';
    this.#debugger = new DebugAttachment(port, isAtWork, (link) => open(this.#underDebugger(debugged), link));
    this.#output.happen({ kind: 'debugger', isAttached: true });
    if (isAtWork) this.#pause({ kind: 'debugger' });
  }

  /** The machine as its debugger drives it, so that main hears of what becomes of it. */
  #underDebugger(debugged: DebuggedMachine): DebuggedMachine {
    return {
      ...debugged,
      setStops: (stops) => this.#stops.setDebuggers(stops),
      stepBack: () => {
        const result = debugged.stepBack();
        this.#arrive(result);
        return result;
      },
      beginSearch: () => {
        debugged.beginSearch();
        this.#beginSearching();
        this.#output.happen({ kind: 'going-back' });
      },
      writeMemory: (physicalAddress, bytes) => {
        debugged.writeMemory(physicalAddress, bytes);
        this.#output.noteRun();
      },
      reset: () => this.#reset(false),
    };
  }

  /** Does what has come from the debugger, in order. */
  obeyDebugger(): void {
    for (let debug = this.#debugger; debug; debug = this.#debugger) {
      let hasTaken = true;
      this.#guarded(() => {
        hasTaken = debug.takeNext();
        if (hasTaken) this.#followDebugger(debug);
      });
      if (!hasTaken) return;
    }
  }

  /** Becomes what the debugger wants. */
  #followDebugger(attachment: DebugAttachment): void {
    const { control, end } = attachment;
    const { kind } = this.#mode;
    if (control.isKilled) {
      this.#forgetDebugger();
      this.#mode = { kind: 'ended', isHalted: false };
      this.#output.happen({ kind: 'power-off', detail: 'ended by its debugger' });
    } else if (end !== undefined) this.#leaveDebugger(attachment);
    else if (control.isHeld) {
      if (kind !== 'paused' && kind !== 'ended') this.#pause({ kind: 'debugger' });
    } else if (kind === 'paused') {
      this.#mode = { kind: 'running' };
      this.#output.happen({ kind: 'running' });
    } else if (kind === 'ended') {
      // It is told once more how it ended, or what it would go on from is really over.
      const exit = control.take(control.advance({ instructions: 1 }));
      if (!control.isHeld) this.#endDebugger(exit);
    }
  }

  /** The machine is what it was before the debugger came; one that was lost leaves it as it stands. */
  #leaveDebugger({ end, wasRunning }: DebugAttachment): void {
    this.#forgetDebugger();
    if (this.#mode.kind === 'searching') this.#pause({ kind: 'user' });
    if (end === 'lost' || this.#mode.kind === 'ended') return;
    if (wasRunning) this.resume();
    else this.pause();
  }

  #forgetDebugger(): void {
    this.#debugger = undefined;
    this.#stops.clearDebuggers();
    this.#output.happen({ kind: 'debugger', isAttached: false });
  }

  /** Its machine will not run any more. */
  #endDebugger(exit: MachineExit): void {
    const attachment = this.#debugger;
    if (attachment === undefined) return;
    attachment.tellEnd(exit);
    if (attachment.end !== undefined) this.#leaveDebugger(attachment);
  }

  queueSerialInput(port: number, bytes: Uint8Array): void {
    this.#serialInput.add(port, bytes);
    this.wake();
  }

  #noteRun(): void {
    this.#hasRun = true;
    this.#output.noteRun();
  }

  #afterRun(met: MachineExit): void {
    const exit = this.#debugger && !isBreakpointExit(met) ? this.#debugger.control.take(met) : met;
    switch (exit.reason) {
      case 'budget':
      case 'kick':
        return;
      case 'idle':
        this.#mode = {
          kind: 'idle',
          wakeAtMs: exit.wakeAtHostNs === undefined ? Infinity : exit.wakeAtHostNs / 1e6,
        };
        return;
      case 'halted':
        this.#mode = { kind: 'ended', isHalted: true };
        this.#endDebugger(exit);
        this.#output.happen({ kind: 'stopped', detail: exit.detail });
        return;
      case 'breakpoint':
      case 'watchpoint':
      case 'catchpoint':
        this.#onBreakpoint(exit);
        return;
      case 'reset':
        this.#reset(true);
        return;
      case 'poweroff':
        this.#mode = { kind: 'ended', isHalted: false };
        this.#endDebugger(exit);
        this.#output.happen({ kind: 'power-off', detail: exit.detail });
        return;
      case 'shutdown':
        this.#mode = { kind: 'ended', isHalted: false };
        this.#endDebugger(exit);
        this.#crash('triple-fault', `The processor shut down after a triple fault: ${exit.detail}`, exit.detail);
        return;
      case 'error':
        this.#mode = { kind: 'ended', isHalted: false };
        this.#endDebugger(exit);
        this.#crash('engine-error', 'The engine failed to execute the guest’s code.', exit.detail);
        return;
    }
  }

  #onBreakpoint(exit: BreakpointExit): void {
    const reason = this.#stops.meet(exit);
    // Told beside a breakpoint of main's, which says more.
    const isDebuggers = this.#debugger !== undefined && this.#debugger.control.take(exit) !== exit;
    if (reason) {
      if (reason.kind === 'breakpoint') this.#debugger?.control.noteBreakpoint(exit.vcpu);
      this.#pause(reason);
    } else if (isDebuggers) this.#pause({ kind: 'debugger' });
    else {
      this.#hasPassed = true;
      this.#isToPassBreakpoint = exit.reason === 'breakpoint';
    }
  }

  #pause(reason: PauseReason): void {
    this.#mode = { kind: 'paused' };
    this.#stops.setDestination(undefined);
    this.#machine.stopClock();
    this.#output.happen({ kind: 'paused', reason });
  }

  #arrive({ reason }: TravelResult): void {
    this.#mode = { kind: 'paused' };
    this.#isToPassBreakpoint = false;
    this.#stops.setDestination(undefined);
    this.#noteRun();
    this.#output.happen({ kind: 'travelled', stop: reason });
  }

  #reset(isByGuest: boolean): void {
    this.#output.noteRun();
    this.#serialInput.clear();
    const loaded = this.#machine.reset();
    this.#stops.clearHits();
    this.#isToPassBreakpoint = false;
    this.#output.happen({ kind: 'reset', loaded, byGuest: isByGuest });
    if (this.#mode.kind === 'ended') this.#output.happen({ kind: 'running' });
    if (this.#mode.kind !== 'paused') this.#mode = { kind: 'running' };
  }

  #crash(kind: 'triple-fault' | 'engine-error', message: string, detail: string): void {
    this.#mode = { kind: 'ended', isHalted: false };
    this.#machine.stopClock();
    this.#output.happen({ kind: 'crashed', report: { kind, message, detail } });
  }

  /** An exception out of the engine ends the machine, not the thread: its memory and registers can still be looked at. */
  #guarded(execute: () => void): void {
    try {
      execute();
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#crash('engine-error', 'The engine failed with an exception.', detail);
    }
  }
}
