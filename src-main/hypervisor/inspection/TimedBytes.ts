/** The newest bytes of an output and when each was written, in a ring. */
export class TimedBytes {
  readonly #bytes: Uint8Array;
  readonly #timesNs: Float64Array;
  #total = 0;

  constructor(most: number) {
    this.#bytes = new Uint8Array(most);
    this.#timesNs = new Float64Array(most);
  }

  /** Those that were ever added. */
  get total(): number {
    return this.#total;
  }

  add(byte: number, timeNs: number): void {
    const at = this.#total++ % this.#bytes.length;
    this.#bytes[at] = byte;
    this.#timesNs[at] = timeNs;
  }

  /** Oldest first. */
  newest(): { readonly bytes: Uint8Array; readonly timesNs: Float64Array } {
    const length = Math.min(this.#total, this.#bytes.length);
    const bytes = new Uint8Array(length);
    const timesNs = new Float64Array(length);
    for (let index = 0; index < length; index++) {
      const at = (this.#total - length + index) % this.#bytes.length;
      bytes[index] = this.#bytes[at] ?? 0;
      timesNs[index] = this.#timesNs[at] ?? 0;
    }
    return { bytes, timesNs };
  }
}
