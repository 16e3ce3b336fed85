import type { HistoryField } from '../../../src-preload/contract/layouts/HistoryFrame.ts';
import { compactCount, percent, threeDigits } from '../format/numbers.ts';

/** One chart: what it shows, and how its numbers are written. */
export interface Chart {
  /** Its title is `history.NAME`. */
  readonly name: string;
  readonly field: HistoryField;
  /** Drawn dashed beside it. */
  readonly beside?: HistoryField;
  /** The upper edge is at least this. */
  readonly leastTop: number;
  format(value: number): string;
}

const number = (value: number): string =>
  value < 10 && !Number.isInteger(value) ? threeDigits(value) : compactCount(value);
const perSecond = (value: number): string => `${number(value)}/s`;

export const CHARTS: readonly Chart[] = [
  { name: 'share', field: 'receivedShare', beside: 'entitledShare', leastTop: 1, format: percent },
  { name: 'mips', field: 'mips', leastTop: 1, format: (value) => `${number(value)} M/s` },
  { name: 'exits', field: 'exits', leastTop: 10, format: perSecond },
  { name: 'interrupts', field: 'interrupts', leastTop: 10, format: perSecond },
  { name: 'pageFaults', field: 'pageFaults', leastTop: 10, format: perSecond },
  { name: 'disk', field: 'diskAccesses', leastTop: 10, format: perSecond },
  { name: 'network', field: 'networkFrames', leastTop: 10, format: perSecond },
];

/** The least of 1, 2 and 5 times a power of ten that is not below a value. */
export function roundTop(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((top) => top >= value * (1 - 1e-9)) ?? 10 * magnitude;
}
