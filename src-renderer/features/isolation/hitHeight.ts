import type { ContainmentEntry } from '../../../src-preload/contract/observation.ts';

const PORTS = 0x1_0000;
const ADDRESS_SPACE = 2 ** 32;

/**
 * Where on its wall an attempt is drawn, 0 top .. 1 bottom. Ports and addresses keep their order, so that a guest
 * which sweeps them is seen to sweep; what has no place of its own lies where its instruction lies in memory.
 */
export function hitHeight(entry: ContainmentEntry, memoryBytes: number): number {
  if (entry.kind === 'unknown-port') return Math.min(1, entry.lastAddress / PORTS);
  if (entry.kind === 'outside-ram') {
    // Addresses just past the end of RAM are the likely ones: the logarithm gives them room.
    const beyond = Math.max(1, entry.lastAddress - memoryBytes);
    return Math.min(1, Math.log2(beyond) / Math.log2(ADDRESS_SPACE));
  }
  return entry.instructionAddress < 0 ? 0.5 : Math.min(1, entry.instructionAddress / memoryBytes);
}
