/** What the bridge accepts (src-preload/contract/application.ts), in MiB. */
export const MEMORY_LIMIT_RANGE = { least: 16, most: 16_777_216 } as const;

/** A limit as typed: in MiB; null, the usual one, where nothing is; undefined where it is no limit. */
export function parseMemoryLimit(text: string): number | null | undefined {
  const typed = text.trim();
  if (typed === '') return null;
  const value = Number(typed);
  const isLimit = /^\d+$/.test(typed) && value >= MEMORY_LIMIT_RANGE.least && value <= MEMORY_LIMIT_RANGE.most;
  return isLimit ? value : undefined;
}
