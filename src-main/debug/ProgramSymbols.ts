import type { ProgramImage, ProgramListingLine } from '../machine/loaders/ProgramImage.ts';
import type { SymbolLookup } from '../machine/expressions/parseExpression.ts';
import type { ProgramKnowledge, SourceLine } from './Disassembler.ts';
import type { LineRow } from './symbols/LineTable.ts';

/** A listing line that makes data; its address is no instruction's start. */
const DATA_LINE = /(^|[\s:])(d[bwdqt]|res[bwdq]|times|incbin|align|alignb|equ)\b/i;
/** Code further behind a symbol than this is hardly its. */
const FARTHEST_OFFSET = 0x10_0000;
/** SDM vol. 2A, 2.3.11. */
const LONGEST_INSTRUCTION = 15;

export interface NamedAddress {
  readonly name: string;
  readonly linearAddress: number;
}

export interface NearestSymbol {
  readonly name: string;
  /** Bytes from the symbol on. */
  readonly offset: number;
}

/** What a debug information's source files hold, by the name it uses; null where they cannot be read. */
export type SourceReader = (file: string) => string | null;

/** What is known of a program's addresses: the assembler's listing, or an ELF file's symbols and debug information. */
export class ProgramSymbols implements ProgramKnowledge {
  readonly starts: ReadonlySet<number>;
  private readonly labels = new Map<number, string>();
  private readonly addresses = new Map<string, number>();
  /** Ascending. */
  private readonly named: readonly NamedAddress[];
  private readonly listing = new Map<number, ProgramListingLine>();
  /** Ascending. */
  private readonly rows: readonly LineRow[];
  private readonly readSource: SourceReader;
  private readonly sources = new Map<string, readonly string[]>();

  constructor(
    image: Pick<ProgramImage, 'symbols' | 'listing'>,
    rows: readonly LineRow[] = [],
    readSource: SourceReader = () => null,
  ) {
    for (const { name, address } of image.symbols ?? []) {
      // Several names for one address: the first is the one that the source put there.
      if (!this.labels.has(address)) this.labels.set(address, name);
      if (!this.addresses.has(name)) this.addresses.set(name, address);
    }
    this.named = [...this.labels]
      .map(([linearAddress, name]) => ({ name, linearAddress }))
      .sort((a, b) => a.linearAddress - b.linearAddress);
    const starts = new Set<number>();
    for (const line of image.listing ?? []) {
      if (line.bytes.length === 0 || this.listing.has(line.address)) continue;
      this.listing.set(line.address, line);
      if (!DATA_LINE.test(withoutComment(line.text))) starts.add(line.address);
    }
    for (const { linearAddress, file } of rows) if (file !== '') starts.add(linearAddress);
    this.starts = starts;
    this.rows = rows;
    this.readSource = readSource;
  }

  label(linearAddress: number): string | undefined {
    return this.labels.get(linearAddress);
  }

  /** For expressions. */
  readonly lookup: SymbolLookup = (name) => this.addresses.get(name);

  /** The symbol that an address belongs to. */
  nearest(linearAddress: number): NearestSymbol | undefined {
    const found = this.named[lastAtOrBefore(this.named, linearAddress)];
    if (found === undefined || linearAddress - found.linearAddress > FARTHEST_OFFSET) return undefined;
    return { name: found.name, offset: linearAddress - found.linearAddress };
  }

  /** Names that contain the text; those that begin with it first, the short ones before the long ones. */
  search(text: string, most: number): readonly NamedAddress[] {
    const wanted = text.toLowerCase();
    const rank = (name: string): number => (name.toLowerCase().startsWith(wanted) ? 0 : 1000) + name.length;
    return [...this.addresses]
      .filter(([name]) => name.toLowerCase().includes(wanted))
      .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
      .slice(0, most)
      .map(([name, linearAddress]) => ({ name, linearAddress }));
  }

  source(linearAddress: number, bytes: Uint8Array): SourceLine | undefined {
    const line = this.listing.get(linearAddress);
    if (line) {
      // Memory moves on: another program, or the program's own changes, may stand there now.
      if (!bytes.every((byte, index) => byte === line.bytes[index])) return undefined;
      return { file: line.file, line: line.line, text: line.text.trim() };
    }
    const row = this.rowAt(linearAddress);
    return row?.linearAddress === linearAddress ? this.sourceOf(row) : undefined;
  }

  /** The line that the instruction at an address, or around it, was made from. */
  lineAt(linearAddress: number): { readonly file: string; readonly line: number } | undefined {
    const line = this.listedAt(linearAddress) ?? this.rowAt(linearAddress);
    return line && { file: line.file, line: line.line };
  }

  private listedAt(linearAddress: number): ProgramListingLine | undefined {
    for (let back = 0; back < LONGEST_INSTRUCTION; back++) {
      const line = this.listing.get(linearAddress - back);
      if (line) return back < line.bytes.length ? line : undefined;
    }
    return undefined;
  }

  private rowAt(linearAddress: number): LineRow | undefined {
    const row = this.rows[lastAtOrBefore(this.rows, linearAddress)];
    return row === undefined || row.file === '' ? undefined : row;
  }

  private sourceOf({ file, line }: LineRow): SourceLine {
    let lines = this.sources.get(file);
    if (lines === undefined) {
      lines = this.readSource(file)?.split('\n') ?? [];
      this.sources.set(file, lines);
    }
    return { file, line, text: lines[line - 1]?.trim() ?? '' };
  }
}

export const NO_SYMBOLS = new ProgramSymbols({});

/** Index of the last entry that does not lie behind an address; -1: all do. */
function lastAtOrBefore(sorted: readonly { readonly linearAddress: number }[], linearAddress: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.linearAddress ?? Infinity) <= linearAddress) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function withoutComment(text: string): string {
  return text.replace(/;.*$/, '');
}
