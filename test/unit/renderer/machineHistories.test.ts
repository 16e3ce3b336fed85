import { expect, test } from 'vitest';
import { HISTORY_FIELDS, type HistoryField } from '../../../src-preload/contract/layouts/HistoryFrame.ts';
import { tableOf } from '../../../src-renderer/features/history/chartFiles.ts';
import { roundTop } from '../../../src-renderer/features/history/charts.ts';
import { MachineHistories } from '../../../src-renderer/features/history/MachineHistories.ts';

type Sample = Partial<Record<HistoryField, number>>;

function historiesOf(...frames: { readonly vms: string[]; readonly samples: Sample[] }[]): MachineHistories {
  const histories = new MachineHistories();
  for (const { vms, samples } of frames)
    histories.apply({
      atMs: samples.at(-1)?.atMs ?? 0,
      vms,
      samples: Float64Array.from(samples.flatMap((sample) => HISTORY_FIELDS.map((field) => sample[field] ?? 0))),
    });
  return histories;
}

function seen(histories: MachineHistories, vm: string, fromMs: number, toMs: number): [number, number][] {
  const values: [number, number][] = [];
  histories.each(vm, 'mips', fromMs, toMs, (atMs, value) => values.push([atMs, value]));
  return values;
}

test('samples stay with their machine when a later frame numbers machines anew', () => {
  const histories = historiesOf(
    {
      vms: ['a', 'b'],
      samples: [
        { atMs: 1, vm: 0, mips: 10 },
        { atMs: 1, vm: 1, mips: 20 },
      ],
    },
    { vms: ['b'], samples: [{ atMs: 2, vm: 0, mips: 21 }] },
  );
  expect(seen(histories, 'a', 0, 9)).toEqual([[1, 10]]);
  expect(seen(histories, 'b', 0, 9)).toEqual([
    [1, 20],
    [2, 21],
  ]);
});

test('a range brings its neighbours too, so that lines reach its edges', () => {
  const samples = [1, 2, 3, 4, 5].map((atMs) => ({ atMs, vm: 0, mips: atMs }));
  expect(seen(historiesOf({ vms: ['a'], samples }), 'a', 2.5, 3.5).map(([atMs]) => atMs)).toEqual([2, 3, 4]);
});

test('where a machine was off it has no value', () => {
  const histories = historiesOf({
    vms: ['a'],
    samples: [
      { atMs: 1000, vm: 0, mips: 1 },
      { atMs: 9000, vm: 0, mips: 2 },
    ],
  });
  expect(histories.valueAt('a', 'mips', 900)).toBe(1);
  expect(histories.valueAt('a', 'mips', 4000)).toBeUndefined();
  expect(histories.valueAt('a', 'mips', 9500)).toBeUndefined();
  expect(histories.valueAt('gone', 'mips', 900)).toBeUndefined();
});

test('a table has a line for each sample of the range, and names that a spreadsheet takes for names', () => {
  const samples = [0, 250, 500].map((atMs) => ({ atMs, vm: 0, mips: 12.5, exits: 3 }));
  const machines = [{ id: 'a', name: '=SUM(1), "x"', colour: 0 }];
  const table = tableOf(historiesOf({ vms: ['a'], samples }), machines, { fromMs: 200, toMs: 500 }, 0);
  expect(table.split('\r\n')).toEqual([
    'time,machine,receivedShare,entitledShare,mips,exits,interrupts,pageFaults,diskAccesses,networkFrames',
    '1970-01-01T00:00:00.250Z,"\'=SUM(1), ""x""",0,0,12.5,3,0,0,0,0',
    '1970-01-01T00:00:00.500Z,"\'=SUM(1), ""x""",0,0,12.5,3,0,0,0,0',
    '',
  ]);
});

test.each([
  [1, 1],
  [1.2, 2],
  [37, 50],
  [500, 500],
  [501, 1000],
])('the edge above %d is %d', (value, top) => {
  expect(roundTop(value)).toBe(top);
});
