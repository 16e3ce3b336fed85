import type { DeviceState, TimerHandle, TimerService } from '../BusDevice.ts';
import { readFlag, readNumber, readTime } from '../snapshot.ts';

/** Rate at which the undivided timer counts, in Hz: a bus clock of 1 GHz, as QEMU's and KVM's. */
export const APIC_TIMER_HZ = 1_000_000_000;
const NS_PER_COUNT = 1e9 / APIC_TIMER_HZ;
/** A guest cannot ask for timer interrupts closer together than this; the count itself stays exact. */
const LEAST_PERIOD_NS = 10_000;

/**
 * The counter behind an APIC's timer (SDM vol. 3A, 11.5.4). It counts whether or not the LVT entry is masked;
 * writing 0 to the initial count stops it.
 */
export class ApicTimer {
  private readonly timers: TimerService;
  private readonly onExpire: () => void;
  private initialCount = 0;
  private divideConfiguration = 0;
  private isPeriodic = false;
  /** Guest time at which the count reaches 0; undefined while it stands at 0. */
  private deadline: number | undefined;
  private handle: TimerHandle | undefined;

  constructor(timers: TimerService, onExpire: () => void) {
    this.timers = timers;
    this.onExpire = onExpire;
  }

  get initial(): number {
    return this.initialCount;
  }

  get divide(): number {
    return this.divideConfiguration;
  }

  current(): number {
    if (this.deadline === undefined) return 0;
    const left = this.deadline - this.timers.now();
    // A periodic timer whose expiry is late has reloaded already.
    const inPeriod = left > 0 || !this.isPeriodic ? left : left + Math.ceil((1 - left) / this.period) * this.period;
    return Math.max(0, Math.min(this.initialCount, Math.ceil(inPeriod / this.nsPerCount)));
  }

  /** Starts over from `count`. */
  start(count: number): void {
    this.initialCount = count;
    this.deadline = count === 0 ? undefined : this.timers.now() + this.period;
    this.schedule();
  }

  /** The count goes on from where it is, at the new rate. */
  setDivide(configuration: number): void {
    const count = this.current();
    this.divideConfiguration = configuration & 0x0b;
    if (this.deadline !== undefined) this.deadline = this.timers.now() + count * this.nsPerCount;
    this.schedule();
  }

  setPeriodic(isPeriodic: boolean): void {
    this.isPeriodic = isPeriodic;
  }

  reset(): void {
    this.divideConfiguration = 0;
    this.isPeriodic = false;
    this.start(0);
  }

  save(): DeviceState {
    return {
      version: 1,
      initialCount: this.initialCount,
      divide: this.divideConfiguration,
      isPeriodic: this.isPeriodic,
      deadline: this.deadline ?? 0,
      isCounting: this.deadline !== undefined,
    };
  }

  restore(state: DeviceState): void {
    this.initialCount = readNumber(state, 'initialCount', 0, 0xffff_ffff);
    this.divideConfiguration = readNumber(state, 'divide', 0, 0x0b) & 0x0b;
    this.isPeriodic = readFlag(state, 'isPeriodic');
    this.deadline = readFlag(state, 'isCounting') ? readTime(state, 'deadline') : undefined;
    this.schedule();
  }

  /** Bits 3, 1 and 0: 000 divides by 2, 001 by 4, to 110 by 128; 111 by 1 (SDM vol. 3A, figure 11-10). */
  private get nsPerCount(): number {
    const shift = ((this.divideConfiguration & 3) | ((this.divideConfiguration & 8) >> 1)) + 1;
    return NS_PER_COUNT * (1 << (shift & 7));
  }

  private get period(): number {
    return this.initialCount * this.nsPerCount;
  }

  private schedule(): void {
    this.handle?.cancel();
    this.handle = this.deadline === undefined ? undefined : this.timers.schedule(this.deadline, () => this.expire());
  }

  private expire(): void {
    const now = this.timers.now();
    if (!this.isPeriodic || this.deadline === undefined || this.initialCount === 0) this.deadline = undefined;
    else {
      // Periods that nobody could have seen are skipped.
      const step = this.period * Math.ceil(LEAST_PERIOD_NS / this.period);
      this.deadline += step * Math.max(1, Math.ceil((now + 1 - this.deadline) / step));
    }
    this.schedule();
    this.onExpire();
  }
}
