/** The newest bytes of a stream, bounded. */
export class ByteHistory {
  readonly #most: number;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  append(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    // Twice as much is kept between clean-ups, so that each byte is moved once at most.
    if (this.#length <= 2 * this.#most && this.#chunks.length <= 4096) return;
    const kept = this.bytes();
    this.#chunks = [kept];
    this.#length = kept.length;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all.length > this.#most ? all.slice(all.length - this.#most) : all;
  }

  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }
}
