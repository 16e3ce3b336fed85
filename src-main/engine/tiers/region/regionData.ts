/** What a region keeps in memory, in a record's place of the arena. Offsets in bytes. */
export const REGION_DATA = {
  /** u32: the STATE.regionKey under which it was found right; 0: none, or the region is no more. */
  key: 0,
  /** u32: times entered. */
  entries: 4,
  /** i64: instructions retired in it. */
  instructions: 8,
  /** u32: times that it was not entered, since what it assumes did not hold. */
  refusals: 16,
  /** u32 for each of LEAVE_CAUSES: times left. */
  exits: 20,
  size: 64,
} as const;

/**
 * Why a region is left: for code that is not part of it (a known target; one that an indirect jump or a return found
 * at run time), with its budget spent, for a memory access that the threaded tier has to make (devices, page
 * crossings, code, page faults), with an exception of its own, or behind an instruction done by its handler.
 */
export const LEAVE_CAUSES = ['jump', 'indirect', 'budget', 'memory', 'exception', 'handler'] as const;
export type LeaveCause = (typeof LEAVE_CAUSES)[number];
