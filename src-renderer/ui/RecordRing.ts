/** The newest records of a few numbers each, oldest first; a ring, so that appending allocates nothing. */
export class RecordRing {
  readonly #values: Float64Array;
  readonly #fields: number;
  readonly #capacity: number;
  #start = 0;
  #length = 0;

  constructor(capacity: number, fields: number) {
    this.#values = new Float64Array(capacity * fields);
    this.#fields = fields;
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#length;
  }

  push(record: ArrayLike<number>): void {
    const at = (this.#start + this.#length) % this.#capacity;
    this.#values.set(record, at * this.#fields);
    if (this.#length < this.#capacity) this.#length++;
    else this.#start = (this.#start + 1) % this.#capacity;
  }

  value(index: number, field: number): number {
    return this.#values[((this.#start + index) % this.#capacity) * this.#fields + field] ?? 0;
  }

  /** First record whose field is at least `least`; the field must not fall from record to record. */
  lowerBound(field: number, least: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.value(middle, field) < least) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
