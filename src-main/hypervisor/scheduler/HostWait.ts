import { openSync, readSync } from 'node:fs';

/** Three decimal numbers of at most twenty digits. */
const LINE_BYTES = 64;
const SPACE = 0x20;
const ZERO = 0x30;

/**
 * How long the thread that made this has waited for a processor of the host while it held a pCPU.
 *
 * Linux counts how long a thread that has something to do waits (Documentation/scheduler/sched-stats.rst: the second
 * number of `schedstat`, in nanoseconds, exact whenever the thread runs). Elsewhere nothing does without a library of
 * its own: there it is taken to be none, and the vCPU whose thread the host holds up is charged for it.
 */
export class HostWait {
  readonly #totalNs: () => number;
  #takenNs = 0;
  #beforeMs = 0;

  /** @param totalNs what the host has counted for the calling thread since it began */
  constructor(totalNs: () => number = schedstatReader()) {
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

/** Reads the calling thread's own count, about two microseconds each time. The file stays open for as long as the thread lives. */
function schedstatReader(): () => number {
  let file: number;
  try {
    file = openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return () => 0;
  }
  const line = new Uint8Array(LINE_BYTES);
  return () => {
    const length = readSync(file, line, 0, LINE_BYTES, 0);
    let total = 0;
    for (let at = line.indexOf(SPACE) + 1; at < length && line[at] !== SPACE; at++)
      total = total * 10 + (line[at] ?? ZERO) - ZERO;
    return total;
  };
}
