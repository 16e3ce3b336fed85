import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { PLACE, codeAddress, windowOf, type OracleCase, type OracleResult } from './OracleCase.ts';
import { FX_BYTES, FX_RESULT_BYTES, readFxImage, vectorStateOf, writeFxImage } from './vectorState.ts';

/** Sizes of the structs of native/runner.c. */
const CODE_BYTES = 116;
const WINDOW_AT = 4 + CODE_BYTES + 8 * 4 + 4;
const VECTORS_AT = WINDOW_AT + PLACE.windowBytes;
const INPUT_BYTES = VECTORS_AT + 4 + FX_BYTES;
const MAX_CHANGES = 256;
const CHANGES_AT = 4 + 4 + 8 * 4 + 4 + 4 + 12 + 4;
const FX_RESULT_AT = CHANGES_AT + MAX_CHANGES * 8;
const OUTPUT_BYTES = FX_RESULT_AT + FX_RESULT_BYTES;

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
      const result = readResult(new DataView(output.buffer, output.byteOffset + index * OUTPUT_BYTES, OUTPUT_BYTES));
      const image = output.subarray(index * OUTPUT_BYTES + FX_RESULT_AT);
      results.push(batch[index].vectors ? { ...result, vectors: readFxImage(image) } : result);
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
  to.set(windowOf(oracleCase), WINDOW_AT);
  if (oracleCase.vectors) {
    view.setUint32(VECTORS_AT, 1, true);
    writeFxImage(to.subarray(VECTORS_AT + 4), vectorStateOf(oracleCase.vectors));
  }
}

function readResult(view: DataView): OracleResult {
  const word = (at: number): number => view.getUint32(at, true);
  const changeCount = word(CHANGES_AT - 4);
  if (changeCount > MAX_CHANGES) throw new Error('an instruction changed more memory than can be recorded');
  return {
    vector: word(0),
    errorCode: word(4),
    registers: Array.from({ length: 8 }, (_, index) => word(8 + 4 * index)),
    eip: word(40),
    flags: word(44),
    segments: Array.from({ length: 6 }, (_, index) => view.getUint16(48 + 2 * index, true)),
    changes: Array.from(
      { length: changeCount },
      (_, index) => [word(CHANGES_AT + 8 * index), word(CHANGES_AT + 4 + 8 * index)] as const,
    ),
  };
}
