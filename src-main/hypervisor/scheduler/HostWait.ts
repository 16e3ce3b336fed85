import { threadTimesReader } from './threadTimes.ts';

/**
 * How long the thread that made this has waited for a processor of the host while it held a pCPU.
 *
 * Linux counts that. Elsewhere it is taken to be none, and the vCPU whose thread the host holds up is charged for it.
 */
export class HostWait {
  readonly #totalNs: () => number;
  #takenNs = 0;
  #beforeMs = 0;

  /** @param totalNs what the host has counted for the calling thread since it began */
  constructor(totalNs: () => number = waitedReader()) {
    this.#totalNs = totalNs;
  }

  /**
   * The thread notices that it has been given a pCPU, `heldMs` after that. What it waited for longer was not for that
   * pCPU. Returns how long it has waited for the host since.
   */
  beginStay(heldMs: number): number {
    this.#beforeMs = Math.min(this.#take(), heldMs);
    return this.#beforeMs;
  }

  /** The thread is about to give its pCPU up. Returns how long of the stay the host ran something else. */
  endStay(): number {
    const wholeMs = this.#beforeMs + this.#take();
    this.#beforeMs = 0;
    return wholeMs;
  }

  #take(): number {
    const totalNs = this.#totalNs();
    const sinceNs = totalNs - this.#takenNs;
    this.#takenNs = totalNs;
    return sinceNs / 1e6;
  }
}

function waitedReader(): () => number {
  const times = threadTimesReader();
  return () => times?.().waitedNs ?? 0;
}
