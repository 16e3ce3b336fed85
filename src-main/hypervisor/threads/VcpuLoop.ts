import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { MachineExit } from '../../machine/MachineExit.ts';
import { monotonicMs } from '../scheduler/hostClock.ts';
import { refillTime } from '../scheduler/policy.ts';
import type { Scheduler } from '../scheduler/Scheduler.ts';
import { PHASE } from '../scheduler/SchedulerState.ts';
import type { VcpuSlot } from '../scheduler/SchedulerState.ts';
import type { TravelResult } from '../../machine/replay/ReverseExecution.ts';
import type { BackTarget, PauseReason } from '../types.ts';
import type { OutputBatcher } from './OutputBatcher.ts';
import type { ThreadCommand, ThreadCommandName, ThreadCommands, ThreadMessage } from './protocol.ts';
import { buffersOf, type CapturedMachine } from '../snapshots/PackedSnapshot.ts';
import { messageOf } from '../results.ts';
import {
  DriveRefusal,
  type LoadedPages,
  type NewLayer,
  type ThreadMachine,
  type ThreadTravel,
} from './ThreadMachine.ts';

/** How often a running vCPU looks at its messages and whether it is to give up its pCPU. */
const LOOK_MS = 1;
/** A slice this close to its end is over. */
const SLICE_REST_MS = 0.05;
/** One that waits for a pCPU looks again after this, in case whoever gave it one died before it could say so. */
const READY_LOOK_MS = 20;
/** How often a machine that waits for main to take its output looks whether it has. */
const BACKLOG_LOOK_MS = 5;
/** How often the pages written are collected while somebody looks. */
const WRITES_INTERVAL_MS = 100;
/** Serial input that the guest has not taken yet; what goes beyond is lost, as on a real line. */
const SERIAL_INPUT_MOST = 1024 * 1024;

/** Commands that a run backwards goes on with; any other gives it up. */
const SUIT_SEARCH: ReadonlySet<ThreadCommandName> = new Set([
  'run',
  'receiveFrames',
  'watchWrites',
  'setScreenRate',
  'timeLine',
  'translateLinear',
  'inspectCode',
  'inspectRegion',
  'probeAccess',
]);

type Mode =
  | { readonly kind: 'paused' }
  | { readonly kind: 'running' }
  /** Runs backwards. */
  | { readonly kind: 'searching' }
  /** HLT until an interrupt: at the latest at `wakeAtMs`. */
  | { readonly kind: 'idle'; readonly wakeAtMs: number }
  /** Nothing but a reset goes on from here. */
  | { readonly kind: 'ended'; readonly phase: typeof PHASE.halted | typeof PHASE.stopped };

interface TemporaryBreakpoint {
  readonly linearAddress: number;
  readonly stackPointerAtLeast: number;
}

/**
 * The life of a vCPU's thread: obey messages, wait for a pCPU, run for a slice, hand it on. Synchronous
 * throughout; the thread never returns to its event loop, so a machine has no other way to run code here.
 */
export class VcpuLoop {
  readonly #machine: ThreadMachine;
  readonly #scheduler: Scheduler;
  readonly #slot: VcpuSlot;
  readonly #port: MessagePort;
  readonly #output: OutputBatcher;
  #mode: Mode = { kind: 'paused' };
  #breakpoints: ReadonlySet<number> = new Set();
  #temporary: TemporaryBreakpoint | undefined;
  /** The next instruction stands at a breakpoint that has been reported: pass it by a single step. */
  #isToPassBreakpoint = false;
  /** When the pages written were last collected; undefined: nobody wants to know. */
  #writesAt: number | undefined;
  #hasRun = false;
  #serialInput: { readonly port: number; bytes: Uint8Array }[] = [];

  constructor(machine: ThreadMachine, scheduler: Scheduler, slot: VcpuSlot, port: MessagePort, output: OutputBatcher) {
    this.#machine = machine;
    this.#scheduler = scheduler;
    this.#slot = slot;
    this.#port = port;
    this.#output = output;
  }

