import type { ProgramListingLine, ProgramSymbol } from '../../machine/loaders/ProgramImage.ts';
import type { LineRow } from './LineTable.ts';

/** In `lineFiles`: behind the end of a stretch of code. */
export const NO_FILE = 0xffff_ffff;
const NEWLINE = '\n';

/**
 * What is known of addresses, laid out flat: a kernel has a hundred thousand symbols and a million lines, which thus cross
 * from the thread that reads them without being made anew, and are looked up where they lie. All addresses are linear.
 */
export interface SymbolTable {
  /** Ascending; of one address in the order in which the source has its names. */
  readonly addresses: Uint32Array;
  /** Each name behind a newline, in that order, and a newline at the end. */
  readonly names: string;
  /** Where in `names` each begins, and where one more would. */
  readonly nameStarts: Uint32Array;
  /** Rows of the line table, ascending; the last of those that share an address. */
  readonly lineAddresses: Uint32Array;
  /** Index in `files`, or {@link NO_FILE}. */
  readonly lineFiles: Uint32Array;
  readonly lineNumbers: Uint32Array;
  /** As the compiler names them, with their directories. */
  readonly files: readonly string[];
  /** What an assembler has made of a source, in the order of the source. */
  readonly listing: readonly ProgramListingLine[];
}

export interface SymbolSources {
  readonly symbols?: readonly ProgramSymbol[] | undefined;
  readonly listing?: readonly ProgramListingLine[] | undefined;
  /** Ascending. */
  readonly rows?: readonly LineRow[];
}

/** @param offset what is added to each address of symbols and rows, modulo 4 GiB */
export function makeSymbolTable({ symbols = [], listing = [], rows = [] }: SymbolSources, offset = 0): SymbolTable {
  // Numbers beyond 32 bits wrap where they are stored.
  const placed = symbols.map(({ name, address }) => ({ name, address: (address + offset) >>> 0 }));
  // Stable: names of one address stay in their order.
  const sorted = placed.filter(({ name }) => name !== '').sort((a, b) => a.address - b.address);
  const nameStarts = new Uint32Array(sorted.length + 1);
  let at = 1;
  for (const [index, { name }] of sorted.entries()) {
    nameStarts[index] = at;
    at += name.length + 1;
  }
  nameStarts[sorted.length] = at;
  return {
    addresses: Uint32Array.from(sorted, ({ address }) => address),
    names: [NEWLINE, ...sorted.map(({ name }) => name + NEWLINE)].join(''),
    nameStarts,
    ...makeLines(placedRows(rows, offset)),
    listing,
  };
}

/** Those that wrap around the address space come before the others. */
function placedRows(rows: readonly LineRow[], offset: number): readonly LineRow[] {
  if (offset === 0) return rows;
  const placed = rows.map((row) => ({ ...row, linearAddress: (row.linearAddress + offset) >>> 0 }));
  return placed.sort((a, b) => a.linearAddress - b.linearAddress);
}

type Lines = Pick<SymbolTable, 'lineAddresses' | 'lineFiles' | 'lineNumbers' | 'files'>;

function makeLines(rows: readonly LineRow[]): Lines {
  const kept = rows.filter((row, index) => rows[index + 1]?.linearAddress !== row.linearAddress);
  const numbers = new Map<string, number>();
  const numberOf = (file: string): number => {
    if (file === '') return NO_FILE;
    const number = numbers.get(file) ?? numbers.size;
    numbers.set(file, number);
    return number;
  };
  return {
    lineAddresses: Uint32Array.from(kept, ({ linearAddress }) => linearAddress),
    lineFiles: Uint32Array.from(kept, ({ file }) => numberOf(file)),
    lineNumbers: Uint32Array.from(kept, ({ line }) => line),
    files: [...numbers.keys()],
  };
}

/** What of a table changes hands when it goes from one thread to another. */
export function buffersOf({
  addresses,
  nameStarts,
  lineAddresses,
  lineFiles,
  lineNumbers,
}: SymbolTable): ArrayBuffer[] {
  // Made by `makeSymbolTable`: not shared.
  return [addresses, nameStarts, lineAddresses, lineFiles, lineNumbers].map(({ buffer }) => buffer as ArrayBuffer);
}
