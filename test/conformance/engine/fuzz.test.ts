import { describe, expect, test } from 'vitest';
import { runHostile } from '../../support/engine/hostileRun.ts';
import { allFeatures } from '../../support/engine/randomModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

/** For more: `npm run fuzz -- --minutes N`. */
const SECONDS = 8;
const FIRST_SEED = 1;
/** Programs that the engine once failed on. */
const FOUND: readonly number[] = [];

describe('random bytes as code, in every mode', () => {
  test('never break the engine, hang it or reach beyond their memory', { timeout: 60_000 }, () => {
    const machine = createTestMachine({ ramBytes: 0x2_0000, features: allFeatures() });
    const findings = FOUND.map((seed) => runHostile(machine, seed));
    const end = Date.now() + SECONDS * 1000;
    // The same programs every time; how many of them depends on the computer.
    for (let seed = FIRST_SEED; Date.now() < end; seed++) findings.push(runHostile(machine, seed));
    expect(findings.filter((text) => text !== '')).toEqual([]);
  });
});
