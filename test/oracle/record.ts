import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateCases } from './generate.ts';
import { buildRunner, runNatively } from './nativeRunner.ts';
import type { OracleCase } from './OracleCase.ts';
import { encodeRecording, type RecordedCase } from './Recording.ts';
import { generateSequences } from './sequences/generateSequences.ts';
import { ROW_GROUPS, comparableRows } from './rows.ts';
import { recordX87 } from './x87/record.ts';

/** Sequences of each group. */
const SEQUENCES = 12_000;
/** Changed bytes that a recorded case has room for. */
const MOST_CHANGES = 255;

/**
 * Records what this computer's processor makes of every group's cases, or of those that the command line names. Run by scripts/record-oracle.mjs, from
 * the repository's folder; wants gcc with 32-bit libraries and the right to map pages below 64 KiB.
 */
const folder = path.resolve('test/oracle');
const program = buildRunner(path.resolve('node_modules/.cache/oracle'), path.join(folder, 'native/runner.c'));
mkdirSync(path.join(folder, 'recordings'), { recursive: true });
const named = process.argv.slice(2);
const isWanted = (name: string): boolean => named.length === 0 || named.includes(name);
for (const group of ROW_GROUPS) {
  const rows = comparableRows(group);
  if (isWanted(group.name)) record(group.name, rows.flatMap(generateCases));
  const sequences = `${group.name}-sequences`;
  if (isWanted(sequences)) record(sequences, generateSequences(group.name, rows, SEQUENCES));
}
if (isWanted('x87')) recordX87();

function record(name: string, cases: readonly OracleCase[]): void {
  const results = runNatively(program, cases);
  const recorded: RecordedCase[] = cases.map((given, index) => ({ given, result: results[index] }));
  // A page fault is a mistake of the generator: the engine's machine has no unmapped pages.
  const usable = recorded.filter(({ result }) => result.vector !== 14 && result.changes.length <= MOST_CHANGES);
  const file = path.join(folder, 'recordings', `${name}.bin.gz`);
  const bytes = encodeRecording(usable);
  writeFileSync(file, bytes);
  const dropped = recorded.length - usable.length;
  console.log(
    `${name}: ${usable.length} cases, ${bytes.length} bytes; ${dropped} left out for page faults or what they wrote`,
  );
  const rows = new Map<string, number>();
  for (const { given, result } of recorded) {
    if (result.vector === 14)
      rows.set(`${given.row} ${given.variant}`, (rows.get(`${given.row} ${given.variant}`) ?? 0) + 1);
  }
  for (const [row, count] of rows) console.log(`  ${count} × ${row}`);
}
