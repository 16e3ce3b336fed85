import { Command } from 'commander';
import { disagreement, tierDisagreement } from '../support/engine/agreement.ts';
import { runHostile } from '../support/engine/hostileRun.ts';
import { runHostileGuest } from '../support/machine/hostileGuestRun.ts';
import { MODE_NAMES } from '../support/engine/machineModes.ts';
import { allFeatures } from '../support/engine/randomModes.ts';
import { Random } from '../support/engine/Random.ts';
import { placeRandomProgram } from '../support/engine/randomProgram.ts';
import { createTestMachine } from '../support/engine/TestMachine.ts';
import { wholeNumber } from '../support/wholeNumber.ts';

/** Runs random programs, or hostile guests, for as long as wanted. Exits with 1 when there was a finding. */
const options = new Command('fuzz')
  .description('Runs random code and compares the tiers; prints each finding with the seed that shows it again.')
  .option('--minutes <n>', 'how long', wholeNumber(0, 10_000), 1)
  .option('--seed <n>', 'where to begin (default: by the clock)', wholeNumber(0, 999_999_999))
  .option('--findings <n>', 'after how many findings to end', wholeNumber(1, 10_000), 5)
  .option('--devices', 'hostile traffic at the devices instead')
  .parse()
  .opts<{ minutes: number; seed?: number; findings: number; devices?: true }>();
const { minutes, findings: mostFindings, seed: start = Date.now() % 1_000_000_000 } = options;
const end = Date.now() + minutes * 60_000;

const RAM = { ramBytes: 0x2_0000, features: allFeatures() };
const machine = createTestMachine({ ...RAM, regionThreshold: 0 });
const regions = createTestMachine({ ...RAM, regionThreshold: 2 });

/** The same program, in the threaded tier and in regions. */
function betweenTiers(program: number): string {
  const mode = MODE_NAMES[program % MODE_NAMES.length];
  const ingredients = (['vector', 'integer', 'system'] as const)[(program >> 2) % 3];
  const counts = [1, 2, 3].map((index) => new Random(program + index).below(2000) + 1);
  const found = tierDisagreement(
    machine,
    regions,
    (one) => placeRandomProgram(one, mode, new Random(program), ingredients),
    counts,
  );
  return found === '' ? '' : `${ingredients} program ${program} in ${mode}, in two tiers: ${found}`;
}

function randomCode(program: number): readonly string[] {
  const mode = MODE_NAMES[program % MODE_NAMES.length];
  const ingredients = (['vector', 'integer', 'system'] as const)[(program >> 2) % 3];
  return [
    runHostile(program % 2 === 0 ? machine : regions, program),
    program % 4 === 0 ? disagreement(machine, { mode, seed: program, ingredients }, 600) : '',
    program % 4 === 2 ? betweenTiers(program) : '',
  ];
}

const findings: string[] = [];
let seed = start;
for (; Date.now() < end && findings.length < mostFindings; seed++) {
  const found = options.devices ? [runHostileGuest(seed)] : randomCode(seed);
  for (const text of found) {
    if (text === '') continue;
    findings.push(text);
    console.log(text);
  }
}
console.log(`${seed - start} programs from seed ${start}, ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;
