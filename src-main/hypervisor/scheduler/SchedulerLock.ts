import { LOCK_WAITERS_WORD, LOCK_WORD } from './SchedulerState.ts';

const FREE = 0;
/** Looks at the word before going to sleep: the lock is held for microseconds. */
const SPINS = 200;
/** How long a sleeper trusts that it will be notified. */
const WAIT_MS = 1;
/** So many waits, at least as many milliseconds, are given to a holder that is ending: a thousand times what it needs. */
const PATIENCE_WAITS = 50;

/**
 * A lock among threads, robust against a holder that dies: the word names its owner, so that whoever learns
 * of the death can take the lock over.
 */
export class SchedulerLock {
  readonly #words: Int32Array;
  readonly #owner: number;

  /** @param owner unique among all threads that use the lock, not 0 */
  constructor(words: Int32Array, owner: number) {
    this.#words = words;
    this.#owner = owner;
  }

  /**
   * @param isGone asked about a holder that has kept the lock for long: whether its thread is ending or has ended
   * @returns whether the lock was taken over from such a holder, whose work may be half done
   */
  acquire(isGone?: (holder: number) => boolean): boolean {
    for (let spin = 0; spin < SPINS; spin++) {
      if (Atomics.compareExchange(this.#words, LOCK_WORD, FREE, this.#owner) === FREE) return false;
    }
    Atomics.add(this.#words, LOCK_WAITERS_WORD, 1);
    let isTakenOver = false;
    for (let waits = 0; ; waits++) {
      const holder = Atomics.compareExchange(this.#words, LOCK_WORD, FREE, this.#owner);
      if (holder === FREE) break;
      if (waits >= PATIENCE_WAITS && isGone?.(holder) === true && this.takeOverFrom(holder)) {
        isTakenOver = true;
        break;
      }
      Atomics.wait(this.#words, LOCK_WORD, holder, WAIT_MS);
    }
    Atomics.sub(this.#words, LOCK_WAITERS_WORD, 1);
    return isTakenOver;
  }

  release(): void {
    // Not a store: it may have been taken over from a holder that was thought to be gone.
    Atomics.compareExchange(this.#words, LOCK_WORD, this.#owner, FREE);
    // A waiter that died leaves the count too high, which costs a needless notification and nothing else.
    if (Atomics.load(this.#words, LOCK_WAITERS_WORD) > 0) Atomics.notify(this.#words, LOCK_WORD, 1);
  }

  /** Acquires the lock if `deadOwner` holds it; its thread must have ended. */
  takeOverFrom(deadOwner: number): boolean {
    return Atomics.compareExchange(this.#words, LOCK_WORD, deadOwner, this.#owner) === deadOwner;
  }
}
