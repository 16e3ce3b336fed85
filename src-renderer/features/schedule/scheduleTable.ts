import type { TimeRange } from '../../ui/timeNavigation.ts';
import { csvText } from '../format/csv.ts';
import { exitDetail } from './exitText.ts';
import type { ScheduleHistory } from './ScheduleHistory.ts';

const COLUMNS = ['time', 'machine', 'vcpu', 'event', 'duration_us', 'pcpu', 'waited_us', 'times', 'detail'];

/**
 * What is known of a range as a table: slices, named for what ended them, and exits and interrupts by their kinds, in the
 * order of their beginnings. Times are UTC, to the microsecond.
 */
export function scheduleTable(
  history: ScheduleHistory,
  { fromMs, toMs }: TimeRange,
  nameOf: (vm: string) => string,
  wallOffsetMs: number,
): string {
  const events: { readonly atMs: number; readonly cells: readonly string[] }[] = [];
  const add = (atMs: number, cells: readonly string[]): void => {
    events.push({ atMs, cells: [isoMicroseconds(atMs + wallOffsetMs), ...cells] });
  };
  history.eachSlice(fromMs, toMs, ({ startMs, endMs, pcpu, vm, vcpu, end, waitedMs }) =>
    add(startMs, [
      nameOf(vm),
      String(vcpu),
      `slice:${end}`,
      microseconds(endMs - startMs),
      String(pcpu),
      microseconds(waitedMs),
      '1',
      '',
    ]),
  );
  history.eachExit(fromMs, toMs, ({ startMs, endMs, vm, vcpu, kind, times, detail }) =>
    add(startMs, [
      nameOf(vm),
      String(vcpu),
      kind,
      microseconds(endMs - startMs),
      '',
      '',
      String(times),
      exitDetail(kind, detail),
    ]),
  );
  events.sort((a, b) => a.atMs - b.atMs);
  return csvText([COLUMNS, ...events.map(({ cells }) => cells)]);
}

function microseconds(ms: number): string {
  return String(Math.round(ms * 1000));
}

/** `2026-03-04T17:52:30.125400Z`; a Date knows milliseconds only. */
function isoMicroseconds(wallMs: number): string {
  const whole = Math.floor(wallMs);
  const rest = Math.min(999, Math.floor((wallMs - whole) * 1000));
  return new Date(whole).toISOString().replace('Z', `${String(rest).padStart(3, '0')}Z`);
}
