export interface TimeTick {
  readonly ms: number;
  readonly label: string;
}

/** Round moments of a range, at most about `most` of them. */
export function timeTicks(fromMs: number, toMs: number, most: number): TimeTick[] {
  const rough = (toMs - fromMs) / Math.max(1, most);
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((size) => size >= rough) ?? 10 * magnitude;
  const ticks: TimeTick[] = [];
  for (let ms = Math.ceil(fromMs / step) * step; ms <= toMs; ms += step) {
    const digits = step >= 1000 ? 0 : Math.max(0, Math.ceil(-Math.log10(step / 1000)));
    ticks.push({ ms, label: `${(ms / 1000).toFixed(digits)} s` });
  }
  return ticks;
}
