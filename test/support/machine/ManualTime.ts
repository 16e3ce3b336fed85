import type { GuestClock } from '../../../src-main/machine/timers/GuestClock.ts';
import { TimerQueue } from '../../../src-main/machine/timers/TimerQueue.ts';
import type { InterruptLine } from '../../../src-main/machine/BusDevice.ts';

/** Guest time that the test moves: every timer on the way expires at its own time. */
export class ManualTime {
  readonly timers: TimerQueue;
  private time = 0;

  constructor() {
    const clock: GuestClock = { now: () => this.time, set: (nanoseconds) => (this.time = nanoseconds) };
    this.timers = new TimerQueue(clock);
  }

  get now(): number {
    return this.time;
  }

  advance(nanoseconds: number): void {
    this.advanceTo(this.time + nanoseconds);
  }

  advanceTo(target: number): void {
    for (;;) {
      const deadline = this.timers.nextDeadline();
      if (deadline === undefined || deadline > target) break;
      this.time = Math.max(this.time, deadline);
      this.timers.fireDue();
    }
    this.time = target;
  }

  /** Moves time without letting timers expire, as when a thread is not scheduled. */
  jump(nanoseconds: number): void {
    this.time += nanoseconds;
  }
}

/** An interrupt line that remembers its level and how often it rose. */
export class RecordingLine implements InterruptLine {
  level = false;
  rises = 0;

  set(asserted: boolean): void {
    if (asserted && !this.level) this.rises++;
    this.level = asserted;
  }
}
