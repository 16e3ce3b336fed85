import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { Handlers } from '../handlers.ts';
import type { MemoryComparisons } from './MemoryComparisons.ts';
import type { MemoryRanges } from './MemoryRanges.ts';
import type { MemorySearches } from './MemorySearches.ts';

type MemoryCall = Exclude<Extract<CallName, `memory:${string}`>, `memory:pick${string}`>;

/** Machines' memory, beside reading and writing, which are the debugger's. Files are chosen by dialog, or on the command line. */
export function memoryHandlers(
  searches: MemorySearches,
  comparisons: MemoryComparisons,
  ranges: MemoryRanges,
): Handlers<MemoryCall> {
  return {
    'memory:search': ({ id, ...search }) => searches.search(id, search),
    'memory:compare': ({ id, with: compared }) => comparisons.compare(id, compared),
    'memory:compared': ({ id, with: compared, address, length }) => comparisons.bytes(id, compared, address, length),
    'memory:fill': ({ length, pattern, ...place }) => ranges.fill(place, length, pattern),
    'memory:save': ({ length, token, ...place }) => ranges.save(place, length, token),
    'memory:load': ({ token, ...place }) => ranges.load(place, token),
  };
}
