/** Frames are passed on for so long, in milliseconds, before main does what else there is to do. */
const TURN_MS = 4;
/** The clock is looked at once in so many frames. */
const FRAMES_A_LOOK = 16;

/** What a machine's adapter has sent, on its way into the network. */
interface Waiting {
  readonly frames: readonly Uint8Array[];
  readonly forward: (frame: Uint8Array) => void;
  /** So many have been passed on. */
  readonly onForwarded: (count: number) => void;
  next: number;
}

/**
 * Passes frames on from the threads of machines in turns of a few milliseconds, a machine's batch after another's: guests
 * that send without end make each other wait, and never main's other work. Senders bound what waits here, since they
 * are told what has been passed on.
 */
export class FramePump {
  readonly #queue: Waiting[] = [];
  readonly #nowMs: () => number;
  #isScheduled = false;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  add(frames: readonly Uint8Array[], forward: (frame: Uint8Array) => void, onForwarded: (count: number) => void): void {
    this.#queue.push({ frames, forward, onForwarded, next: 0 });
    if (!this.#isScheduled) this.#schedule();
  }

  #schedule(): void {
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#takeTurn();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #takeTurn(): void {
    const end = this.#nowMs() + TURN_MS;
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      const first = batch.next;
      const behind = Math.min(first + FRAMES_A_LOOK, batch.frames.length);
      for (const frame of batch.frames.slice(first, behind)) batch.forward(frame);
      batch.next = behind;
      batch.onForwarded(behind - first);
      if (behind < batch.frames.length) this.#queue.push(batch);
      if (this.#nowMs() >= end) return;
    }
  }
}
