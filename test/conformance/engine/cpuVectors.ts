import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

type WordRegister = 'ax' | 'bx' | 'cx' | 'dx' | 'sp' | 'bp' | 'si' | 'di' | 'cs' | 'ss' | 'ds' | 'es' | 'ip' | 'flags';
export type WordState = Record<WordRegister, number>;

/** One instruction recorded on a real 80286, followed by a HLT that ends it. */
export interface CpuVector {
  /** Opcode, with the group's digit behind a point. */
  readonly op: string;
  readonly index: number;
  readonly name: string;
  readonly bytes: string;
  readonly initial: WordState;
  /** Physical address and byte. */
  readonly ram: readonly (readonly [number, number])[];
  /** What differs from `initial`. */
  readonly final: Partial<WordState>;
  readonly ramAfter: readonly (readonly [number, number])[];
  readonly exception?: number;
}

const FILE = '80286-real.jsonl.gz';

/** The file of recorded vectors: what VIVARIUM_CPU_VECTORS names (file or folder), or a folder beside the repository. */
export function findVectorFile(): string | undefined {
  const named = process.env['VIVARIUM_CPU_VECTORS'] ?? path.resolve('../shared/cpu-vectors');
  const file = existsSync(named) && statSync(named).isDirectory() ? path.join(named, FILE) : named;
  return existsSync(file) ? file : undefined;
}

export function readVectors(file: string): CpuVector[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  // The suite's own format, checked by its use.
  return lines.map((line) => JSON.parse(line) as CpuVector);
}
