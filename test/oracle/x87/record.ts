import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { rows } from './InstructionCase.ts';
import { runNatively } from './nativeInstructions.ts';
import { casesOf, writeRecording } from './recording.ts';

/** Compiles a program of native/; throws when there is no gcc that makes 32-bit programs. */
export function buildNative(name: 'instructions' | 'routines'): string {
  const folder = path.resolve('node_modules/.cache/oracle');
  mkdirSync(folder, { recursive: true });
  const program = path.join(folder, `x87-${name}`);
  const source = path.resolve(`test/oracle/x87/native/${name}.c`);
  execFileSync('gcc', ['-m32', '-O1', '-no-pie', '-fno-pie', '-o', program, source], { stdio: 'inherit' });
  return program;
}

/** Records what this computer's processor makes of every x87 instruction. */
export function recordX87(): void {
  mkdirSync(path.resolve('test/oracle/x87/recordings'), { recursive: true });
  const results = runNatively(
    buildNative('instructions'),
    rows.flatMap((row) => casesOf(row)),
  );
  console.log(`x87: ${rows.length} encodings, ${writeRecording(results)} bytes`);
}
