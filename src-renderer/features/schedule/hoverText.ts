import { pcpuListText } from '../../../src-preload/contract/layouts/PcpuList.ts';
import type { ExitKind } from '../../../src-preload/contract/layouts/ExitKinds.ts';
import type { TimeRange } from '../../ui/timeNavigation.ts';
import { momentText } from '../../ui/timeTicks.ts';
import { duration, grouped } from '../format/numbers.ts';
import { exitDetail } from './exitText.ts';
import { AXIS_HEIGHT, LABEL_WIDTH, LANE_HEIGHT, ROW_HEIGHT, rowsTop } from './laneLayout.ts';
import type { Band, Exit, ScheduleHistory, Slice } from './ScheduleHistory.ts';
import { EXACT_BELOW_MS, type BandRow } from './schedulePainter.ts';

type Translate = (key: string, values: Record<string, string | number>) => string;

interface Hovered {
  readonly history: ScheduleHistory;
  readonly range: TimeRange;
  readonly rows: readonly BandRow[];
  readonly wallOffsetMs: number;
}

/** Marks so close to the pointer are meant. */
const NEAR_PX = 3;
const KINDS_MOST = 5;

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
  let text = '';
  if (pcpu < history.pcpuCount) {
    const nameOf = (vm: string): string => rows.find(({ machine }) => machine.id === vm)?.machine.name ?? vm;
    history.eachSlice(at - msPerPixel, at + msPerPixel, (slice) => {
      if (slice.pcpu === pcpu) text = sliceText(slice, nameOf(slice.vm), wallOffsetMs, t);
    });
    return text;
  }
  const row = rows[Math.floor((pointer.y - rowsTop(history.pcpuCount)) / ROW_HEIGHT)];
  if (!row) return '';
  const isOfRow = ({ vm, vcpu }: { readonly vm: string; readonly vcpu: number }): boolean =>
    vm === row.machine.id && vcpu === row.vcpu;
  history.eachBand(at - msPerPixel, at + msPerPixel, (band) => {
    if (isOfRow(band)) text = bandText(band, row, t);
  });
  if (range.toMs - range.fromMs >= EXACT_BELOW_MS) return text;
  const near: Exit[] = [];
  history.eachExit(at - NEAR_PX * msPerPixel, at + NEAR_PX * msPerPixel, (exit) => {
    if (isOfRow(exit)) near.push({ ...exit });
  });
  return near.length > 0 ? exitsText(near, row.machine.name, wallOffsetMs, t) : text;
}

function sliceText(slice: Readonly<Slice>, name: string, wallOffsetMs: number, t: Translate): string {
  const lines = [
    t('schedule.sliceHover', {
      name,
      duration: duration(slice.endMs - slice.startMs),
      start: momentText(slice.startMs, wallOffsetMs),
    }),
  ];
  if (slice.waitedMs > 0) lines.push(t('schedule.waited', { duration: duration(slice.waitedMs) }));
  lines.push(t(`sliceEnd.${slice.end}`, {}));
  return lines.join('\n');
}

function bandText(band: Readonly<Band>, { machine }: BandRow, t: Translate): string {
  const times = { running: band.runMs, ready: band.readyMs, halted: band.haltedMs, capped: band.cappedMs };
  const parts = Object.entries(times)
    .filter(([, ms]) => ms > 0)
    .map(([activity, ms]) => `${t(`activity.${activity}`, {})}: ${duration(ms)}`);
  return [
    t('schedule.bandHover', { name: machine.name, duration: duration(band.endMs - band.startMs) }),
    ...parts,
    t('schedule.entitled', { duration: duration(band.entitledMs) }),
    ...(band.stolenMs > 0 ? [t('schedule.stolen', { duration: duration(band.stolenMs) })] : []),
    t('schedule.counted', { exits: grouped(band.exits), interrupts: grouped(band.interrupts) }),
    ...(machine.pcpus ? [t('schedule.pinned', { pcpus: pcpuListText(machine.pcpus) })] : []),
  ].join('\n');
}

/** By kinds, the most frequent first; where all of a kind are about the same port or vector, about which. */
function exitsText(exits: readonly Exit[], name: string, wallOffsetMs: number, t: Translate): string {
  const kinds = new Map<ExitKind, { times: number; detail: number }>();
  for (const { kind, times, detail } of exits) {
    const own = times === 1 ? detail : -1;
    const known = kinds.get(kind) ?? { times: 0, detail: own };
    kinds.set(kind, { times: known.times + times, detail: known.detail === own ? own : -1 });
  }
  const lines = [...kinds]
    .sort(([, a], [, b]) => b.times - a.times)
    .slice(0, KINDS_MOST)
    .map(([kind, { times, detail }]) =>
      [t(`exit.${kind}`, {}), exitDetail(kind, detail), times > 1 ? `× ${grouped(times)}` : '']
        .filter((part) => part !== '')
        .join(' '),
    );
  const startMs = Math.min(...exits.map((exit) => exit.startMs));
  return [t('schedule.exitsHover', { name, start: momentText(startMs, wallOffsetMs) }), ...lines].join('\n');
}
