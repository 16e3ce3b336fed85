import type { MessagePort } from 'node:worker_threads';
import type { ArmedBreakpoint, BreakpointHits } from '../../machine/breakpoints/Breakpoint.ts';
import { type BreakpointExit, BreakpointSet, isBreakpointExit } from '../../machine/breakpoints/BreakpointSet.ts';
import type { DebuggedEnd, DebuggedMachine, DebugSessionFactory } from '../../machine/debugging/DebuggedMachine.ts';
import type { MachineExit } from '../../machine/MachineExit.ts';
import type { Stops, TravelResult } from '../../machine/replay/ReverseExecution.ts';
import { monotonicMs } from '../scheduler/hostClock.ts';
import { messageOf } from '../results.ts';
import type { BackTarget, PauseReason } from '../types.ts';
import { DebugAttachment } from './DebugAttachment.ts';
import type { OutputBatcher } from './OutputBatcher.ts';
import type { ThreadCommands } from './protocol.ts';
import { DriveRefusal, type LoadedPages, type ThreadMachine, type ThreadTravel } from './ThreadMachine.ts';

/** Serial input that the guest has not taken yet; what goes beyond is lost, as on a real line. */
const SERIAL_INPUT_MOST = 1024 * 1024;

export type ExecutionMode =
  | { readonly kind: 'paused' }
  | { readonly kind: 'running' }
  /** Runs backwards. */
  | { readonly kind: 'searching' }
  /** HLT until an interrupt: at the latest at `wakeAtMs`. */
  | { readonly kind: 'idle'; readonly wakeAtMs: number }
  /** Nothing but a reset goes on from here; `isHalted`: by an HLT that no interrupt can end. */
  | { readonly kind: 'ended'; readonly isHalted: boolean };

const NO_STOPS: Stops = { breakpoints: [], watchpoints: [] };

interface TemporaryBreakpoint {
  readonly linearAddress: number;
  readonly stackPointerAtLeast: number;
}

/**
 * What a machine is at: running, pausing at breakpoints, going back, waiting in HLT, over. It knows no scheduler: who
 * holds a pCPU calls `run` or `searchOn`, as its mode says.
 */
export class VcpuExecution {
  readonly #machine: ThreadMachine;
  readonly #output: OutputBatcher;
  #mode: ExecutionMode = { kind: 'paused' };
  readonly #breakpoints = new BreakpointSet();
  #temporary: TemporaryBreakpoint | undefined;
  /** The next instruction stands at a breakpoint that has been reported: pass it by a single step. */
  #isToPassBreakpoint = false;
  /** It has stopped at a breakpoint that does not count, such as one whose condition does not hold. */
  #hasPassed = false;
  #hasRun = false;
  /** It drives the machine while it is connected: commands of main's that would do so are kept from here. */
  #debugger: DebugAttachment | undefined;
  #debuggerStops = NO_STOPS;
  #serialInput: { readonly port: number; bytes: Uint8Array }[] = [];

