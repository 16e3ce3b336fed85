import { expect, test } from 'vitest';
import { EXIT_KINDS } from '../../../src-preload/contract/layouts/ExitKinds.ts';
import { SLICE_ENDS, type ScheduleFrame } from '../../../src-preload/contract/layouts/ScheduleFrame.ts';
import { markHeight, rateHeight } from '../../../src-renderer/features/schedule/eventPainter.ts';
import { ScheduleHistory } from '../../../src-renderer/features/schedule/ScheduleHistory.ts';
import { scheduleTable } from '../../../src-renderer/features/schedule/scheduleTable.ts';

function frame(changes: Partial<ScheduleFrame>): ScheduleFrame {
  return {
    atMs: 100,
    pcpuCount: 2,
    vms: ['vm-a', 'vm-b'],
    slices: new Float64Array(),
    bands: new Float64Array(),
    exits: new Float64Array(),
    lost: 0,
    ...changes,
  };
}

test('slices keep their machine when a later frame numbers machines anew', () => {
  const history = new ScheduleHistory();
  history.apply(frame({ slices: Float64Array.of(0, 5, 0, 1, 0, SLICE_ENDS.indexOf('halt'), 0) }));
  history.apply(frame({ vms: ['vm-b'], slices: Float64Array.of(5, 9, 0, 0, 0, SLICE_ENDS.indexOf('slice'), 0) }));
  const seen: string[] = [];
  history.eachSlice(0, 10, (slice) => seen.push(`${slice.vm} ${slice.startMs}-${slice.endMs} ${slice.end}`));
  expect(seen).toEqual(['vm-b 0-5 halt', 'vm-b 5-9 slice']);
});

test('only slices and bands that touch the range are visited', () => {
  const history = new ScheduleHistory();
  history.apply(
    frame({
      slices: Float64Array.of(0, 5, 0, 0, 0, 0, 0, 5, 10, 0, 1, 0, 0, 2),
      bands: Float64Array.of(0, 250, 0, 0, 200, 50, 0, 0, 180, 5, 0, 0),
    }),
  );
  const slices: number[] = [];
  history.eachSlice(6, 7, (slice) => slices.push(slice.startMs, slice.waitedMs));
  const bands: number[] = [];
  history.eachBand(300, 400, (band) => bands.push(band.runMs));
  expect(slices).toEqual([5, 2]);
  expect(bands).toEqual([]);
});

test('exits that overlap the range are visited, those too that came a little later than others that ended after them', () => {
  const history = new ScheduleHistory();
  const pio = EXIT_KINDS.indexOf('pio');
  history.apply(
    frame({
      exits: Float64Array.of(
        ...[1, 1, 0, 0, pio, 1, 0x60],
        ...[4, 6, 0, 0, pio, 40, 0x61],
        ...[7, 7, 1, 0, pio, 1, 0x62],
        ...[5.5, 5.8, 0, 0, pio, 3, 0x63],
        ...[9, 9, 0, 0, pio, 1, 0x64],
      ),
    }),
  );
  const seen: string[] = [];
  history.eachExit(5.7, 7, ({ vm, kind, times, detail }) => seen.push(`${vm} ${kind} ${times} ${detail.toString(16)}`));
  expect(seen).toEqual(['vm-a pio 40 61', 'vm-b pio 1 62', 'vm-a pio 3 63']);
});

test('the table of a range has slices and exits in the order of their beginnings, to the microsecond', () => {
  const history = new ScheduleHistory();
  history.apply(
    frame({
      slices: Float64Array.of(1, 5.25, 1, 0, 0, SLICE_ENDS.indexOf('halt'), 0.5),
      exits: Float64Array.of(
        ...[2.0625, 2.0625, 0, 0, EXIT_KINDS.indexOf('interrupt'), 1, 8],
        ...[3, 3.5, 0, 0, EXIT_KINDS.indexOf('cpuid'), 9, -1],
      ),
    }),
  );
  expect(scheduleTable(history, { fromMs: 0, toMs: 10 }, () => '=a', 1000).split('\r\n')).toEqual([
    'time,machine,vcpu,event,duration_us,pcpu,waited_us,times,detail',
    "1970-01-01T00:00:01.001000Z,'=a,0,slice:halt,4250,1,500,1,",
    "1970-01-01T00:00:01.002062Z,'=a,0,interrupt,0,,,1,0x08",
    "1970-01-01T00:00:01.003000Z,'=a,0,cpuid,500,,,9,",
    '',
  ]);
});

test.each([
  [0, 0],
  [0.3, 3],
  [1, 4],
  [12, 5],
  [700, 6],
  [1e9, 6],
])('a mark for %d events is %d pixels tall', (count, height) => {
  expect(markHeight(count)).toBe(height);
});

test.each([
  [0, 0],
  [0.5, 1],
  [18, 2],
  [8500, 4],
  [1e9, 6],
])('in a longer span, %d events a second are %d pixels', (perSecond, height) => {
  expect(rateHeight(perSecond)).toBe(height);
});
