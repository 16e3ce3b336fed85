/** The newest samples of one quantity; a ring, so that appending allocates nothing. */
export class Series {
  readonly #values: Float32Array;
  #next = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#values = new Float32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#values.length;
  }

  push(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#values.length;
    this.#length = Math.min(this.#length + 1, this.#values.length);
  }

  /** The value `age` samples before the newest; 0 where there is none. */
  fromEnd(age: number): number {
    if (age >= this.#length) return 0;
    const size = this.#values.length;
    return this.#values[(this.#next - 1 - age + 2 * size) % size] ?? 0;
  }

  get last(): number {
    return this.fromEnd(0);
  }

  max(): number {
    let most = 0;
    for (let age = 0; age < this.#length; age++) most = Math.max(most, this.fromEnd(age));
    return most;
  }
}
