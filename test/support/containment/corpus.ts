import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from '../../../src-main/machine/loaders/load.ts';
import type { ProgramImage } from '../../../src-main/machine/loaders/ProgramImage.ts';

const FOLDER = path.resolve('test/conformance/containment/corpus');
/** RAM of a machine that runs one of them, as its include file has it. */
export const CORPUS_MEMORY_BYTES = 4 << 20;
const INCLUDE = 'hostile.inc';

/** Programs that do to their machine what no system would, by name. */
export const CORPUS: readonly string[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.asm'))
  .map((name) => name.replace(/\.asm$/, ''));

/** The assembly text of a program, in one piece. */
export function corpusText(name: string): string {
  const read = (fileName: string): string => readFileSync(path.join(FOLDER, fileName), 'utf8');
  return read(`${name}.asm`).replace(`%include "${INCLUDE}"`, () => read(INCLUDE));
}

export function corpusImage(name: string): ProgramImage {
  const fileName = `${name}.asm`;
  const bytes = new TextEncoder().encode(corpusText(name));
  const result = load('auto', bytes, { fileName, memoryBytes: CORPUS_MEMORY_BYTES, readFile: () => null });
  if (result.kind === 'refused') throw new Error(`${fileName}: ${result.message}`);
  return result.image;
}
