/** A wake may be this late, in nanoseconds: less than a frame of the screen, so that nobody sees it. */
const MOST_LATE_NS = 16_000_000;
/** What a tick takes that finds nothing to do; Linux's take 3,000 to 13,000. */
const MOST_QUIET_INSTRUCTIONS = 20_000;
/** After so many of these a guest idles. */
const QUIET_TICKS = 8;
/** By what part of itself a period may differ from the one before: kernels set each tick by their own clock. */
const TOLERANCE = 1 / 64;

/**
 * Lets a guest that idles have its timer's ticks several at a time. A kernel without dynamic ticks interrupts its idle
 * processor hundreds of times a second, to no purpose but to count; each time the host wakes a thread whose code and
 * data have left the caches by then, which costs several times what the tick does.
 *
 * Guest time does not show it: it stands at the first tick when the processor wakes, and goes on to the next one when it
 * halts again. Input wakes the machine at once, and a guest that does more than count gets each tick when it is due.
 */
export class TickCoalescer {
  private deadline = 0;
  private period = 0;
  private instructions = 0;
  private quietTicks = 0;

  /**
   * The processors wait for a timer: returns the guest time at which to wake them.
   * @param deadline guest time of that timer, in nanoseconds
   * @param next guest time of the timer behind it, which comes when it is due
   * @param instructions retired so far
   */
  wakeTime(deadline: number, next: number, instructions: number): number {
    if (deadline !== this.deadline) this.note(deadline, instructions);
    if (this.quietTicks < QUIET_TICKS) return deadline;
    const { period } = this;
    const periods = Math.floor(MOST_LATE_NS / (period * (1 - TOLERANCE)));
    if (periods === 0) return deadline;
    // The last of these ticks is to have come by then.
    const late = Math.ceil(periods * period + TOLERANCE * period);
    return Math.max(deadline, Math.min(deadline + late, next));
  }

  /** The guest has something to do since it halted last: it will not halt again at once. */
  isBusy(instructions: number): boolean {
    return instructions - this.instructions > MOST_QUIET_INSTRUCTIONS;
  }

  /** Something has come from outside: the guest has to do. */
  stir(): void {
    this.quietTicks = 0;
  }

  private note(deadline: number, instructions: number): void {
    const period = deadline - this.deadline;
    const isPeriodic = Math.abs(period - this.period) <= TOLERANCE * period;
    const isQuiet = !this.isBusy(instructions);
    this.quietTicks = isPeriodic && isQuiet ? this.quietTicks + 1 : 0;
    this.deadline = deadline;
    this.period = period;
    this.instructions = instructions;
  }
}
