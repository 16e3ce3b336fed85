import { load } from '../machine/loaders/load.ts';
import type {
  LoadOptions,
  LoadProblem,
  ProgramFormat,
  ProgramImage,
  ProgramListingLine,
  ProgramSymbol,
} from '../machine/loaders/ProgramImage.ts';
import { ProgramSymbols, type SourceReader } from './ProgramSymbols.ts';
import { elfSections } from './symbols/ElfSections.ts';
import { LINE_SECTIONS, readLineTable } from './symbols/LineTable.ts';

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
      knowledge(): ProgramSymbols;
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
    knowledge: () =>
      new ProgramSymbols(image, readLineTable(elfSections(bytes, LINE_SECTIONS)), sourceReader(options.readFile)),
  };
}

/** Source files as debug information names them; whatever reads a program's files decides which it may see. */
function sourceReader(readFile: ProgramFile['readFile']): SourceReader {
  return (file) => {
    const bytes = readFile?.(file) ?? null;
    return bytes && new TextDecoder().decode(bytes);
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
