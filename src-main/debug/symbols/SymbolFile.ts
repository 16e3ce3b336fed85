import { elfSymbols, hasElfMagic } from '../../machine/loaders/ElfFile.ts';
import type { ProgramSymbol } from '../../machine/loaders/ProgramImage.ts';
import { elfSections } from './ElfSections.ts';
import { LINE_SECTIONS, readLineTable } from './LineTable.ts';
import { makeSymbolTable, type SymbolTable } from './SymbolTable.ts';

/** No kernel has as many; a damaged file shall not fill memory. */
const MOST_SYMBOLS = 2_000_000;
const ELFCLASS32 = 1;
const ELFDATA2LSB = 1;
const EM_386 = 3;
const EM_486 = 6;
const HEADER_BYTES = 52;
/** `c0100000 T startup_32`, as nm and a kernel's System.map have it. */
const NAMED_ADDRESS = /^(?:0{8})?([0-9a-f]{8})\s+[a-z?-]\s+(\S+)/i;
/** So much of a text is looked at for what it is. */
const LOOKED_AT_BYTES = 4096;

export const SYMBOL_FILE_PROBLEMS = ['unknown', '64-bit', 'other-processor', 'cut-off', 'stripped'] as const;
export type SymbolFileProblem = (typeof SYMBOL_FILE_PROBLEMS)[number];

export type SymbolFileResult =
  | { readonly ok: true; readonly table: SymbolTable }
  /** `message`: goes on behind the file's name. */
  | { readonly ok: false; readonly problem: SymbolFileProblem; readonly message: string };

/**
 * Symbols and lines of a file beside the program: a 32-bit ELF file, of which nothing is loaded, or a list of symbols as nm
 * writes them.
 *
 * @param offset from the file's addresses to those where the program runs
 */
export function readSymbolFile(bytes: Uint8Array, offset: number): SymbolFileResult {
  return hasElfMagic(bytes) ? readElfSymbols(bytes, offset) : readSymbolList(bytes, offset);
}

function readElfSymbols(bytes: Uint8Array, offset: number): SymbolFileResult {
  if (bytes.length < HEADER_BYTES) return refuse('cut-off', 'is cut off. Copy or build it again.');
  if (bytes[4] !== ELFCLASS32) {
    const advice = 'this machine’s processor has 32 bits. Choose the symbols of the program that it runs.';
    return refuse('64-bit', `is a 64-bit ELF file, and ${advice}`);
  }
  const processor = (bytes[18] ?? 0) | ((bytes[19] ?? 0) << 8);
  if (bytes[5] !== ELFDATA2LSB || (processor !== EM_386 && processor !== EM_486))
    return refuse('other-processor', 'is an ELF file for another processor than x86.');
  const symbols = elfSymbols(bytes, MOST_SYMBOLS);
  const rows = readLineTable(elfSections(bytes, LINE_SECTIONS));
  if (symbols.length === 0 && rows.length === 0) {
    const advice = 'Choose it as it was before “strip”, or build it with “-g”.';
    return refuse('stripped', `has neither symbols nor source lines. ${advice}`);
  }
  return { ok: true, table: makeSymbolTable({ symbols, rows }, offset) };
}

function readSymbolList(bytes: Uint8Array, offset: number): SymbolFileResult {
  const [first = ''] = new TextDecoder().decode(bytes.subarray(0, LOOKED_AT_BYTES)).split('\n');
  if (!NAMED_ADDRESS.test(first)) {
    const expected =
      'a 32-bit ELF file (a vmlinux, a program linked with “-g”), or a list as “nm” or System.map has it';
    return refuse('unknown', `holds no symbols: expected ${expected}.`);
  }
  const symbols: ProgramSymbol[] = [];
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    const [, address, name] = NAMED_ADDRESS.exec(line) ?? [];
    if (address !== undefined && name !== undefined && symbols.length < MOST_SYMBOLS)
      symbols.push({ name, address: parseInt(address, 16) });
  }
  return { ok: true, table: makeSymbolTable({ symbols }, offset) };
}

function refuse(problem: SymbolFileProblem, message: string): SymbolFileResult {
  return { ok: false, problem, message };
}
