/** A bounded queue of bytes. */
export class ByteQueue {
  private readonly capacity: number;
  private bytes: number[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get length(): number {
    return this.bytes.length;
  }

  get isFull(): boolean {
    return this.bytes.length >= this.capacity;
  }

  /** Returns false when full. */
  push(byte: number): boolean {
    if (this.isFull) return false;
    this.bytes.push(byte);
    return true;
  }

  shift(): number | undefined {
    return this.bytes.shift();
  }

  clear(): void {
    this.bytes = [];
  }

  toArray(): number[] {
    return [...this.bytes];
  }

  replace(bytes: readonly number[]): void {
    this.bytes = bytes.slice(0, this.capacity);
  }
}
