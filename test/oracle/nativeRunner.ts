import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { PLACE, codeAddress, windowOf, type OracleCase, type OracleResult } from './OracleCase.ts';

/** Sizes of the structs of native/runner.c. */
const CODE_BYTES = 116;
const INPUT_BYTES = 4 + CODE_BYTES + 8 * 4 + 4 + PLACE.windowBytes;
const MAX_CHANGES = 256;
const OUTPUT_BYTES = 4 + 4 + 8 * 4 + 4 + 4 + 12 + 4 + MAX_CHANGES * 8;

/** Cases at a time; the program keeps them all in memory. */
const BATCH = 4096;

/** Compiles the native runner; throws when there is no gcc that makes 32-bit programs. */
export function buildRunner(folder: string, source: string): string {
  mkdirSync(folder, { recursive: true });
  const program = path.join(folder, 'runner');
  const flags = ['-m32', '-O1', '-no-pie', '-fno-pie', '-fno-stack-protector', '-fcf-protection=none'];
  execFileSync('gcc', [...flags, '-o', program, source], { stdio: 'inherit' });
  return program;
}

/** What the host's processor makes of each case. */
export function runNatively(program: string, cases: readonly OracleCase[]): OracleResult[] {
  const results: OracleResult[] = [];
  for (let at = 0; at < cases.length; at += BATCH) {
    const batch = cases.slice(at, at + BATCH);
    const input = new Uint8Array(batch.length * INPUT_BYTES);
    batch.forEach((oracleCase, index) => writeCase(input.subarray(index * INPUT_BYTES), oracleCase));
    const output = execFileSync(program, { input, maxBuffer: batch.length * OUTPUT_BYTES + 1024 });
    for (let index = 0; index < batch.length; index++) {
      results.push(readResult(new DataView(output.buffer, output.byteOffset + index * OUTPUT_BYTES, OUTPUT_BYTES)));
    }
  }
  return results;
}

function writeCase(to: Uint8Array, oracleCase: OracleCase): void {
  const view = new DataView(to.buffer, to.byteOffset);
  view.setUint32(0, codeAddress(oracleCase), true);
  to.fill(0xcc, 4, 4 + CODE_BYTES);
  to.set(oracleCase.bytes, 4);
  oracleCase.registers.forEach((value, index) => view.setUint32(4 + CODE_BYTES + 4 * index, value, true));
  view.setUint32(4 + CODE_BYTES + 32, oracleCase.flags, true);
  to.set(windowOf(oracleCase), 4 + CODE_BYTES + 36);
}

function readResult(view: DataView): OracleResult {
  const word = (at: number): number => view.getUint32(at, true);
  const changeCount = word(60);
  if (changeCount > MAX_CHANGES) throw new Error('an instruction changed more memory than can be recorded');
  return {
    vector: word(0),
    errorCode: word(4),
    registers: Array.from({ length: 8 }, (_, index) => word(8 + 4 * index)),
    eip: word(40),
    flags: word(44),
    segments: Array.from({ length: 6 }, (_, index) => view.getUint16(48 + 2 * index, true)),
    changes: Array.from({ length: changeCount }, (_, index) => [word(64 + 8 * index), word(68 + 8 * index)] as const),
  };
}
