import { machineText } from './machineText.ts';
import type { ModeName } from './machineModes.ts';
import { processorImage } from './processorImage.ts';
import { placeRandomProgram, type Ingredients } from './randomProgram.ts';
import { Random } from './Random.ts';
import type { TestMachine } from './TestMachine.ts';

/** A way to get a number of instructions executed. */
export interface Partition {
  readonly name: string;
  /** How many to ask for next; 'step' for one call of `step`. */
  next(random: Random): number | 'step';
}

/** The same program ends in the same state in whatever pieces it is run. */
export const PARTITIONS: readonly Partition[] = [
  { name: 'at once', next: () => Infinity },
  { name: 'one by one', next: () => 1 },
  { name: 'step by step', next: () => 'step' },
  { name: 'in random pieces', next: (random) => 1 + random.below(90) },
];

export interface RandomProgram {
  readonly mode: ModeName;
  readonly seed: number;
  /** Default: integer instructions. */
  readonly ingredients?: Ingredients;
}

/** What stopped the program, or what is wrong with how it was run. */
function runInPieces(
  machine: TestMachine,
  { mode, seed, ingredients }: RandomProgram,
  total: number,
  partition: Partition,
): string {
  placeRandomProgram(machine, mode, new Random(seed), ingredients);
  const { processor } = machine;
  const random = new Random(~seed);
  while (processor.retiredInstructions < total) {
    const before = processor.retiredInstructions;
    const wanted = partition.next(random);
    const instructions = Math.min(total - before, wanted === 'step' ? 1 : wanted);
    const exit = wanted === 'step' ? processor.step() : processor.run({ instructions, precise: true });
    if (exit.reason === 'error') return `failed: ${exit.detail}`;
    if (exit.reason !== 'budget') return exit.reason;
    const done = processor.retiredInstructions - before;
    if (done !== instructions) return `failed: retired ${done} of ${instructions} instructions`;
  }
  return 'budget';
}

function outcome(
  machine: TestMachine,
  program: RandomProgram,
  total: number,
  partition: Partition,
): Record<string, string | number> {
  const stopped = runInPieces(machine, program, total, partition);
  return { stopped, ...processorImage(machine) };
}

/** Runs a program in every partition; returns the first disagreement, shrunk to its first instruction, or ''. */
export function disagreement(machine: TestMachine, program: RandomProgram, total: number): string {
  const whole = outcome(machine, program, total, PARTITIONS[0]);
  if (String(whole['stopped']).startsWith('failed')) return describe(program, `${whole['stopped']}`);
  for (const partition of PARTITIONS.slice(1)) {
    const pieces = outcome(machine, program, total, partition);
    if (difference(whole, pieces) !== '') return describe(program, shrink(machine, program, total, partition));
  }
  return '';
}

/** The smallest count after which the states differ, and the instruction there. */
function shrink(machine: TestMachine, program: RandomProgram, total: number, partition: Partition): string {
  for (let count = 1; count <= total; count++) {
    const whole = outcome(machine, program, count, PARTITIONS[0]);
    const found = difference(whole, outcome(machine, program, count, partition));
    if (found === '') continue;
    outcome(machine, program, count - 1, PARTITIONS[1]);
    return `at once and ${partition.name} differ after ${count} instructions: ${found}; the last was ${machineText(machine)}`;
  }
  return `at once and ${partition.name} differ after ${total} instructions alone`;
}

function difference(a: Record<string, string | number>, b: Record<string, string | number>): string {
  return Object.keys(a)
    .filter((key) => a[key] !== b[key])
    .map((key) => `${key} ${a[key]} or ${b[key]}`)
    .join(', ');
}

function describe({ mode, seed, ingredients = 'integer' }: RandomProgram, what: string): string {
  return `${ingredients} program ${seed} in ${mode}: ${what}`;
}

/**
 * Runs a program in the threaded tier alone and with regions, to the same count of instructions; returns how the
 * ends differ, or ''.
 */
export function tierDisagreement(
  threaded: TestMachine,
  regions: TestMachine,
  place: (machine: TestMachine) => void,
  counts: readonly number[],
): string {
  for (const machine of [threaded, regions]) place(machine);
  for (const count of counts) {
    const [expected, actual] = [threaded, regions].map((machine) => {
      const exit = machine.run(count);
      const stopped = exit.reason === 'error' ? exit.detail : exit.reason;
      return { stopped, ...processorImage(machine) };
    });
    const found = difference(expected, actual);
    if (found !== '') return `after ${count} instructions at ${machineText(regions)}: ${found}`;
    if (expected['stopped'] !== 'budget') return '';
  }
  return '';
}
