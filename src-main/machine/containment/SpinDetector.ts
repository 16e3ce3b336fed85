/** Code this small counts as one place. */
const PLACE_BYTES = 32;
/** Guest time without any sign of progress that makes a spin, and between two reports of it. */
const SPIN_NS = 1_000_000_000;
/** The screen is looked at this often. */
const SCREEN_NS = 100_000_000;

/** What a look at the processor shows. */
export interface SpinSample {
  readonly areInterruptsOff: boolean;
  readonly linearAddress: number;
  /** Of ports and memory-mapped devices, so far. */
  readonly busAccesses: number;
  /** Changes when the text on the screen does; costs a little, so it is asked for only now and then. */
  readonly screenSum: () => number;
}

/**
 * Notices a processor that runs with interrupts off in one small place, reaches no device and writes no text: it
 * will never give anything back by itself. Samples are taken whenever the machine looks at the processor anyway.
 */
export class SpinDetector {
  private place = -1;
  private accesses = -1;
  private screen = 0;
  private screenSeenAt = 0;
  private since = 0;
  private reportedAt = 0;

  /** Returns how long the spin has lasted, in nanoseconds, when it is to be reported. */
  sample(now: number, { areInterruptsOff, linearAddress, busAccesses, screenSum }: SpinSample): number | undefined {
    const distance = linearAddress - this.place;
    const isSamePlace = distance >= -PLACE_BYTES && distance <= PLACE_BYTES;
    if (!areInterruptsOff || !isSamePlace || busAccesses !== this.accesses || this.hasWritten(now, screenSum)) {
      this.place = areInterruptsOff ? linearAddress : -1;
      this.accesses = busAccesses;
      this.since = now;
      this.reportedAt = now;
      return undefined;
    }
    if (now - this.reportedAt < SPIN_NS) return undefined;
    this.reportedAt = now;
    return now - this.since;
  }

  private hasWritten(now: number, screenSum: () => number): boolean {
    if (now - this.screenSeenAt < SCREEN_NS) return false;
    this.screenSeenAt = now;
    const before = this.screen;
    this.screen = screenSum();
    return this.screen !== before;
  }
}
