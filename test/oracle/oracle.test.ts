import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeCase, mismatchOf } from './compare.ts';
import { OracleMachine } from './OracleMachine.ts';
import { decodeRecording, type RecordedCase } from './Recording.ts';
import { INCOMPARABLE, ROW_GROUPS, comparableRows } from './rows.ts';
import { flagFlow } from './sequences/flagFlow.ts';

/** Differences are shown up to this many. */
const MOST_SHOWN = 25;
/** Compiling takes its time: of each encoding, and of sequences, that many cases run in regions. */
const IN_REGIONS = { float: 6, others: 2, sequences: 250 } as const;

describe.each(ROW_GROUPS)("the host processor's recording of $name instructions", (group) => {
  const recorded = recordingOf(group.name);

  test('covers every encoding of user mode', () => {
    const cases = new Map<string, number>();
    for (const { given } of recorded) cases.set(given.row, (cases.get(given.row) ?? 0) + 1);
    const rows = comparableRows(group);
    const missing = rows.filter(({ name }) => !cases.has(name)).map(({ name }) => name);
    const left = group.rows.filter((row) => !rows.includes(row)).map(({ name }) => name);
    const fewest = rows.reduce((least, { name }) => Math.min(least, cases.get(name) ?? 0), Infinity);
    console.log(
      `${group.name}: ${rows.length - missing.length} of ${rows.length} encodings, ${recorded.length} cases, ` +
        `at least ${fewest} each; not comparable: ${left.join(', ')} (${Object.keys(INCOMPARABLE).length} mnemonics)`,
    );
    expect(missing, 'encodings without a case: npm run oracle:record').toEqual([]);
  });

  test('is what the engine makes of the same state', { timeout: 300_000 }, () => {
    expect(mismatchesIn(recorded)).toEqual([]);
  });

  test('with sequences of them is, too', { timeout: 300_000 }, () => {
    const sequences = recordingOf(`${group.name}-sequences`);
    const instructions = sequences.reduce((sum, { given }) => sum + flagFlow(given.bytes).instructionCount, 0);
    console.log(`${group.name}: ${sequences.length} sequences of ${instructions} instructions`);
    expect(sequences.length, 'npm run oracle:record').toBeGreaterThan(0);
    expect(mismatchesIn(sequences)).toEqual([]);
  });

  test('is what regions make of them from the first execution on', { timeout: 300_000 }, () => {
    const each = group.name === 'float' ? IN_REGIONS.float : IN_REGIONS.others;
    const chosen = [
      ...someOfEachRow(recorded, each),
      ...recordingOf(`${group.name}-sequences`).slice(-IN_REGIONS.sequences),
    ];
    const machine = new OracleMachine(1);
    expect(mismatchesIn(chosen, machine)).toEqual([]);
    expect(machine.instructionsInRegions).toBeGreaterThan(chosen.length / 2);
  });
});

/** The last cases of each row, which are the random ones. */
function someOfEachRow(recorded: readonly RecordedCase[], each: number): RecordedCase[] {
  const byRow = new Map<string, RecordedCase[]>();
  for (const one of recorded) byRow.set(one.given.row, [...(byRow.get(one.given.row) ?? []).slice(1 - each), one]);
  return [...byRow.values()].flat();
}

function recordingOf(name: string): RecordedCase[] {
  const file = path.resolve(`test/oracle/recordings/${name}.bin.gz`);
  return existsSync(file) ? decodeRecording(readFileSync(file)) : [];
}

function mismatchesIn(recorded: readonly RecordedCase[], machine = new OracleMachine()): string[] {
  const mismatches: string[] = [];
  for (const recordedCase of recorded) {
    const mismatch = mismatchOf(machine, recordedCase);
    if (mismatch !== '') mismatches.push(`${describeCase(recordedCase.given)}: ${mismatch}`);
  }
  return mismatches.slice(0, MOST_SHOWN);
}
