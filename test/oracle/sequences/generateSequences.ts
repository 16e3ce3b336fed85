import { Random } from '../../support/engine/Random.ts';
import { digestOf, type OracleCase } from '../OracleCase.ts';
import { flagFlow } from './flagFlow.ts';
import { ingredientsOf } from './ingredients.ts';
import { SequenceBuilder } from './SequenceBuilder.ts';
import type { Encoding } from '../../../src-main/engine/isa/Encoding.ts';

/** Sequences of a group's instructions, always the same for the same table. */
export function generateSequences(name: string, rows: readonly Encoding[], count: number): OracleCase[] {
  const random = new Random(digestOf(`sequences of ${name}`));
  const ingredients = ingredientsOf(rows);
  const cases: OracleCase[] = [];
  while (cases.length < count) {
    const candidate = new SequenceBuilder(random, ingredients).build(name);
    if (flagFlow(candidate.bytes).isComparable) cases.push(candidate);
  }
  return cases;
}
