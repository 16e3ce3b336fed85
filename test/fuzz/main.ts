import { Command } from 'commander';
import { disagreement, tierDisagreement } from '../support/engine/agreement.ts';
import { runHostile } from '../support/engine/hostileRun.ts';
import { runHostileGuest } from '../support/machine/hostileGuestRun.ts';
import { MODE_NAMES, type ModeName } from '../support/engine/machineModes.ts';
import { allFeatures } from '../support/engine/randomModes.ts';
import { Random } from '../support/engine/Random.ts';
import { type Ingredients, placeRandomProgram } from '../support/engine/randomProgram.ts';
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

const FLAT_MODES: readonly ModeName[] = ['flat32', 'user32', 'flat32'];
const RAM = { ramBytes: 0x2_0000, features: allFeatures() };
const machine = createTestMachine({ ...RAM, regionThreshold: 0 });
const regions = createTestMachine({ ...RAM, regionThreshold: 2 });

/** What a program is made of, and the mode that it runs in: rows of instructions have handlers of their own in flat code. */
function kindOf(program: number): { mode: ModeName; ingredients: Ingredients } {
  const ingredients = (['vector', 'integer', 'system', 'rows'] as const)[(program >> 2) % 4];
  const modes = ingredients === 'rows' ? FLAT_MODES : MODE_NAMES;
  return { ingredients, mode: modes[program % modes.length] };
}

/** The same program, in the threaded tier and in regions. */
function betweenTiers(program: number): string {
  const { mode, ingredients } = kindOf(program);
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
  return [
    runHostile(program % 2 === 0 ? machine : regions, program),
    program % 4 === 0 ? disagreement(machine, { ...kindOf(program), seed: program }, 600) : '',
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
