export interface TimeTick {
  readonly ms: number;
  readonly label: string;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
/** Steps of a second and more. */
const LONG_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].map((seconds) => seconds * SECOND_MS);

/**
 * Round moments of a range, at most about `most` of them. They are round and named by the wall's clock: `17:52:30`, and
 * below a second the seconds of the minute, `30.1254`.
 *
 * @param wallOffsetMs what the wall's clock is ahead of the range's
 */
export function timeTicks(fromMs: number, toMs: number, most: number, wallOffsetMs: number): TimeTick[] {
  const stepMs = stepOf((toMs - fromMs) / Math.max(1, most));
  const digits = Math.max(0, Math.ceil(-Math.log10(stepMs / SECOND_MS) - 1e-9));
  const ticks: TimeTick[] = [];
  // Counted in steps: adding up microseconds to a time since 1970 would lose them.
  const first = Math.ceil((fromMs + wallOffsetMs) / stepMs);
  const last = Math.floor((toMs + wallOffsetMs) / stepMs);
  for (let count = first; count <= last; count++) {
    const wallMs = count * stepMs;
    ticks.push({
      ms: wallMs - wallOffsetMs,
      label: stepMs >= SECOND_MS ? clockText(wallMs) : secondText(wallMs, digits),
    });
  }
  return ticks;
}

function stepOf(roughMs: number): number {
  const long = LONG_STEPS_MS.find((step) => step >= roughMs);
  if (roughMs > SECOND_MS / 2) return long ?? LONG_STEPS_MS.at(-1) ?? SECOND_MS;
  const magnitude = 10 ** Math.floor(Math.log10(roughMs));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((step) => step >= roughMs) ?? 10 * magnitude;
}

function clockText(wallMs: number): string {
  const at = new Date(wallMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

function secondText(wallMs: number, digits: number): string {
  return ((wallMs % MINUTE_MS) / SECOND_MS).toFixed(digits).padStart(digits + 3, '0');
}

/** What the wall's clock is ahead of main's: good to some milliseconds, and the same for the life of the page. */
export function wallOffsetOf(mainNowMs: number): number {
  return Date.now() - mainNowMs;
}

/** A moment to the microsecond, by the wall's clock: `17:52:30.125400`. */
export function momentText(ms: number, wallOffsetMs: number): string {
  const wallMs = ms + wallOffsetMs;
  const fraction = ((wallMs % SECOND_MS) / SECOND_MS).toFixed(6);
  return `${clockText(wallMs)}${fraction.slice(1)}`;
}
