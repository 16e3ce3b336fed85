import type { HostTime } from '../MachineOptions.ts';

/** Guest time in nanoseconds since power-on; never goes back. A double: whole nanoseconds up to 104 days. */
export interface GuestClock {
  now(): number;
  /** Continues from `nanoseconds`: after a restore, and after a processor that counts from 0 again. */
  set(nanoseconds: number): void;
}

/** A clock in a snapshot. */
export interface ClockState {
  readonly kind: 'host' | 'instructions';
  readonly guestTimeNs: number;
  /** Guest time at no retired instruction, a fraction included; of the instruction clock alone. */
  readonly originNs: number | null;
}

/** The time-stamp counter's rate with either clock, in Hz: it counts nanoseconds. */
export const TSC_HZ = 1_000_000_000;

/**
 * The instruction clock's nominal processor: 100 million instructions a second, 10 ns each. Slower than the
 * engine is, so that a run by this clock takes less host time than guest time, and busy waits are short.
 */
export const DEFAULT_INSTRUCTIONS_PER_SECOND = 100_000_000;

/** Guest time passes as host time does, except while the clock is stopped. */
export class HostClock implements GuestClock {
  private readonly host: HostTime;
  /** Guest time when the clock was last started or set. */
  private base = 0;
  private startedAtHostNs: number | undefined;

  constructor(host: HostTime) {
    this.host = host;
  }

  now(): number {
    return this.startedAtHostNs === undefined
      ? this.base
      : Math.floor(this.base + this.host.monotonicNs() - this.startedAtHostNs);
  }

  set(nanoseconds: number): void {
    this.base = nanoseconds;
    if (this.startedAtHostNs !== undefined) this.startedAtHostNs = this.host.monotonicNs();
  }

  save(): ClockState {
    return { kind: 'host', guestTimeNs: this.now(), originNs: null };
  }

  restore(state: ClockState): void {
    this.set(state.guestTimeNs);
  }

  start(): void {
    this.startedAtHostNs ??= this.host.monotonicNs();
  }

  stop(): void {
    this.base = this.now();
    this.startedAtHostNs = undefined;
  }

  /** Host time at which the running clock will show `guestNs`. */
  hostTimeOf(guestNs: number): number {
    return (this.startedAtHostNs ?? this.host.monotonicNs()) + guestNs - this.base;
  }
}

/** Guest time is the count of retired instructions, and skips ahead when every processor waits. */
export class InstructionClock implements GuestClock {
  readonly nanosecondsPerInstruction: number;
  private readonly retiredInstructions: () => number;
  /** Guest time at zero retired instructions. */
  private origin = 0;

  constructor(retiredInstructions: () => number, instructionsPerSecond = DEFAULT_INSTRUCTIONS_PER_SECOND) {
    this.retiredInstructions = retiredInstructions;
    this.nanosecondsPerInstruction = 1e9 / instructionsPerSecond;
  }

  now(): number {
    return this.at(this.retiredInstructions());
  }

  /** Guest time when the processor has retired so many instructions. */
  at(retired: number): number {
    return Math.floor(this.origin + retired * this.nanosecondsPerInstruction);
  }

  set(nanoseconds: number): void {
    this.origin = nanoseconds - this.retiredInstructions() * this.nanosecondsPerInstruction;
  }

  save(): ClockState {
    return { kind: 'instructions', guestTimeNs: this.now(), originNs: this.origin };
  }

  /** Continues exactly where an instruction clock was saved. The processors have been restored before. */
  restore({ guestTimeNs, originNs }: ClockState): void {
    if (originNs === null) this.set(guestTimeNs);
    else this.origin = originNs;
  }

  /** Instructions to retire until the clock shows at least `deadline`; 0 when it does already. */
  instructionsUntil(deadline: number): number {
    const exactNow = this.origin + this.retiredInstructions() * this.nanosecondsPerInstruction;
    return Math.max(0, Math.ceil((deadline - exactNow) / this.nanosecondsPerInstruction));
  }
}
