import { expect, test } from 'vitest';
import { SLICE_ENDS, type ScheduleFrame } from '../../../src-preload/contract/layouts/ScheduleFrame.ts';
import { ScheduleHistory } from '../../../src-renderer/features/schedule/ScheduleHistory.ts';

function frame(changes: Partial<ScheduleFrame>): ScheduleFrame {
  return {
    atMs: 100,
    pcpuCount: 2,
    vms: ['vm-a', 'vm-b'],
    slices: new Float64Array(),
    bands: new Float64Array(),
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
      bands: Float64Array.of(0, 250, 0, 0, 200, 50, 0, 0, 180, 5),
    }),
  );
  const slices: number[] = [];
  history.eachSlice(6, 7, (slice) => slices.push(slice.startMs, slice.waitedMs));
  const bands: number[] = [];
  history.eachBand(300, 400, (band) => bands.push(band.runMs));
  expect(slices).toEqual([5, 2]);
  expect(bands).toEqual([]);
});
