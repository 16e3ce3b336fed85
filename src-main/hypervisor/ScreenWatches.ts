/** Who looks at a machine's screen: it is kept up to date as often as the most eager of them wants. */
export class ScreenWatches {
  readonly #watches = new Set<{ readonly perSecond: number }>();
  readonly #onRate: () => void;

  /** @param onRate told when the rate may have changed */
  constructor(onRate: () => void) {
    this.#onRate = onRate;
  }

  /** Looks per second; 0: nobody looks. */
  get rate(): number {
    return Math.max(0, ...[...this.#watches].map(({ perSecond }) => perSecond));
  }

  /** Returns what ends it. */
  add(perSecond: number): () => void {
    const watch = { perSecond };
    this.#watches.add(watch);
    this.#onRate();
    return () => {
      if (this.#watches.delete(watch)) this.#onRate();
    };
  }
}