  constructor(machine: ThreadMachine, output: OutputBatcher) {
    this.#machine = machine;
    this.#output = output;
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
    if (this.#serialInput.length > 0) this.#offerSerialInput();
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
    const linearAddress = this.#machine.instructionAddress(0);
    if (this.#hasBreakpointAt(linearAddress)) this.#onBreakpoint({ reason: 'breakpoint', vcpu: 0, linearAddress });
    else this.#afterRun(this.#machine.run(untilHostMs * 1e6));
  }

  /** Serial input waits for the guest. */
  get hasInput(): boolean {
    return this.#serialInput.length > 0;
  }

  /** Out of HLT: its time has come, or some input, which may be an interrupt to take. */
  wake(): void {
    if (this.#mode.kind === 'idle') this.#mode = { kind: 'running' };
  }

  resume(): void {
    if (this.#mode.kind !== 'paused') return;
    this.#isToPassBreakpoint = this.#hasBreakpointAt(this.#machine.instructionAddress(0));
    this.#mode = { kind: 'running' };
    this.#output.happen({ kind: 'running' });
  }

  pause(): void {
    this.#debugger?.control.interrupt();
    if (this.#mode.kind !== 'paused') this.#pause({ kind: 'user' });
  }

  step(): void {
    if (this.#mode.kind !== 'paused') return;
    this.#mode = { kind: 'running' };
    this.#noteRun();
    this.#guarded(() => {
      const wasWaiting = this.#machine.isWaiting;
      const exit = this.#machine.stepThroughWait();
      // It has stepped onto a HLT, which can be looked at, or waits for input from outside.
      if (exit.reason === 'idle' || (exit.reason === 'halted' && !wasWaiting)) return;
      if (exit.reason === 'halted') this.#output.happen({ kind: 'running' });
      this.#afterRun(exit);
    });
    if (this.#mode.kind === 'running') this.#pause({ kind: 'step' });
  }

  runTo({ linearAddress, stackPointerAtLeast }: ThreadCommands['runTo']['request']): void {
    this.#setTemporaryBreakpoint({ linearAddress, stackPointerAtLeast: stackPointerAtLeast ?? 0 });
    this.resume();
  }

  setBreakpoints(breakpoints: readonly ArmedBreakpoint[]): void {
    this.#breakpoints.set(breakpoints);
    this.#applyBreakpoints();
  }

  get breakpointHits(): BreakpointHits {
    return this.#breakpoints.hits;
  }

  reset(): void {
    this.#guarded(() => this.#reset(false));
  }

  /** Throws what `ThreadMachine.restore` does. */
  restore({ snapshot, drives }: ThreadCommands['restore']['request']): LoadedPages {
    try {
      const loaded = this.#machine.restore(snapshot, drives);
      this.#serialInput = [];
      this.#mode = { kind: 'paused' };
      this.#isToPassBreakpoint = false;
      this.#setTemporaryBreakpoint(undefined);
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
    this.#setTemporaryBreakpoint(undefined);
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
      setStops: (stops) => {
        this.#debuggerStops = stops;
        this.#applyBreakpoints();
      },
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
      this.#debugger = undefined;
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
    this.#debugger = undefined;
    this.#debuggerStops = NO_STOPS;
    this.#applyBreakpoints();
    this.#output.happen({ kind: 'debugger', isAttached: false });
    if (this.#mode.kind === 'searching') this.#pause({ kind: 'user' });
    if (end === 'lost' || this.#mode.kind === 'ended') return;
    if (wasRunning) this.resume();
    else this.pause();
  }

  /** Its machine will not run any more. */
  #endDebugger(exit: MachineExit): void {
    const attachment = this.#debugger;
    if (attachment === undefined) return;
    attachment.control.tellEnd(endOf(exit));
    if (attachment.end !== undefined) this.#leaveDebugger(attachment);
  }

  queueSerialInput(port: number, bytes: Uint8Array): void {
    const waiting = this.#serialInput.reduce((sum, each) => sum + each.bytes.length, 0);
    const taken = bytes.subarray(0, Math.max(0, SERIAL_INPUT_MOST - waiting));
    if (taken.length > 0) this.#serialInput.push({ port, bytes: taken });
    this.#offerSerialInput();
    this.wake();
  }

  #offerSerialInput(): void {
    this.#serialInput = this.#serialInput.flatMap(({ port, bytes }) => {
      const taken = this.#machine.serialInput(bytes, port);
      return taken < bytes.length ? [{ port, bytes: bytes.subarray(taken) }] : [];
    });
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
    const machine = this.#machine;
    const linearAddress = machine.instructionAddress(exit.vcpu);
    const temporary = exit.reason === 'breakpoint' ? this.#temporary : undefined;
    const meeting = this.#breakpoints.meet(exit, linearAddress, machine.context(exit.vcpu));
    // Told beside a breakpoint of main's, which says more.
    const isDebuggers = this.#debugger !== undefined && this.#debugger.control.take(exit) !== exit;
    // Below it is the same address in a deeper call.
    const hasArrived =
      temporary?.linearAddress === linearAddress && machine.stackPointer(exit.vcpu) >= temporary.stackPointerAtLeast;
    if (hasArrived) this.#pause({ kind: 'step' });
    else if (meeting) {
      this.#debugger?.control.noteBreakpoint(exit.vcpu);
      this.#pause({ kind: 'breakpoint', ...meeting });
    } else if (isDebuggers) this.#pause({ kind: 'debugger' });
    else {
      this.#hasPassed = true;
      this.#isToPassBreakpoint = exit.reason === 'breakpoint';
    }
  }

  #pause(reason: PauseReason): void {
    this.#mode = { kind: 'paused' };
    this.#setTemporaryBreakpoint(undefined);
    this.#machine.stopClock();
    this.#output.happen({ kind: 'paused', reason });
  }

  #arrive({ reason }: TravelResult): void {
    this.#mode = { kind: 'paused' };
    this.#isToPassBreakpoint = false;
    this.#setTemporaryBreakpoint(undefined);
    this.#noteRun();
    this.#output.happen({ kind: 'travelled', stop: reason });
  }

  #reset(isByGuest: boolean): void {
    this.#output.noteRun();
    this.#serialInput = [];
    const loaded = this.#machine.reset();
    this.#breakpoints.clearHits();
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

  #hasBreakpointAt(linearAddress: number): boolean {
    return this.#breakpoints.hasCodeAt(linearAddress) || this.#temporary?.linearAddress === linearAddress;
  }

  #setTemporaryBreakpoint(breakpoint: TemporaryBreakpoint | undefined): void {
    if (breakpoint === undefined && this.#temporary === undefined) return;
    this.#temporary = breakpoint;
    this.#applyBreakpoints();
  }

  #applyBreakpoints(): void {
    const { stops } = this.#breakpoints;
    const others = this.#debuggerStops;
    const temporary = this.#temporary === undefined ? [] : [this.#temporary.linearAddress];
    this.#machine.setStops({
      breakpoints: [...new Set([...stops.breakpoints, ...others.breakpoints, ...temporary])],
      watchpoints: [...stops.watchpoints, ...others.watchpoints],
      catchpoints: [...(stops.catchpoints ?? []), ...(others.catchpoints ?? [])],
      accepts: (exit) => this.#isWanted(exit),
    });
  }

  #isWanted(exit: MachineExit): boolean {
    if (this.#debugger?.control.owns(exit) === true) return true;
    return isBreakpointExit(exit) && this.#breakpoints.isMet(exit, this.#machine.context(exit.vcpu));
  }
}

/** How a debugger is told that a machine is over. */
function endOf(exit: MachineExit): DebuggedEnd {
  const isCrash = exit.reason === 'shutdown' || exit.reason === 'error';
  // What the guest wrote to its exit port.
  const status = exit.reason === 'poweroff' && /^\d+$/.test(exit.detail) ? Number(exit.detail) : 0;
  return { isCrash, status };
}
