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
