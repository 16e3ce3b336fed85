import type { ContainmentEntry, ContainmentKind } from '../../../src-preload/contract/observation.ts';

const PORTS = 0x1_0000;
const ADDRESS_SPACE = 2 ** 32;

/** Attempts without a place beyond the machine: each kind has a height of its own. */
const HEIGHTS: Partial<Record<ContainmentKind, number>> = {
  'privileged-instruction': 0.35,
  spin: 0.5,
  'triple-fault': 0.65,
  'thread-died': 0.8,
};

/**
 * Where on its wall an attempt is drawn, 0 top .. 1 bottom. Ports and addresses keep their order, so that a guest
 * which sweeps them is seen to sweep.
 */
export function hitHeight(entry: ContainmentEntry, memoryBytes: number): number {
  if (entry.kind === 'unknown-port') return Math.min(1, entry.lastAddress / PORTS);
  if (entry.kind === 'outside-ram') {
    // Addresses just past the end of RAM are the likely ones: the logarithm gives them room.
    const beyond = Math.max(1, entry.lastAddress - memoryBytes);
    return Math.min(1, Math.log2(beyond) / Math.log2(ADDRESS_SPACE));
  }
  return HEIGHTS[entry.kind] ?? 0.5;
}
