import type { SharedWord } from './SharedWord.ts';

/** The most that anybody owes: one that halts or is paused while much is sent to it is not to stand still for long after. */
const OWED_MOST_US = 100_000;

/**
 * Has those pay for what a thread does whom it does it for: its processor time, by the frames of each. What happens
 * between two looks at the clock is one sum, since no clock is cheap enough to look at for each frame.
 */
export class WorkMeter {
  private readonly processorMs: () => number;
  private frames = new Map<SharedWord, number>();
  private settledMs: number;

  /** @param processorMs what the thread has had of the host's processors */
  constructor(processorMs: () => number) {
    this.processorMs = processorMs;
    this.settledMs = processorMs();
  }

  /** A frame was carried for whoever pays from this word, in microseconds. */
  note(payer: SharedWord): void {
    if (this.frames.size === 0) setImmediate(() => this.settle());
    this.frames.set(payer, (this.frames.get(payer) ?? 0) + 1);
  }

  /** Is asked for nothing any more: its word may be somebody else's. */
  forget(payer: SharedWord): void {
    this.frames.delete(payer);
  }

  private settle(): void {
    const now = this.processorMs();
    const sinceMs = now - this.settledMs;
    this.settledMs = now;
    const all = [...this.frames.values()].reduce((sum, count) => sum + count, 0);
    for (const [{ words, index }, count] of this.frames) {
      const debts = new Int32Array(words);
      const room = OWED_MOST_US - Atomics.load(debts, index);
      const charge = Math.round((1000 * sinceMs * count) / all);
      // Whoever pays meanwhile has more room next time.
      if (room > 0) Atomics.add(debts, index, Math.min(charge, room));
    }
    this.frames = new Map();
  }
}
