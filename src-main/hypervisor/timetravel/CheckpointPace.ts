/** A machine works so many times as long as its last checkpoint took, at the least: they cost less than a tenth. */
const LEAST_RATIO = 14;
/** But a step back does not take longer than that: the first checkpoint, which is all of memory, is dear. */
const LONGEST_NS = 120e6;
/** Not worth another slice. */
const NEARLY_DUE_NS = 0.1e6;
/** A guest whose instructions have become dearer is known to be slower after some tens of slices. */
const RATE_KEPT = 0.98;
const COSTS_KEPT = 8;

/**
 * When a machine is due for its next checkpoint: a time of its own work after the last one. A step back repeats what was
 * done since, so what the host has taken from the thread in between does not count. It is told from the rate of
 * instructions, since no host that this runs on says what a thread has used: in most slices nothing was taken.
 */
export class CheckpointPace {
  private readonly intervalNs: number;
  /** Of work, until the next checkpoint. */
  private leftNs = 0;
  /** How long each of the last checkpoints took; the host may have interrupted any of them. */
  private readonly tookNs: number[] = [];
  /** Instructions in a nanosecond, in the fastest of the last slices. */
  private rate = 0;

  constructor(intervalMs: number) {
    this.intervalNs = intervalMs * 1e6;
  }

  get isDue(): boolean {
    return this.leftNs < NEARLY_DUE_NS;
  }

  /** How long the machine may run before it is due, if nothing is taken from it. */
  get untilDueNs(): number {
    return this.leftNs;
  }

  noteRun(instructions: number, elapsedNs: number): void {
    if (elapsedNs <= 0) return;
    this.rate = Math.max(this.rate * RATE_KEPT, instructions / elapsedNs);
    this.leftNs -= this.rate === 0 ? elapsedNs : Math.min(elapsedNs, instructions / this.rate);
  }

  noteCheckpoint(tookNs: number): void {
    this.tookNs.push(tookNs);
    if (this.tookNs.length > COSTS_KEPT) this.tookNs.shift();
    this.leftNs = Math.max(this.intervalNs, Math.min(Math.min(...this.tookNs) * LEAST_RATIO, LONGEST_NS));
  }
}
