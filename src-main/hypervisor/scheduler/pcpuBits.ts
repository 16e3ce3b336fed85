/** A set of pCPUs as two words, one bit each: 0..31 in the low one, 32..63 in the high one. */
export function pcpuBits(pcpus: Iterable<number>): { readonly low: number; readonly high: number } {
  let low = 0;
  let high = 0;
  for (const pcpu of pcpus) {
    if (pcpu < 32) low |= 1 << pcpu;
    else high |= 1 << (pcpu & 31);
  }
  return { low, high };
}

/** The first `count` pCPUs. */
export function firstPcpuBits(count: number): { readonly low: number; readonly high: number } {
  return { low: firstBits(count), high: firstBits(count - 32) };
}

function firstBits(count: number): number {
  return count >= 32 ? -1 : count <= 0 ? 0 : (1 << count) - 1;
}