  /** Runs until the thread is terminated. */
  runForever(): never {
    for (;;) {
      // Read before anything it announces is looked at: what comes later makes the wait below return at once.
      const signal = this.#scheduler.signalCount(this.#slot);
      this.#obeyMessages();
      this.#output.flushIfDue();
      this.#collectWrites(WRITES_INTERVAL_MS);
      if (this.#output.isBacklogged) this.#sleep(PHASE.halted, signal, BACKLOG_LOOK_MS);
      else if (this.#mode.kind === 'running' || this.#mode.kind === 'searching') this.#takePart(signal);
      else if (this.#mode.kind === 'idle') this.#idle(signal, this.#mode.wakeAtMs);
      else this.#sleep(this.#mode.kind === 'ended' ? this.#mode.phase : PHASE.stopped, signal, Infinity);
    }
  }

  #sleep(phase: typeof PHASE.halted | typeof PHASE.stopped, signal: number, timeoutMs: number): void {
    if (this.#slot.phase !== phase) this.#scheduler.release(this.#slot, phase);
    this.#collectWrites(timeoutMs === Infinity ? 0 : WRITES_INTERVAL_MS);
    const untilScreen = this.#output.flushBeforeSleep();
    const most = this.#output.isBacklogged ? BACKLOG_LOOK_MS : timeoutMs;
    this.#scheduler.waitForSignal(this.#slot, signal, Math.min(most, untilScreen));
  }

  #collectWrites(intervalMs: number): void {
    if (this.#writesAt === undefined || !this.#hasRun) return;
    const now = monotonicMs();
    if (now - this.#writesAt < intervalMs) return;
    this.#writesAt = now;
    this.#hasRun = false;
    this.#machine.collectWrites();
  }

  #idle(signal: number, wakeAtMs: number): void {
    const left = wakeAtMs - monotonicMs();
    if (left > 0 && this.#serialInput.length === 0) this.#sleep(PHASE.halted, signal, left);
    else this.#mode = { kind: 'running' };
  }

  /** Wants a pCPU: waits for it, or runs on it. */
  #takePart(signal: number): void {
    const { phase } = this.#slot;
    if (phase === PHASE.running) {
      this.#runSlice();
    } else if (phase === PHASE.stopped || phase === PHASE.halted) {
      this.#scheduler.wake(this.#slot);
    } else if (phase === PHASE.capped) {
      const left = refillTime(this.#slot) - monotonicMs();
      if (left > 0) this.#scheduler.waitForSignal(this.#slot, signal, left);
      else this.#scheduler.tick();
    } else {
      this.#scheduler.waitForSignal(this.#slot, signal, READY_LOOK_MS);
    }
  }

  #runSlice(): void {
    if (this.#mode.kind === 'searching') {
      this.#searchOn();
      return;
    }
    if (this.#serialInput.length > 0) this.#offerSerialInput();
    const until = Math.min(this.#slot.sliceEnd, monotonicMs() + LOOK_MS);
    this.#hasRun = true;
    this.#output.noteRun();
    this.#guarded(() => {
      if (this.#isToPassBreakpoint) {
        this.#isToPassBreakpoint = false;
        this.#afterRun(this.#machine.step());
      }
      if (this.#mode.kind !== 'running') return;
      // A run never stops at the instruction at which it starts: the last one may have ended just before a breakpoint.
      const address = this.#machine.instructionAddress(0);
      if (this.#hasBreakpointAt(address)) this.#onBreakpoint(0, address);
      else this.#afterRun(this.#machine.run(until * 1e6));
    });
    if (this.#mode.kind !== 'running') return;
    const isOver = monotonicMs() >= this.#slot.sliceEnd - SLICE_REST_MS;
    if (isOver || this.#scheduler.isPreempted(this.#slot)) this.#scheduler.yieldPcpu(this.#slot);
  }

  #afterRun(exit: MachineExit): void {
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
        this.#mode = { kind: 'ended', phase: PHASE.halted };
        this.#output.happen({ kind: 'stopped', detail: exit.detail });
        return;
      case 'breakpoint':
        this.#onBreakpoint(exit.vcpu, exit.linearAddress);
        return;
      case 'watchpoint':
        this.#pause({ kind: 'step' });
        return;
      case 'reset':
        this.#reset(true);
        return;
      case 'poweroff':
        this.#mode = { kind: 'ended', phase: PHASE.stopped };
        this.#output.happen({ kind: 'power-off', detail: exit.detail });
        return;
      case 'shutdown':
        this.#crash('triple-fault', `The processor shut down after a triple fault: ${exit.detail}`, exit.detail);
        return;
      case 'error':
        this.#crash('engine-error', 'The engine failed to execute the guest’s code.', exit.detail);
        return;
    }
  }

  #onBreakpoint(vcpu: number, linearAddress: number): void {
    const temporary = this.#temporary;
    if (temporary?.linearAddress === linearAddress) {
      if (this.#machine.stackPointer(vcpu) >= temporary.stackPointerAtLeast) {
        this.#pause({ kind: 'step' });
        return;
      }
      // The same address in a deeper call.
      if (!this.#breakpoints.has(linearAddress)) {
        this.#isToPassBreakpoint = true;
        return;
      }
    }
    this.#pause({ kind: 'breakpoint', linearAddress });
  }

  #pause(reason: PauseReason): void {
    this.#mode = { kind: 'paused' };
    this.#setTemporaryBreakpoint(undefined);
    this.#machine.stopClock();
    this.#output.happen({ kind: 'paused', reason });
  }

  get #history(): ThreadTravel {
    const { history } = this.#machine;
    if (history === undefined) throw new Error('Only a machine that counts time by its instructions can go back.');
    return history;
  }

  /** Goes wherever it leads the machine, at once. */
  #travel(journey: (history: ThreadTravel) => TravelResult): void {
    const history = this.#history;
    this.#guarded(() => this.#arrive(journey(history)));
  }

  #arrive({ reason }: TravelResult): void {
    this.#mode = { kind: 'paused' };
    this.#isToPassBreakpoint = false;
    this.#hasRun = true;
    this.#setTemporaryBreakpoint(undefined);
    this.#output.noteRun();
    this.#output.happen({ kind: 'travelled', stop: reason });
  }

