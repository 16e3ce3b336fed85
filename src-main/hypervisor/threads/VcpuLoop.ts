import type { MessagePort } from 'node:worker_threads';
import type { DebugSessionFactory } from '../../machine/debugging/DebuggedMachine.ts';
import type { TraceFactory } from '../../machine/tracing/MachineTrace.ts';
import { HostWait } from '../scheduler/HostWait.ts';
import { monotonicMs } from '../scheduler/hostClock.ts';
import { refillTime } from '../scheduler/policy.ts';
import type { Scheduler } from '../scheduler/Scheduler.ts';
import { PHASE } from '../scheduler/SchedulerState.ts';
import type { VcpuSlot } from '../scheduler/SchedulerState.ts';
import type { NetworkSocket } from './NetworkSocket.ts';
import type { OutputBatcher } from './OutputBatcher.ts';
import type { ThreadMachine } from './ThreadMachine.ts';
import { VcpuCommands } from './VcpuCommands.ts';
import { VcpuExecution } from './VcpuExecution.ts';

/** How often a running vCPU looks at its messages and whether it is to give up its pCPU. */
const LOOK_MS = 1;
/** Owed less than this for what others have worked for it, it runs on: a shorter sleep is not worth its while. */
const OWED_LEAST_MS = 0.2;
/** A slice this close to its end is over. */
const SLICE_REST_MS = 0.05;
/** One that waits for a pCPU looks again after this, in case whoever gave it one died before it could say so. */
const READY_LOOK_MS = 20;
/** How often a machine that waits for main to take its output looks whether it has. */
const BACKLOG_LOOK_MS = 5;
/** How often the pages written are collected while somebody looks. */
const WRITES_INTERVAL_MS = 100;

export interface VcpuLoopParts {
  readonly machine: ThreadMachine;
  readonly scheduler: Scheduler;
  readonly slot: VcpuSlot;
  readonly port: MessagePort;
  readonly output: OutputBatcher;
  readonly network: NetworkSocket;
  readonly openDebugger?: DebugSessionFactory | undefined;
  readonly openTrace?: TraceFactory | undefined;
}

/**
 * The life of a vCPU's thread: obey messages, wait for a pCPU, run for a slice, hand it on. Synchronous
 * throughout; the thread never returns to its event loop, so a machine has no other way to run code here.
 */
export class VcpuLoop {
  readonly #machine: ThreadMachine;
  readonly #scheduler: Scheduler;
  readonly #slot: VcpuSlot;
  readonly #output: OutputBatcher;
  readonly #network: NetworkSocket;
  readonly #execution: VcpuExecution;
  readonly #commands: VcpuCommands;
  readonly #hostWait = new HostWait();
  /** The slice that it knows to have begun, by its number, and when that is over: the host may have been late with it. */
  #slice = { count: 0, endMs: 0 };
  /** What it is still to pay for others' work for it, such as the network's: see `#standStill`. */
  #owedMs = 0;
  /** When the pages written were last collected; undefined: nobody wants to know. */
  #writesAt: number | undefined;

