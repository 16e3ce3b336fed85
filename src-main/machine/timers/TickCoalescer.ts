/**
 * A wake may be this late, in nanoseconds: what nobody sees of a screen on which nothing has happened for a while. With half
 * of it an idle Linux guest costs two fifths more.
 */
const MOST_LATE_NS = 80_000_000;
/** And by no more than this part of the time for which the guest has idled. */
const LATE_PART = 1 / 8;
/** What a tick takes that finds nothing to do; Linux's take 3,000 to 13,000. */
const MOST_QUIET_INSTRUCTIONS = 20_000;
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
  /** The tick before the first that found nothing to do. */
  private idleSince = 0;

  /**
   * The processors wait for a timer: returns the guest time at which to wake them.
   * @param deadline guest time of that timer, in nanoseconds
   * @param next guest time of the timer behind it, which comes when it is due
   * @param instructions retired so far
   */
  wakeTime(deadline: number, next: number, instructions: number): number {
    if (deadline !== this.deadline) this.note(deadline, instructions);
    const { period } = this;
    const most = Math.min(MOST_LATE_NS, LATE_PART * (deadline - this.idleSince));
    const periods = Math.floor(most / period + TOLERANCE);
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
    this.idleSince = this.deadline;
  }

  private note(deadline: number, instructions: number): void {
    const period = deadline - this.deadline;
    const isPeriodic = Math.abs(period - this.period) <= TOLERANCE * period;
    const isQuiet = !this.isBusy(instructions);
    // A tick that comes some nanoseconds before the kernel's own clock has it due makes it ask for that tick once more.
    if (isQuiet && period > 0 && period < TOLERANCE * this.period) {
      this.instructions = instructions;
      return;
    }
    if (!isPeriodic || !isQuiet) this.idleSince = deadline;
    this.deadline = deadline;
    this.period = period;
    this.instructions = instructions;
  }
}
