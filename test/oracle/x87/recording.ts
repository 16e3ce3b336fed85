import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Encoding } from '../../../src-main/engine/isa/Encoding.ts';
import { type InstructionCase, generateCase, rows } from './InstructionCase.ts';
import { RESULT, RESULT_BYTES } from './nativeInstructions.ts';

const FILE = path.resolve('test/oracle/x87/recordings/instructions.bin.gz');

/** Cases that are recorded of each row. */
export const CASES_PER_ROW = 120;
export const SEED = 0x8087;

/** A row's cases; what is recorded are their results alone, since cases are the same on every machine. */
export function casesOf(row: Encoding, count = CASES_PER_ROW, seed = SEED): InstructionCase[] {
  return Array.from({ length: count }, (_, index) => generateCase(row, index, seed));
}

/** Results as differences from what was given, most of which are zero. */
function fold(given: readonly InstructionCase[], results: Uint8Array): Uint8Array {
  const folded = results.slice();
  given.forEach((one, index) => {
    const part = folded.subarray(index * RESULT_BYTES, (index + 1) * RESULT_BYTES);
    const before = new Uint8Array(RESULT_BYTES);
    before.set(one.state, RESULT.state);
    const view = new DataView(before.buffer);
    view.setUint32(RESULT.eax, one.eax, true);
    view.setUint32(RESULT.flags, one.flags, true);
    before.set(one.window, RESULT.window);
    for (let at = 0; at < RESULT_BYTES; at++) part[at] ^= before[at];
  });
  return folded;
}

/** @param results of all rows' cases, in order */
export function writeRecording(results: Uint8Array): number {
  const given = rows.flatMap((row) => casesOf(row));
  const bytes = gzipSync(fold(given, results), { level: 9 });
  writeFileSync(FILE, bytes);
  return bytes.length;
}

export function readRecording(): { given: InstructionCase[]; results: Uint8Array } {
  const given = rows.flatMap((row) => casesOf(row));
  const folded = new Uint8Array(gunzipSync(readFileSync(FILE)));
  if (folded.length !== given.length * RESULT_BYTES) {
    throw new Error('the recording is of other cases than these: npm run oracle:record');
  }
  return { given, results: fold(given, folded) };
}
