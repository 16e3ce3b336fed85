import type { VirtualProcessor, VmExit } from '../../engine/VirtualProcessor.ts';
import type { MachineExit } from '../MachineExit.ts';
import type { HostTime, MachineOptions } from '../MachineOptions.ts';
import { ExecutionPacer } from './ExecutionPacer.ts';
import { HostClock, InstructionClock, TSC_HZ } from './GuestClock.ts';
import { TickCoalescer } from './TickCoalescer.ts';
import { TimerQueue } from './TimerQueue.ts';

/** How long the processor runs between two steps of a clock that catches up, in host time. */
const CATCH_UP_CHUNK_NS = 50_000;

/** The machine whose time it is. */
export interface TimedMachine {
  /** Retired by the first processor since its reset. */
  countInstructions(): number;
  /** Retired by all, over all resets. */
  retiredInstructions(): number;
  /** The processor takes interrupts, and none waits for it. */
  isInterruptible(): boolean;
  /** The present run of the processor will end sooner than it was planned to. */
  isCutShort(): boolean;
  cutShort(): void;
}

/**
 * A machine's time: its clock, its timers, and for how long the processor may run before one of them is due. Nobody else
 * knows whether time is the host's or the count of instructions.
 */
export class GuestTime {
  readonly clock: HostClock | InstructionClock;
  readonly timers: TimerQueue;
  private readonly machine: TimedMachine;
  private readonly pacer = new ExecutionPacer();
  private readonly ticks = new TickCoalescer();
  /** Guest time at which the present run of the processor is planned to stop; instruction clock only. */
  private plannedStop = Infinity;

  constructor(clock: MachineOptions['clock'], hostTime: HostTime, machine: TimedMachine) {
    this.machine = machine;
    this.clock =
      clock.kind === 'host'
        ? new HostClock(hostTime)
        : new InstructionClock(() => machine.countInstructions(), clock.instructionsPerSecond);
    this.timers = new TimerQueue(this.clock);
    this.timers.onEarlierDeadline = (deadline) => this.onEarlierDeadline(deadline);
  }

  /** In nanoseconds since power-on. */
  now(): number {
    return this.clock.now();
  }

  start(): void {
    if (this.clock instanceof HostClock) this.clock.start();
  }

  stop(): void {
    if (this.clock instanceof HostClock) this.clock.stop();
  }

  /** Something has come from outside. */
  stir(): void {
    this.ticks.stir();
  }

  /** How long a run took. */
  onRun(instructions: number, hostNs: number): void {
    this.pacer.onRun(instructions, hostNs);
  }

  /** The time-stamp counter. @param retired what the processor that asks has retired */
  timestamp(retired: number): number {
    const { clock } = this;
    const now = clock instanceof InstructionClock ? clock.at(retired) : this.showTime(clock);
    return Math.floor(now * (TSC_HZ / 1e9));
  }

  /**
   * A guest that watches the time runs slower than it was planned to: a timer that is due by the time it is shown
   * expires behind this instruction, not at the plan's end.
   */
  private showTime(clock: HostClock): number {
    const now = clock.now();
    if (!this.machine.isCutShort() && now >= (this.timers.nextDeadline() ?? Infinity)) this.machine.cutShort();
    return now;
  }

  /** Lets the guest's time go on as far as it may, and what is due happen. */
  fireDue(): void {
    const { clock, timers } = this;
    if (clock instanceof HostClock) {
      const now = clock.endWait();
      const deadline = timers.nextDeadline();
      // What is due interrupts the guest before its time goes on.
      if (now < (deadline ?? Infinity) && this.mayCatchUp(deadline)) clock.catchUp();
    }
    timers.fireDue();
  }

  /**
   * A guest that is busy with an interrupt would miss the next ones, and one that is about to halt again will not see
   * the time pass.
   */
  private mayCatchUp(deadline: number | undefined): boolean {
    if (!this.ticks.isBusy(this.machine.retiredInstructions())) return false;
    return deadline === undefined || this.machine.isInterruptible();
  }

  /** Runs a processor until the next timer, at most for so many instructions and about so much host time. */
  run(processor: VirtualProcessor, mostInstructions: number, hostNsLeft: number): VmExit {
    const deadline = this.timers.nextDeadline();
    if (this.clock instanceof InstructionClock) {
      const chunk = Math.min(mostInstructions, this.pacer.chunk(hostNsLeft));
      const untilTimer = deadline === undefined ? Infinity : Math.max(1, this.clock.instructionsUntil(deadline));
      const instructions = Math.min(chunk, untilTimer);
      this.plannedStop = this.clock.at(processor.retiredInstructions + instructions);
      const exit = processor.run({ instructions, precise: true });
      this.plannedStop = Infinity;
      return exit;
    }
    const untilTimer = deadline === undefined ? Infinity : deadline - this.clock.now();
    const most = this.clock.isBehind && this.mayCatchUp(deadline) ? CATCH_UP_CHUNK_NS : Infinity;
    const chunk = this.pacer.chunk(Math.min(untilTimer, hostNsLeft, most));
    const isLast = mostInstructions <= chunk;
    return processor.run({ instructions: isLast ? mostInstructions : chunk, precise: isLast });
  }

  /**
   * The processors wait for an interrupt. Time that does not pass by itself, as between two steps, goes on at once to
   * the next timer. @returns `idle`, or undefined when it is time already
   */
  wait(): MachineExit | undefined {
    const deadline = this.timers.nextDeadline();
    if (this.clock instanceof InstructionClock || !this.clock.isStarted) {
      if (deadline === undefined) return { reason: 'idle', wakeAtHostNs: undefined };
      if (deadline > this.clock.now()) this.clock.set(deadline);
      return undefined;
    }
    const now = this.clock.waitUntil(deadline);
    if (deadline === undefined) return { reason: 'idle', wakeAtHostNs: undefined };
    const wake = this.ticks.wakeTime(deadline, this.timers.secondDeadline(), this.machine.retiredInstructions());
    if (deadline <= now) return undefined;
    return { reason: 'idle', wakeAtHostNs: this.clock.hostTimeOf(wake) };
  }

  private onEarlierDeadline(deadline: number): void {
    if (deadline < this.plannedStop && this.plannedStop !== Infinity) this.machine.cutShort();
  }
}
