/** Code this small counts as one place. */
const PLACE_BYTES = 32;
/** Guest time without any sign of progress that makes a spin, and between two reports of it. */
const SPIN_NS = 1_000_000_000;

/**
 * Notices a processor that runs with interrupts off in one small place and reaches no device: it will never
 * give anything back by itself. Samples are taken whenever the machine looks at the processor anyway.
 */
export class SpinDetector {
  private place = -1;
  private accesses = -1;
  private since = 0;
  private reportedAt = 0;

  /** Returns how long the spin has lasted, in nanoseconds, when it is to be reported. */
  sample(now: number, areInterruptsOff: boolean, linearAddress: number, busAccesses: number): number | undefined {
    const distance = linearAddress - this.place;
    const isSamePlace = distance >= -PLACE_BYTES && distance <= PLACE_BYTES;
    if (!areInterruptsOff || !isSamePlace || busAccesses !== this.accesses) {
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
}
