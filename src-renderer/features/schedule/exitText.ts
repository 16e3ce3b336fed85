import type { ExitKind } from '../../../src-preload/contract/layouts/ExitKinds.ts';
import { prefixedHex } from '../format/numbers.ts';

/** Digits of what an exit of a kind is about: a port, a vector, a physical address. */
const DETAIL_DIGITS: Partial<Record<ExitKind, number>> = {
  pio: 2,
  mmio: 8,
  interrupt: 2,
  exception: 2,
  softwareInterrupt: 2,
  shutdown: 2,
};

/** `0x60`; empty where there is nothing more to say. */
export function exitDetail(kind: ExitKind, detail: number): string {
  const digits = DETAIL_DIGITS[kind];
  return digits === undefined || detail < 0 ? '' : prefixedHex(detail, digits);
}
