import { pcpuListText } from '../../../src-preload/contract/layouts/PcpuList.ts';
import type { TimeRange } from '../../ui/timeNavigation.ts';
import { momentText } from '../../ui/timeTicks.ts';
import { duration } from '../format/numbers.ts';
import type { ScheduleHistory, Slice } from './ScheduleHistory.ts';
import { AXIS_HEIGHT, BAND_HEIGHT, GROUP_GAP, LABEL_WIDTH, LANE_HEIGHT, type BandRow } from './schedulePainter.ts';

type Translate = (key: string, values: Record<string, string | number>) => string;

interface Hovered {
  readonly history: ScheduleHistory;
  readonly range: TimeRange;
  readonly rows: readonly BandRow[];
  readonly wallOffsetMs: number;
}

/** The numbers of what lies under the pointer; empty when nothing does. */
export function hoverText(
  { history, range, rows, wallOffsetMs }: Hovered,
  pointer: { readonly x: number; readonly y: number },
  width: number,
  t: Translate,
): string {
  if (pointer.x < LABEL_WIDTH || pointer.y < AXIS_HEIGHT) return '';
  const msPerPixel = (range.toMs - range.fromMs) / (width - LABEL_WIDTH);
  const at = range.fromMs + (pointer.x - LABEL_WIDTH) * msPerPixel;
  const pcpu = Math.floor((pointer.y - AXIS_HEIGHT) / LANE_HEIGHT);
  const nameOf = (vm: string): string => rows.find(({ machine }) => machine.id === vm)?.machine.name ?? vm;
  const sliceText = (slice: Readonly<Slice>): string => {
    const lines = [
      t('schedule.sliceHover', {
        name: nameOf(slice.vm),
        duration: duration(slice.endMs - slice.startMs),
        start: momentText(slice.startMs, wallOffsetMs),
      }),
    ];
    if (slice.waitedMs > 0) lines.push(t('schedule.waited', { duration: duration(slice.waitedMs) }));
    lines.push(t(`sliceEnd.${slice.end}`, {}));
    return lines.join('\n');
  };
  let text = '';
  if (pcpu < history.pcpuCount) {
    history.eachSlice(at - msPerPixel, at + msPerPixel, (slice) => {
      if (slice.pcpu === pcpu) text = sliceText(slice);
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
      t('schedule.entitled', { duration: duration(band.entitledMs) }),
      ...(band.stolenMs > 0 ? [t('schedule.stolen', { duration: duration(band.stolenMs) })] : []),
      ...(row.machine.pcpus ? [t('schedule.pinned', { pcpus: pcpuListText(row.machine.pcpus) })] : []),
    ].join('\n');
  });
  return text;
}
