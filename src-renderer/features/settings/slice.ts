/** What the bridge accepts (src-preload/contract/application.ts), in milliseconds. */
export const SLICE_RANGE = { least: 1, most: 100 } as const;

/** A slice as typed, in milliseconds; undefined where it is none. */
export function parseSlice(text: string): number | undefined {
  const typed = text.trim();
  const value = Number(typed);
  return /^\d+$/.test(typed) && value >= SLICE_RANGE.least && value <= SLICE_RANGE.most ? value : undefined;
}
