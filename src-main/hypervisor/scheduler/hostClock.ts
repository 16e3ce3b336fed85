/** Host time in nanoseconds: monotonic, any origin, the same in every thread of the process. */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}

/** The scheduler's clock: the same in milliseconds. */
export function monotonicMs(): number {
  return monotonicNs() / 1e6;
}
