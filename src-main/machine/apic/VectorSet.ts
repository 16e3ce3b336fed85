/** 256 bits, one a vector: an APIC's IRR, ISR or TMR. */
export class VectorSet {
  private readonly words = new Uint32Array(8);

  /** The register's 32 bits for vectors 32 `index` and up. */
  word(index: number): number {
    return this.words[index] ?? 0;
  }

  has(vector: number): boolean {
    return ((this.word(vector >>> 5) >>> (vector & 31)) & 1) !== 0;
  }

  set(vector: number, isSet: boolean): void {
    const bit = 1 << (vector & 31);
    const word = this.word(vector >>> 5);
    this.words[vector >>> 5] = isSet ? word | bit : word & ~bit;
  }

  /** -1 when empty. */
  highest(): number {
    for (let index = 7; index >= 0; index--) {
      const word = this.word(index);
      if (word !== 0) return 32 * index + 31 - Math.clz32(word);
    }
    return -1;
  }

  clear(): void {
    this.words.fill(0);
  }

  /** Its bytes, vector 0 in the lowest bit of the first. */
  toBytes(): number[] {
    return [...new Uint8Array(this.words.buffer)];
  }

  fromBytes(bytes: readonly number[]): void {
    new Uint8Array(this.words.buffer).set(bytes);
  }
}