  #beginSearch(target: BackTarget): void {
    this.#setTemporaryBreakpoint(undefined);
    this.#history.beginSearch(target);
    // Whatever has ended goes on from here.
    if (this.#mode.kind === 'ended') this.#output.happen({ kind: 'travelled', stop: 'position' });
    this.#mode = { kind: 'searching' };
    this.#output.happen({ kind: 'running' });
  }

  /** As far as the checkpoint before. */
  #searchOn(): void {
    this.#guarded(() => {
      const found = this.#history.searchOn();
      if (found) this.#arrive(found);
    });
    if (this.#mode.kind === 'searching') this.#scheduler.yieldPcpu(this.#slot);
  }

  #giveUpSearch(): void {
    this.#hasRun = true;
    this.#output.noteRun();
    this.#guarded(() => {
      this.#history.giveUpSearch();
      this.#pause({ kind: 'user' });
    });
  }

  #resume(): void {
    this.#isToPassBreakpoint = this.#hasBreakpointAt(this.#machine.instructionAddress(0));
    this.#mode = { kind: 'running' };
    this.#output.happen({ kind: 'running' });
  }

  #reset(isByGuest: boolean): void {
    this.#output.noteRun();
    this.#serialInput = [];
    const loaded = this.#machine.reset();
    this.#isToPassBreakpoint = false;
    this.#output.happen({ kind: 'reset', loaded, byGuest: isByGuest });
    if (this.#mode.kind === 'ended') this.#output.happen({ kind: 'running' });
    if (this.#mode.kind !== 'paused') this.#mode = { kind: 'running' };
  }

  #crash(kind: 'triple-fault' | 'engine-error', message: string, detail: string): void {
    this.#mode = { kind: 'ended', phase: PHASE.stopped };
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
    return this.#breakpoints.has(linearAddress) || this.#temporary?.linearAddress === linearAddress;
  }

  #setTemporaryBreakpoint(breakpoint: TemporaryBreakpoint | undefined): void {
    if (breakpoint === undefined && this.#temporary === undefined) return;
    this.#temporary = breakpoint;
    this.#applyBreakpoints();
  }

  #applyBreakpoints(): void {
    const all = new Set(this.#breakpoints);
    if (this.#temporary !== undefined) all.add(this.#temporary.linearAddress);
    this.#machine.setBreakpoints([...all]);
  }

  #offerSerialInput(): void {
    this.#serialInput = this.#serialInput.flatMap(({ port, bytes }) => {
      const taken = this.#machine.serialInput(bytes, port);
      return taken < bytes.length ? [{ port, bytes: bytes.subarray(taken) }] : [];
    });
  }

  #queueSerialInput(port: number, bytes: Uint8Array): void {
    const waiting = this.#serialInput.reduce((sum, each) => sum + each.bytes.length, 0);
    const taken = bytes.subarray(0, Math.max(0, SERIAL_INPUT_MOST - waiting));
    if (taken.length > 0) this.#serialInput.push({ port, bytes: taken });
    this.#offerSerialInput();
    this.#stir();
  }

  /** Input came: a machine that idles looks whether it has an interrupt to take. */
  #stir(): void {
    if (this.#mode.kind === 'idle') this.#mode = { kind: 'running' };
  }

  #obeyMessages(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) return;
      this.#obey(received.message as ThreadCommand); // Main sends nothing else.
    }
  }

  #obey(command: ThreadCommand): void {
    let reply: ThreadMessage;
    let transferred: readonly ArrayBuffer[] = [];
    try {
      if (this.#mode.kind === 'searching' && !SUIT_SEARCH.has(command.name)) this.#giveUpSearch();
      if (command.name === 'capture') {
        const captured = this.#capture(command.request);
        reply = { kind: 'reply', id: command.id, value: captured };
        transferred = buffersOf(captured);
      } else reply = { kind: 'reply', id: command.id, value: this.#execute(command) };
    } catch (error) {
      reply = { kind: 'failed', id: command.id, message: error instanceof Error ? error.message : String(error) };
    }
    if (command.id === 0) return;
    // What the command made happen is known before its reply.
    this.#output.flushIfDue();
    this.#port.postMessage(reply, transferred);
  }

  #capture(layers: readonly NewLayer[]): CapturedMachine {
    const before = monotonicMs();
    const captured = this.#machine.capture(layers);
    return { ...captured, pauseMs: monotonicMs() - before };
  }

  #restore({ snapshot, drives }: ThreadCommands['restore']['request']): LoadedPages {
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

  #execute(command: Exclude<ThreadCommand, { name: 'capture' }>): ThreadCommands[ThreadCommandName]['reply'] {
    const machine = this.#machine;
    switch (command.name) {
      case 'run':
        if (this.#mode.kind === 'paused') this.#resume();
        return null;
      case 'pause':
        if (this.#mode.kind !== 'paused') this.#pause({ kind: 'user' });
        return null;
      case 'step':
        this.#step();
        return null;
      case 'runTo':
        this.#setTemporaryBreakpoint({
          linearAddress: command.request.linearAddress,
          stackPointerAtLeast: command.request.stackPointerAtLeast ?? 0,
        });
        if (this.#mode.kind === 'paused') this.#resume();
        return null;
      case 'timeLine':
        return machine.history?.timeLine() ?? null;
      case 'goTo':
        this.#travel((history) => history.goTo(command.request));
        return null;
      case 'stepBack':
        this.#travel((history) => history.stepBack());
        return null;
      case 'runBack':
        this.#beginSearch(command.request);
        return null;
      case 'recordedRun':
        return this.#history.recorded() ?? null;
      case 'reset':
        this.#guarded(() => this.#reset(false));
        return null;
      case 'restore':
        return this.#restore(command.request);
      case 'pressPowerButton': {
        const isHeard = machine.pressPowerButton();
        this.#stir();
        return isHeard;
      }
      case 'load': {
        const result = machine.load(command.request);
        if (!result.ok) throw new Error(result.message);
        return { summary: result.summary };
      }
      case 'setBreakpoints':
        this.#breakpoints = new Set(command.request);
        this.#applyBreakpoints();
        return null;
      case 'setRegister':
        machine.setRegister(command.request.vcpu, command.request.name, command.request.value);
        return null;
      case 'writeMemory':
        machine.writeMemory(command.request.physicalAddress, command.request.bytes);
        this.#output.noteRun();
        return null;
      case 'translateLinear':
        return machine.translateLinear(command.request.vcpu, command.request.linearAddress) ?? null;
      case 'inspectCode': {
        const { vcpu, linearAddress, byteLength } = command.request;
        return machine.inspector(vcpu)?.view(linearAddress, byteLength) ?? null;
      }
      case 'inspectRegion':
        return machine.inspector(command.request.vcpu)?.region(command.request.number) ?? null;
      case 'probeAccess':
        return machine.probeAccess(command.request.vcpu, command.request.linearAddress, command.request.access);
      case 'sendScanCodes':
        machine.sendScanCodes(command.request);
        this.#stir();
        return null;
      case 'sendKeys':
        machine.sendKeys(command.request);
        this.#stir();
        return null;
      case 'moveMouse':
        machine.moveMouse(command.request);
        this.#stir();
        return null;
      case 'typeText':
        machine.typeText(command.request);
        this.#stir();
        return null;
      case 'changeMedium':
        machine.changeMedium(command.request.slot, command.request.drive);
        return null;
      case 'serialInput':
        this.#queueSerialInput(command.request.port, command.request.bytes);
        return null;
      case 'receiveFrames':
        this.#output.noteFramesTaken(command.request.length);
        for (const frame of command.request) machine.receiveFrame(frame);
        this.#stir();
        return null;
      case 'watchWrites':
        this.#writesAt = command.request ? -Infinity : undefined;
        return null;
      case 'setScreenRate':
        this.#output.setScreenRate(command.request);
        return null;
    }
  }

  #step(): void {
    if (this.#mode.kind !== 'paused') return;
    this.#mode = { kind: 'running' };
    this.#hasRun = true;
    this.#output.noteRun();
    this.#guarded(() => {
      const exit = this.#machine.step();
      if (exit.reason !== 'idle' && exit.reason !== 'halted' && exit.reason !== 'breakpoint') this.#afterRun(exit);
    });
    if (this.#mode.kind === 'running') this.#pause({ kind: 'step' });
  }
}
