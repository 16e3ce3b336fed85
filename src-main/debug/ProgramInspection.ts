import { load } from '../machine/loaders/load.ts';
import type {
  LoadOptions,
  LoadProblem,
  ProgramFormat,
  ProgramImage,
  ProgramListingLine,
  ProgramSymbol,
} from '../machine/loaders/ProgramImage.ts';
import { elfSections } from './symbols/ElfSections.ts';
import { LINE_SECTIONS, readLineTable } from './symbols/LineTable.ts';
import { makeSymbolTable, type SymbolTable } from './symbols/SymbolTable.ts';

export interface ProgramFile extends LoadOptions {
  readonly bytes: Uint8Array;
  readonly format: ProgramFormat | 'auto';
}

/** What a program file is, found out without a machine. */
export type ProgramInspection =
  | {
      readonly kind: 'program';
      readonly format: ProgramFormat;
      readonly summary: string;
      readonly warnings: readonly LoadProblem[];
      /** Lowest segment with content. */
      readonly bytes: Uint8Array;
      readonly listing: readonly ProgramListingLine[];
      readonly symbols: readonly ProgramSymbol[];
      /** Reads the debug information, which may take a while. */
      symbolTable(): SymbolTable;
    }
  | { readonly kind: 'refused'; readonly message: string; readonly problems: readonly LoadProblem[] };

export function inspectProgram({ bytes, format, ...options }: ProgramFile): ProgramInspection {
  const result = load(format, bytes, options);
  if (result.kind === 'refused') return result;
  const { image, warnings } = result;
  return {
    kind: 'program',
    format: image.format,
    summary: image.summary,
    warnings,
    bytes: programBytes(image),
    listing: image.listing ?? [],
    symbols: image.symbols ?? [],
    symbolTable: () => {
      const { symbols, listing } = image;
      return makeSymbolTable({ symbols, listing, rows: readLineTable(elfSections(bytes, LINE_SECTIONS)) });
    },
  };
}

/** The segment that holds the first instruction, without what a loader put around it. */
function programBytes({ segments, entry }: ProgramImage): Uint8Array {
  const start = entry.mode === 'real16' ? entry.cs * 16 + entry.eip : entry.eip;
  const found = segments.find(
    ({ physicalAddress, bytes }) => physicalAddress <= start && start < physicalAddress + bytes.length,
  );
  return found?.bytes ?? new Uint8Array(0);
}
