import { duration } from '../format/numbers.ts';
import type { ScheduleHistory } from './ScheduleHistory.ts';
import {
  AXIS_HEIGHT,
  BAND_HEIGHT,
  GROUP_GAP,
  LABEL_WIDTH,
  LANE_HEIGHT,
  type BandRow,
  type TimeRange,
} from './schedulePainter.ts';

type Translate = (key: string, values: Record<string, string | number>) => string;

/** The numbers of what lies under the pointer; empty when nothing does. */
export function hoverText(
  history: ScheduleHistory,
  range: TimeRange,
  rows: readonly BandRow[],
  pointer: { readonly x: number; readonly y: number },
  width: number,
  t: Translate,
): string {
  if (pointer.x < LABEL_WIDTH || pointer.y < AXIS_HEIGHT) return '';
  const msPerPixel = (range.toMs - range.fromMs) / (width - LABEL_WIDTH);
  const at = range.fromMs + (pointer.x - LABEL_WIDTH) * msPerPixel;
  const pcpu = Math.floor((pointer.y - AXIS_HEIGHT) / LANE_HEIGHT);
  let text = '';
  if (pcpu < history.pcpuCount) {
    history.eachSlice(at - msPerPixel, at + msPerPixel, (slice) => {
      if (slice.pcpu !== pcpu) return;
      const name = rows.find(({ machine }) => machine.id === slice.vm)?.machine.name ?? slice.vm;
      const values = {
        name,
        duration: duration(slice.endMs - slice.startMs),
        start: (slice.startMs / 1000).toFixed(4),
      };
      text = `${t('schedule.sliceHover', values)}\n${t(`sliceEnd.${slice.end}`, {})}`;
    });
    return text;
  }
  const top = AXIS_HEIGHT + history.pcpuCount * LANE_HEIGHT + GROUP_GAP;
  const row = rows[Math.floor((pointer.y - top) / BAND_HEIGHT)];
  if (!row) return '';
  history.eachBand(at - msPerPixel, at + msPerPixel, (band) => {
    if (band.vm !== row.machine.id || band.vcpu !== row.vcpu) return;
    const times = { running: band.runMs, ready: band.readyMs, halted: band.haltedMs, capped: band.cappedMs };
    const parts = Object.entries(times)
      .filter(([, ms]) => ms > 0)
      .map(([activity, ms]) => `${t(`activity.${activity}`, {})}: ${duration(ms)}`);
    text = [
      t('schedule.bandHover', { name: row.machine.name, duration: duration(band.endMs - band.startMs) }),
      ...parts,
    ].join('\n');
  });
  return text;
}
