/** What a region keeps in memory, in a record's place of the arena. Offsets in bytes. */
export const REGION_DATA = {
  /** u32: the STATE.regionKey under which it was found right; 0: none, or the region is no more. */
  key: 0,
  /** u32: times entered. */
  entries: 4,
  /** i64: instructions retired in it. */
  instructions: 8,
} as const;
