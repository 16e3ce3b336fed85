/** Keys that lead to a place in a plain value, from its root. */
export type Place = readonly (string | number)[];

/** Every place in a plain value that holds something else than a list or a record of others. */
export function leavesOf(value: unknown, place: Place = []): Place[] {
  if (value === null || typeof value !== 'object') return [place];
  const entries = Object.entries(value);
  return entries.length === 0 ? [place] : entries.flatMap(([key, each]) => leavesOf(each, [...place, key]));
}

export function put(value: unknown, place: Place, wrong: unknown): void {
  let at = value as Record<string, unknown>; // A place leads through records and lists only.
  for (const key of place.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[place.at(-1) ?? ''] = wrong;
}
