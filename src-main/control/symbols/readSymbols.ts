import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { inspectProgram, type ProgramFile } from '../../debug/ProgramInspection.ts';
import { readSymbolFile, type SymbolFileProblem } from '../../debug/symbols/SymbolFile.ts';
import { makeSymbolTable, type SymbolTable } from '../../debug/symbols/SymbolTable.ts';
import { describeFileError } from '../../hypervisor/storage/files.ts';
import { readerBeside } from '../files/readerBeside.ts';

/** What is to be read; structured-clonable. */
export type SymbolRequest =
  /** A program, by what it was loaded from; what an assembly text includes lies beside `sourcePath`. */
  | {
      readonly kind: 'program';
      readonly program: Omit<ProgramFile, 'readFile'>;
      readonly sourcePath: string | null;
    }
  /** A file of symbols apart from the program. */
  | { readonly kind: 'file'; readonly path: string; readonly offset: number };

export type SymbolReply =
  | { readonly ok: true; readonly table: SymbolTable }
  | {
      readonly ok: false;
      readonly problem: SymbolFileProblem | 'unreadable' | 'too-large';
      /** With the file's name. */
      readonly message: string;
    };

/** A kernel with all its debug information has half as much. */
const MOST_BYTES = 2 ** 30;

/** Reads what is known of addresses, which takes seconds of a large kernel. */
export function readSymbols(request: SymbolRequest): SymbolReply {
  return request.kind === 'file' ? readFile(request) : { ok: true, table: readProgram(request) };
}

function readProgram({ program, sourcePath }: Extract<SymbolRequest, { kind: 'program' }>): SymbolTable {
  const inspection = inspectProgram({
    ...program,
    ...(sourcePath !== null && { readFile: readerBeside(sourcePath) }),
  });
  return inspection.kind === 'program' ? inspection.symbolTable() : makeSymbolTable({});
}

function readFile({ path: file, offset }: Extract<SymbolRequest, { kind: 'file' }>): SymbolReply {
  const name = path.basename(file);
  let bytes: Uint8Array;
  try {
    const status = statSync(file);
    // A pipe or a terminal would be waited for.
    if (!status.isFile()) return { ok: false, problem: 'unreadable', message: `${name} is no plain file.` };
    if (status.size > MOST_BYTES)
      return { ok: false, problem: 'too-large', message: `${name} is too large: symbols of up to 1 GiB can be read.` };
    bytes = readFileSync(file);
  } catch (error) {
    return { ok: false, problem: 'unreadable', message: `${name} cannot be read: ${describeFileError(error)}.` };
  }
  const found = readSymbolFile(bytes, offset);
  return found.ok ? found : { ...found, message: `${name} ${found.message}` };
}