  constructor(parts: VcpuLoopParts) {
    this.#machine = parts.machine;
    this.#scheduler = parts.scheduler;
    this.#slot = parts.slot;
    this.#output = parts.output;
    this.#network = parts.network;
    this.#execution = new VcpuExecution(parts.machine, parts.output);
    this.#commands = new VcpuCommands({
      ...parts,
      execution: this.#execution,
      onWatchWrites: (isWatched) => (this.#writesAt = isWatched ? -Infinity : undefined),
    });
  }

  /** Runs until the thread is terminated. */
  runForever(): never {
    for (;;) {
      // Read before anything it announces is looked at: what comes later makes the wait below return at once.
      const signal = this.#scheduler.signalCount(this.#slot);
      this.#commands.obey();
      this.#handOut();
      this.#collectWrites(WRITES_INTERVAL_MS);
      const { mode } = this.#execution;
      if (this.#output.isBacklogged) this.#sleep(PHASE.halted, signal, BACKLOG_LOOK_MS);
      else if (mode.kind === 'running' || mode.kind === 'searching') this.#takePart(signal);
      else if (mode.kind === 'idle') this.#idle(signal, mode.wakeAtMs);
      else this.#sleep(mode.kind === 'ended' && mode.isHalted ? PHASE.halted : PHASE.stopped, signal, Infinity);
    }
  }

  #handOut(): void {
    // Another machine waits for them.
    this.#network.flush();
    this.#output.flushIfDue();
  }

  #sleep(phase: typeof PHASE.halted | typeof PHASE.stopped, signal: number, timeoutMs: number): void {
    if (this.#slot.phase !== phase) this.#scheduler.release(this.#slot, phase, this.#hostWait.endStay());
    this.#collectWrites(timeoutMs === Infinity ? 0 : WRITES_INTERVAL_MS);
    const untilScreen = this.#output.flushBeforeSleep();
    const most = this.#output.isBacklogged ? BACKLOG_LOOK_MS : timeoutMs;
    this.#scheduler.waitForSignal(this.#slot, signal, Math.min(most, untilScreen));
  }

  #collectWrites(intervalMs: number): void {
    if (this.#writesAt === undefined || !this.#execution.hasRun) return;
    const now = monotonicMs();
    if (now - this.#writesAt < intervalMs) return;
    this.#writesAt = now;
    this.#execution.noteCollected();
    this.#machine.collectWrites();
  }

  #idle(signal: number, wakeAtMs: number): void {
    const left = wakeAtMs - monotonicMs();
    if (left > 0 && !this.#execution.hasInput) this.#sleep(PHASE.halted, signal, left);
    else this.#execution.wake();
  }

  /** Wants a pCPU: waits for it, or runs on it. */
  #takePart(signal: number): void {
    const { phase } = this.#slot;
    if (phase === PHASE.running) {
      if (this.#slot.sliceCount !== this.#slice.count) this.#beginSlice();
      this.#owedMs += this.#scheduler.takeOwed(this.#slot);
      if (this.#owedMs < OWED_LEAST_MS) this.#runSlice(signal);
      else this.#standStill(signal);
    } else if (phase === PHASE.stopped || phase === PHASE.halted) {
      this.#scheduler.wake(this.#slot);
    } else {
      this.#awaitPcpu(signal);
    }
  }

  #awaitPcpu(signal: number): void {
    if (this.#slot.phase !== PHASE.capped) {
      this.#scheduler.waitForSignal(this.#slot, signal, READY_LOOK_MS);
      return;
    }
    const left = refillTime(this.#slot) - monotonicMs();
    if (left > 0) this.#scheduler.waitForSignal(this.#slot, signal, left);
    else this.#scheduler.tick();
  }

  #beginSlice(): void {
    const { sliceCount, sliceStart, sliceEnd } = this.#slot;
    const lateMs = this.#hostWait.beginStay(Math.max(0, monotonicMs() - sliceStart));
    this.#slice = { count: sliceCount, endMs: sliceEnd + lateMs };
  }

  #runSlice(signal: number): void {
    const execution = this.#execution;
    if (execution.mode.kind === 'searching') {
      execution.searchOn();
      if (execution.mode.kind === 'searching') this.#endSlice(signal);
      return;
    }
    execution.run(Math.min(this.#slice.endMs, monotonicMs() + LOOK_MS));
    if (execution.mode.kind === 'running') this.#endSliceIfOver(signal);
  }

  /**
   * Holds its pCPU without running, for as long as others have worked for it: so their work is done in its time, and
   * one that makes others work beyond what it is entitled to does not get to make them work more.
   */
  #standStill(signal: number): void {
    const before = monotonicMs();
    const stillMs = Math.min(this.#owedMs, LOOK_MS, this.#slice.endMs - before);
    if (stillMs > 0) {
      this.#scheduler.waitForSignal(this.#slot, signal, stillMs);
      // The host may be late to wake it.
      this.#owedMs -= Math.min(stillMs, monotonicMs() - before);
    }
    this.#endSliceIfOver(signal);
  }

  #endSliceIfOver(signal: number): void {
    const isOver = monotonicMs() >= this.#slice.endMs - SLICE_REST_MS;
    if (isOver || this.#scheduler.isPreempted(this.#slot)) this.#endSlice(signal);
  }

  /**
   * Whoever gets the pCPU often gets this thread's processor of the host, too, and runs once this one sleeps: so what there
   * is to do is done before, in its own time.
   */
  #endSlice(signal: number): void {
    this.#handOut();
    if (!this.#scheduler.yieldPcpu(this.#slot, this.#hostWait.endStay())) this.#awaitPcpu(signal);
  }
}
