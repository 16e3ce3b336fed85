import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { assemble } from '../engine/assembler/Assembler.ts';
import { decodeSource } from '../engine/assembler/SourceText.ts';
import { EXIT_STATUS, UsageError } from './ExitStatus.ts';
import { describeProblems, fileProblem } from './problems.ts';
import type { Terminal } from './Terminal.ts';
import { readFile } from './userFiles.ts';

export interface AsmOptions {
  readonly file: string;
  /** `-`: standard output. */
  readonly output: string | undefined;
  readonly bits: 16 | 32 | undefined;
}

/** `vivarium asm`: NASM text to a flat binary. Returns the exit status; throws {@link UsageError}. */
export async function asm(options: AsmOptions, terminal: Terminal): Promise<number> {
  const { file, bits } = options;
  const folder = path.dirname(file);
  const assembly = assemble(decodeSource(readFile(file)), {
    fileName: file,
    ...(bits && { bits }),
    readFile: (name) => {
      try {
        return readFile(path.resolve(folder, name));
      } catch {
        return null;
      }
    },
  });
  if (assembly.diagnostics.length > 0) terminal.complain(describeProblems(file, '', assembly.diagnostics));
  if (!assembly.ok) return EXIT_STATUS.usage;
  const output = options.output ?? `${file.slice(0, file.length - path.extname(file).length)}.bin`;
  if (output === '-') {
    await terminal.write(assembly.bytes);
    return EXIT_STATUS.success;
  }
  if (path.resolve(output) === path.resolve(file)) {
    throw new UsageError(`${output} is the source itself; choose another name with -o.`);
  }
  try {
    writeFileSync(output, assembly.bytes);
  } catch (error) {
    throw new UsageError(fileProblem(output, 'written', error));
  }
  const origin = `0x${assembly.origin.toString(16)}`;
  terminal.complain(`${output}: ${assembly.bytes.length} bytes from ${origin}, ${assembly.bits}-bit code`);
  return EXIT_STATUS.success;
}
