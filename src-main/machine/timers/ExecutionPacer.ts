/** How long the processor runs between two looks at timers and host time. */
const CHUNK_NS = 500_000;
const LEAST_CHUNK = 500;
const MOST_CHUNK = 2_000_000;
/** Runs below this say little about speed. */
const SHORT_NS = 5_000;
/** Assumed until measured: 50 million instructions a second. */
const FIRST_SPEED = 0.05;

/**
 * Turns host time into an instruction budget from the speed measured so far. A run may still take longer than
 * planned when the guest turns to slow work; the next one is then planned shorter.
 */
export class ExecutionPacer {
  /** Instructions per nanosecond of host time. */
  private speed = FIRST_SPEED;

  /** Instructions that take about this long, and no longer than a chunk. */
  chunk(nanoseconds: number = CHUNK_NS): number {
    const planned = Math.floor(Math.min(CHUNK_NS, nanoseconds) * this.speed);
    return Math.max(LEAST_CHUNK, Math.min(MOST_CHUNK, planned));
  }

  onRun(instructions: number, nanoseconds: number): void {
    // Too short to say anything, unless it is for the plan alone that it was: a run that met a slow host once
    // would stay cut to pieces.
    if (nanoseconds < SHORT_NS && instructions < LEAST_CHUNK) return;
    const measured = Math.max(instructions, 1) / Math.max(nanoseconds, SHORT_NS);
    // Slower counts at once, faster in steps: a plan that is too long hurts, one that is too short does not.
    this.speed = measured < this.speed ? measured : this.speed * 0.75 + measured * 0.25;
  }
}
