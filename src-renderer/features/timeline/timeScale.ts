import type { TimeLine } from '../../../src-preload/contract/timeTravel.ts';

/** Where an instruction count lies between the ends of a time line: 0 to 1. */
export function fractionOf({ earliest, latest }: TimeLine, instructions: number): number {
  const span = latest.instructions - earliest.instructions;
  if (span <= 0) return 1;
  return Math.max(0, Math.min(1, (instructions - earliest.instructions) / span));
}

/** The instruction count at a fraction of a time line. */
export function instructionsAt({ earliest, latest }: TimeLine, fraction: number): number {
  const within = Math.max(0, Math.min(1, fraction));
  return Math.round(earliest.instructions + within * (latest.instructions - earliest.instructions));
}

/** `1.234 567 s`, in digits that do not jump. */
export function guestSeconds(guestTimeNs: number): string {
  const [whole = '0', decimals = ''] = (guestTimeNs / 1e9).toFixed(6).split('.');
  return `${whole}.${decimals.slice(0, 3)} ${decimals.slice(3)} s`;
}
