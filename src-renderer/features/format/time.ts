/** `23 Nov 2026, 14:05:09`, in the order of the language. */
export function dayAndTime(epochMs: number, locale: string): string {
  return new Date(epochMs).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** Wall-clock time of day, to the millisecond. */
export function clockTime(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
