/** Pseudo-random numbers that are the same in every run (xorshift32, Marsaglia 2003). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 1;
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return (x >>> 0) % bound;
  }
}

const PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3] as const;

/**
 * Fills `bytes` with random code. Plain random bytes seldom reach the two-byte opcodes and hardly ever more
 * than one prefix, so half of the strings start with up to five prefixes, and half of the opcodes with 0F.
 */
export function fillWithCode(bytes: Uint8Array, random: Random): void {
  for (let at = 0; at < bytes.length; at++) bytes[at] = random.below(256);
  const prefixCount = random.below(2) === 0 ? 0 : random.below(6);
  for (let at = 0; at < prefixCount; at++) bytes[at] = PREFIXES[random.below(PREFIXES.length)] ?? 0;
  if (random.below(2) === 0) bytes[prefixCount] = 0x0f;
}
