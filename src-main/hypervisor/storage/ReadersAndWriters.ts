/**
 * Who may use a store of blocks when: additions come one after the other while others read; a removal waits for those
 * who read and add, and lets nobody else begin meanwhile.
 */
export class ReadersAndWriters {
  /** The last addition or removal. */
  #change: Promise<unknown> = Promise.resolve();
  readonly #reads = new Set<Promise<unknown>>();
  /** What readers have to wait for. */
  #removal: Promise<unknown> | undefined;

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

  remove<T>(action: () => Promise<T>): Promise<T> {
    return this.add(async () => {
      const result = Promise.all(this.#reads).then(action);
      this.#removal = settling(result);
      try {
        return await result;
      } finally {
        this.#removal = undefined;
      }
    });
  }

  /** Once everything that was asked for is over. */
  async idle(): Promise<void> {
    await this.#change;
    await Promise.all(this.#reads);
  }
}

/** The same, whatever comes of it. */
function settling(result: Promise<unknown>): Promise<unknown> {
  return result.catch(() => undefined);
}
