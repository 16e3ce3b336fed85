import { expect, test } from 'vitest';
import { BAND_FIELDS, type ScheduleFrame } from '../../../../src-preload/contract/layouts/ScheduleFrame.ts';
import { ShareWindow } from '../../../../src-renderer/features/tours/ShareWindow.ts';

/** Quarters of a second up to `atMs`, in which `a` ran for so long and lost so much of it to the host; `b` ran for the rest. */
function frame(atMs: number, runMs: number, stolenMs = 0): ScheduleFrame {
  const band = (vm: number, ran: number, stolen: number): number[] => {
    const values: Partial<Record<string, number>> = {
      startMs: atMs - 250,
      endMs: atMs,
      vm,
      runMs: ran,
      stolenMs: stolen,
    };
    return BAND_FIELDS.map((field) => values[field] ?? 0);
  };
  const bands = new Float64Array([...band(0, runMs, stolenMs), ...band(1, 250 - runMs, 0)]);
  return { atMs, pcpuCount: 1, vms: ['a', 'b'], slices: new Float64Array(), bands, exits: new Float64Array(), lost: 0 };
}

test('a share is of the time that was observed', () => {
  const shares = new ShareWindow();
  shares.add(frame(1000, 200));
  shares.add(frame(1250, 100));
  expect(shares.of('a')).toBeCloseTo(0.6);
  expect(shares.of('b')).toBeCloseTo(0.4);
  expect(shares.of('somebody else')).toBe(0);
});

test('what the host took is nobody’s', () => {
  const shares = new ShareWindow();
  shares.add(frame(1000, 200, 150));
  expect(shares.of('a')).toBeCloseTo(0.2);
});

test('what lies back more than two seconds no longer counts', () => {
  const shares = new ShareWindow();
  shares.add(frame(1000, 250));
  for (let atMs = 1250; atMs <= 3250; atMs += 250) shares.add(frame(atMs, 0));
  expect(shares.of('a')).toBe(0);
});

test('before anything was observed there is no share', () => {
  expect(new ShareWindow().of('a')).toBe(0);
});
