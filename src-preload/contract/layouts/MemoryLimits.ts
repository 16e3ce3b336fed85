/** Bytes that one search of memory looks for, or that one fill repeats. */
export const PATTERN_BYTES_MOST = 256;

/** What one fill or load of memory writes at most: a machine that records its run keeps it. */
export const WRITTEN_BYTES_MOST = 16 * 1024 * 1024;
/** Ranges of differences that a comparison tells one by one. */
export const DIFFERENCES_MOST = 10_000;
