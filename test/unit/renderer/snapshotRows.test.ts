import { expect, test } from 'vitest';
import type { Snapshot } from '../../../src-preload/contract/snapshots.ts';
import { nextName, snapshotRows } from '../../../src-renderer/features/snapshots/snapshotRows.ts';

function snapshot(id: string, parent: string | null): Snapshot {
  return {
    id,
    parent,
    name: id,
    notes: '',
    isPaused: false,
    takenAt: 0,
    instructions: 0,
    hasThumbnail: false,
    storedBytes: 0,
  };
}

/** `name` indented by its depth; `>` begins a side line, `|` goes on below, `*` stands for the present state. */
function drawn(current: string | null, entries: Snapshot[]): string[] {
  return snapshotRows({ current, entries }, true).map(
    ({ snapshot: row, depth, isContinued, isBranch }) =>
      `${' '.repeat(depth)}${isBranch ? '>' : ''}${row?.id ?? '*'}${isContinued ? '|' : ''}`,
  );
}

test('snapshots one after the other stay one line, with the present state at its end', () => {
  expect(drawn('b', [snapshot('a', null), snapshot('b', 'a')])).toEqual(['a|', 'b|', '*']);
});

test('where ways part, the newest stays in line and the others leave it', () => {
  const entries = [snapshot('a', null), snapshot('b', 'a'), snapshot('c', 'b'), snapshot('d', 'a')];
  expect(drawn('d', entries)).toEqual(['a|', ' >b|', ' c', 'd|', '*']);
  expect(drawn('a', entries)).toEqual(['a|', ' >b|', ' c', ' >d', '*']);
});

test('roots stand side by side, and a machine from power-on has none', () => {
  expect(drawn(null, [snapshot('a', null), snapshot('b', null)])).toEqual(['a', 'b', '*']);
  expect(drawn(null, [])).toEqual(['*']);
});

test('lines that pass by are known for each row between', () => {
  const entries = [snapshot('a', null), snapshot('b', 'a'), snapshot('c', 'b')];
  const rows = snapshotRows({ current: 'a', entries }, true);
  expect(rows.map(({ passing }) => passing)).toEqual([[], [0], [0], []]);
});

test('a name that is taken is not proposed', () => {
  const entries = [{ ...snapshot('a', null), name: 'Snapshot 2' }];
  expect(nextName(entries, (number) => `Snapshot ${number}`)).toBe('Snapshot 3');
});
