/**
 * Who may use a store of blocks when: additions come one after the other while others read; a removal waits until nobody
 * reads or adds, and lets nobody begin until it is done.
 */
export class ReadersAndWriters {
  /** The last addition or removal. */
  #change: Promise<unknown> = Promise.resolve();
  readonly #reads = new Set<Promise<unknown>>();
  readonly #waiting = new Set<Promise<unknown>>();
  /** What readers have to wait for. */
  #removal: Promise<unknown> | undefined;

  /** Somebody reads: a removal would have to wait. */
  get isRead(): boolean {
    return this.#reads.size > 0;
  }

  async read<T>(action: () => Promise<T>): Promise<T> {
    while (this.#removal) await this.#removal;
    const result = action();
    const settled = settling(result);
    this.#reads.add(settled);
    try {
      return await result;
    } finally {
      this.#reads.delete(settled);
    }
  }

  add<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#change.then(action);
    this.#change = settling(result);
    return result;
  }

  /** As long as it waits for those who read, others may begin: a reading of minutes holds up nobody but it. */
  async remove<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#removeInTurn(action);
    const settled = settling(result);
    this.#waiting.add(settled);
    try {
      return await result;
    } finally {
      this.#waiting.delete(settled);
    }
  }

  async #removeInTurn<T>(action: () => Promise<T>): Promise<T> {
    for (;;) {
      await Promise.all(this.#reads);
      const done = await this.add(async () => {
        // Somebody has begun to read before its turn came.
        if (this.isRead) return undefined;
        const result = action();
        this.#removal = settling(result);
        try {
          return { value: await result };
        } finally {
          this.#removal = undefined;
        }
      });
      if (done) return done.value;
    }
  }

  /** Once everything that was asked for is over. */
  async idle(): Promise<void> {
    await Promise.all(this.#reads);
    await Promise.all(this.#waiting);
    await this.#change;
  }
}

/** The same, whatever comes of it. */
function settling(result: Promise<unknown>): Promise<unknown> {
  return result.catch(() => undefined);
}
