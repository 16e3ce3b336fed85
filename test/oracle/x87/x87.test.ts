import { describe, expect, test } from 'vitest';
import { difference } from './differences.ts';
import { rows } from './InstructionCase.ts';
import { RESULT_BYTES, runNatively } from './nativeInstructions.ts';
import { buildNative } from './record.ts';
import { casesOf, readRecording } from './recording.ts';
import { compareRoutine } from './routineComparison.ts';
import { OPERATIONS } from './routineCases.ts';
import { X87Machine } from './X87Machine.ts';

/** Differences are shown up to this many. */
const MOST_SHOWN = 20;

/** How many random cases to run on this computer's own processor as well; wants gcc with 32-bit libraries. */
const NATIVE_CASES = Number(process.env['VIVARIUM_X87_CASES'] ?? 0);

/** Of the recorded cases, one in so many runs in regions. */
const ONE_IN_REGIONS = 17;

interface HowToRun {
  readonly isRecorded?: boolean;
  readonly machine?: X87Machine;
  /** Each so many-th case. */
  readonly stride?: number;
}

function mismatches(
  given: ReturnType<typeof casesOf>,
  results: Uint8Array,
  { isRecorded = false, machine = new X87Machine(), stride = 1 }: HowToRun = {},
): string[] {
  const found: string[] = [];
  given.forEach((one, index) => {
    if (index % stride !== 0) return;
    const expected = results.subarray(index * RESULT_BYTES, (index + 1) * RESULT_BYTES);
    const text = difference(one, expected, machine.run(one), isRecorded);
    if (text !== '') found.push(`${one.row.name} case ${index}: ${text}`);
  });
  return found;
}

test('every x87 instruction leaves what the host processor left, to the last bit', { timeout: 120_000 }, () => {
  const { given, results } = readRecording();
  expect(new Set(given.map(({ row }) => row.name)).size).toBe(rows.length);
  expect(mismatches(given, results, { isRecorded: true }).slice(0, MOST_SHOWN)).toEqual([]);
});

test('regions leave the same', { timeout: 120_000 }, () => {
  const { given, results } = readRecording();
  const machine = new X87Machine(1);
  const found = mismatches(given, results, { isRecorded: true, machine, stride: ONE_IN_REGIONS });
  expect(found.slice(0, MOST_SHOWN)).toEqual([]);
  expect(machine.instructionsInRegions).toBeGreaterThan(given.length / ONE_IN_REGIONS / 2);
});

describe.skipIf(NATIVE_CASES === 0)("on this computer's own processor", () => {
  const seed = Date.now() & 0x7fff_ffff;

  test(`instructions, seed ${seed}`, { timeout: 3_600_000 }, () => {
    const program = buildNative('instructions');
    for (const row of rows) {
      const given = casesOf(row, Math.ceil(NATIVE_CASES / rows.length), seed);
      expect(mismatches(given, runNatively(program, given)).slice(0, MOST_SHOWN)).toEqual([]);
    }
  });

  test.each(OPERATIONS.map(({ name }, index) => ({ name, index })))(
    `$name, seed ${seed}`,
    { timeout: 3_600_000 },
    ({ index }) => {
      expect(compareRoutine(buildNative('routines'), index, NATIVE_CASES, seed).slice(0, MOST_SHOWN)).toEqual([]);
    },
  );
});
