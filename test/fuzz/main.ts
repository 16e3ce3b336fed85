import { parseArgs } from 'node:util';
import { disagreement } from '../support/engine/agreement.ts';
import { runHostile } from '../support/engine/hostileRun.ts';
import { MODE_NAMES } from '../support/engine/machineModes.ts';
import { allFeatures } from '../support/engine/randomModes.ts';
import { createTestMachine } from '../support/engine/TestMachine.ts';

/**
 * Runs random code for as long as wanted: `npm run fuzz -- --minutes 5 [--seed N] [--findings N]`. Prints each
 * finding with the seed that reproduces it, and exits with 1 when there was one.
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, findings: { type: 'string' } },
});
const minutes = Number(values.minutes ?? 1);
const mostFindings = Number(values.findings ?? 5);
const start = Number(values.seed ?? Date.now() % 1_000_000_000);
const end = Date.now() + minutes * 60_000;

const machine = createTestMachine({ ramBytes: 0x2_0000, features: allFeatures() });
const findings: string[] = [];
let seed = start;
for (; Date.now() < end && findings.length < mostFindings; seed++) {
  const mode = MODE_NAMES[seed % MODE_NAMES.length];
  const ingredients = (['vector', 'integer', 'system'] as const)[(seed >> 2) % 3];
  const found = [
    runHostile(machine, seed),
    seed % 4 === 0 ? disagreement(machine, { mode, seed, ingredients }, 600) : '',
  ];
  for (const text of found) {
    if (text === '') continue;
    findings.push(text);
    console.log(text);
  }
}
console.log(`${seed - start} programs from seed ${start}, ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;
