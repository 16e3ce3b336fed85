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

/**
 * More host time than this between two looks has been taken from the machine's thread; and most guest time that a clock
 * makes up for at once. Less than a tick of any guest, so that a guest that watches one clock and counts another's
 * interrupts misses none.
 */
const MOST_STEP_NS = 2_000_000;
/** A clock that is behind by more than this, since the host stood still or slept, lets the rest go. */
const MOST_LAG_NS = 10_000_000_000;

/**
 * Guest time passes as host time does, except while the clock is stopped, and except that it never leaps under a
 * guest that executes: when the host takes the processor away from the machine's thread (or the engine is busy with
 * other things than executing), the clock falls behind. It makes up for that in steps (`catchUp`), at each of which
 * timers that have come due interrupt the guest, and at once while all processors wait: nobody sees the time pass.
 */
export class HostClock implements GuestClock {
  private readonly host: HostTime;
  /** What the clock would have shown when it was last started or set, had it never been behind. */
  private base = 0;
  private startedAtHostNs: number | undefined;
  /** Guest time that was last shown. */
  private shown = 0;
  /** By how much the guest's time is behind the host's. */
  private lag = 0;
  /** Until when the processors wait, unless input comes: a leap so far is nobody's loss. */
  private waitsUntil = -Infinity;

  constructor(host: HostTime) {
    this.host = host;
  }

  now(): number {
    return this.look(this.hostGuestTime());
  }

  /** Makes up for a step of what the clock is behind. No timer may be due before it. Returns the time. */
  catchUp(): number {
    const hostTime = this.hostGuestTime();
    const now = this.look(hostTime);
    if (this.lag === 0) return now;
    this.show(hostTime, now + Math.min(this.lag, MOST_STEP_NS));
    const excess = this.lag - MOST_LAG_NS;
    if (excess > 0 && this.startedAtHostNs !== undefined) {
      this.startedAtHostNs += excess;
      this.lag -= excess;
    }
    return this.shown;
  }

  /** The processors wait for the first timer, or for input alone. Returns the time. */
  waitUntil(deadline: number | undefined): number {
    this.waitsUntil = deadline ?? Infinity;
    return this.now();
  }

  /** They wait no longer. Returns the time, which has not gone beyond what they waited for. */
  endWait(): number {
    const now = this.now();
    this.waitsUntil = -Infinity;
    return now;
  }

  /** It takes more than a step to catch up with the host. */
  get isBehind(): boolean {
    this.now();
    return this.lag > MOST_STEP_NS;
  }

  set(nanoseconds: number): void {
    this.base = nanoseconds;
    this.shown = nanoseconds;
    this.lag = 0;
    this.waitsUntil = -Infinity;
    if (this.startedAtHostNs !== undefined) this.startedAtHostNs = this.host.monotonicNs();
  }

  save(): ClockState {
    return { kind: 'host', guestTimeNs: this.now(), originNs: null };
  }

  restore(state: ClockState): void {
    this.set(state.guestTimeNs);
  }

  /** Its time passes. */
  get isStarted(): boolean {
    return this.startedAtHostNs !== undefined;
  }

  start(): void {
    this.startedAtHostNs ??= this.host.monotonicNs();
  }

  stop(): void {
    const now = this.now();
    this.startedAtHostNs = undefined;
    this.set(now);
  }

  /** Host time at which the clock will show `guestNs` if it is not behind then. */
  hostTimeOf(guestNs: number): number {
    return (this.startedAtHostNs ?? this.host.monotonicNs()) + guestNs - this.base;
  }

  private look(hostTime: number): number {
    const waited = Math.min(hostTime, this.waitsUntil);
    if (waited > this.shown) this.show(hostTime, waited);
    else if (hostTime - this.lag - this.shown > MOST_STEP_NS) this.show(hostTime, this.shown);
    else this.shown = hostTime - this.lag;
    return this.shown;
  }

  private show(hostTime: number, shown: number): void {
    this.shown = shown;
    this.lag = hostTime - shown;
  }

  /** What the clock would show had the host given the guest all its time. */
  private hostGuestTime(): number {
    if (this.startedAtHostNs === undefined) return this.base;
    return Math.floor(this.base + this.host.monotonicNs() - this.startedAtHostNs);
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
