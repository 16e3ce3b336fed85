import type { SymbolLookup } from '../machine/expressions/parseExpression.ts';
import type { ProgramListingLine } from '../machine/loaders/ProgramImage.ts';
import type { ProgramKnowledge, SourceLine } from './Disassembler.ts';
import { NO_FILE, type SymbolTable } from './symbols/SymbolTable.ts';

/** A listing line that makes data; its address is no instruction's start. */
const DATA_LINE = /(^|[\s:])(d[bwdqt]|res[bwdq]|times|incbin|align|alignb|equ)\b/i;
/** Code further behind a symbol than this is hardly its. */
const FARTHEST_OFFSET = 0x10_0000;
/** SDM vol. 2A, 2.3.11. */
const LONGEST_INSTRUCTION = 15;
/** Names that do not begin with the text come behind those that do. */
const NOT_AT_START = 1000;

export interface NamedAddress {
  readonly name: string;
  readonly linearAddress: number;
}

export interface NearestSymbol {
  readonly name: string;
  /** Bytes from the symbol on. */
  readonly offset: number;
}

interface Line {
  readonly file: string;
  readonly line: number;
}

/** What a debug information's source files hold, by the name it uses; null where they cannot be read. */
export type SourceReader = (file: string) => string | null;

/** A table, and what is found out about it when somebody asks. */
class Symbols {
  readonly table: SymbolTable;
  private readonly listing = new Map<number, ProgramListingLine>();
  /** Instructions of the listing. */
  private readonly listedStarts = new Set<number>();
  private lowerCase: string | undefined;

  constructor(table: SymbolTable) {
    this.table = table;
    for (const line of table.listing) {
      if (line.bytes.length === 0 || this.listing.has(line.address)) continue;
      this.listing.set(line.address, line);
      if (!DATA_LINE.test(withoutComment(line.text))) this.listedStarts.add(line.address);
    }
  }

  name(index: number): string {
    const { names, nameStarts } = this.table;
    return names.slice(nameStarts[index], (nameStarts[index + 1] ?? 0) - 1);
  }

  /** Index of the first name of the nearest address at or before one; -1: there is none. */
  indexBefore(linearAddress: number): number {
    const { addresses } = this.table;
    const last = lastAtOrBefore(addresses, linearAddress);
    const address = addresses[last];
    return address === undefined ? -1 : lastAtOrBefore(addresses, address - 1) + 1;
  }

  addressOf(name: string): number | undefined {
    const { addresses, names } = this.table;
    if (name === '' || name.includes('\n')) return undefined;
    const at = names.indexOf(`\n${name}\n`);
    return at < 0 ? undefined : addresses[this.indexAt(at + 1)];
  }

  /** Of the name that holds this place of `names`. */
  private indexAt(place: number): number {
    return lastAtOrBefore(this.table.nameStarts, place);
  }

  /** Each name that holds the text, with its rank: the lower the better. */
  *found(wanted: string): Generator<{ readonly index: number; readonly rank: number }> {
    const { nameStarts, names } = this.table;
    if (wanted.includes('\n')) return;
    const folded = (this.lowerCase ??= sameLengthLowerCase(names));
    for (let at = folded.indexOf(wanted, 1); at >= 0 && at < folded.length;) {
      const index = this.indexAt(at);
      const [start = 0, end = 0] = [nameStarts[index], nameStarts[index + 1]];
      yield { index, rank: (at === start ? 0 : NOT_AT_START) + end - 1 - start };
      at = folded.indexOf(wanted, end);
    }
  }

  isStart(linearAddress: number): boolean {
    return this.listedStarts.has(linearAddress) || this.rowAt(linearAddress, true) !== undefined;
  }

  listedAt(linearAddress: number): ProgramListingLine | undefined {
    return this.listing.get(linearAddress);
  }

  listedAround(linearAddress: number): ProgramListingLine | undefined {
    for (let back = 0; back < LONGEST_INSTRUCTION; back++) {
      const line = this.listing.get(linearAddress - back);
      if (line) return back < line.bytes.length ? line : undefined;
    }
    return undefined;
  }

  /** The line of the row that an address belongs to. @param isExact the row has to begin there */
  rowAt(linearAddress: number, isExact: boolean): Line | undefined {
    const { lineAddresses, lineFiles, lineNumbers, files } = this.table;
    const row = lastAtOrBefore(lineAddresses, linearAddress);
    if (row < 0 || (isExact && lineAddresses[row] !== linearAddress)) return undefined;
    const file = lineFiles[row] ?? NO_FILE;
    return file === NO_FILE ? undefined : { file: files[file] ?? '', line: lineNumbers[row] ?? 0 };
  }
}

/** What is known of a program's addresses: the assembler's listing, or an ELF file's symbols and debug information. */
export class ProgramSymbols implements ProgramKnowledge {
  readonly starts = { has: (linearAddress: number) => this.all.some((each) => each.isStart(linearAddress)) };
  /** Whoever comes first is asked first. */
  private readonly all: readonly Symbols[];
  private readonly readSource: SourceReader;
  private readonly sources = new Map<string, readonly string[]>();

  constructor(tables: readonly SymbolTable[], readSource: SourceReader = () => null) {
    this.all = tables.map((table) => new Symbols(table));
    this.readSource = readSource;
  }

  label(linearAddress: number): string | undefined {
    const found = this.nearest(linearAddress);
    return found?.offset === 0 ? found.name : undefined;
  }

  /** For expressions. */
  readonly lookup: SymbolLookup = (name) => {
    for (const each of this.all) {
      const address = each.addressOf(name);
      if (address !== undefined) return address;
    }
    return undefined;
  };

  /** The symbol that an address belongs to. */
  nearest(linearAddress: number): NearestSymbol | undefined {
    let best: NearestSymbol | undefined;
    for (const each of this.all) {
      const index = each.indexBefore(linearAddress);
      const offset = linearAddress - (each.table.addresses[index] ?? Infinity);
      if (index < 0 || offset > FARTHEST_OFFSET || (best && best.offset <= offset)) continue;
      best = { name: each.name(index), offset };
    }
    return best;
  }

  /** Names that contain the text; those that begin with it first, the short ones before the long ones. */
  search(text: string, most: number): readonly NamedAddress[] {
    const wanted = text.toLowerCase();
    const best: { readonly rank: number; readonly name: string; readonly linearAddress: number }[] = [];
    const isBefore = (a: (typeof best)[number], b: (typeof best)[number]): boolean =>
      a.rank < b.rank || (a.rank === b.rank && a.name.localeCompare(b.name) < 0);
    for (const each of this.all) {
      for (const { index, rank } of each.found(wanted)) {
        const last = best.at(-1);
        // Most of a large table's names are not looked at any further.
        if (best.length === most && last !== undefined && rank > last.rank) continue;
        const found = { rank, name: each.name(index), linearAddress: each.table.addresses[index] ?? 0 };
        if (best.some(({ name }) => name === found.name)) continue;
        const place = best.findIndex((other) => isBefore(found, other));
        best.splice(place < 0 ? best.length : place, 0, found);
        if (best.length > most) best.pop();
      }
    }
    return best.map(({ name, linearAddress }) => ({ name, linearAddress }));
  }

  source(linearAddress: number, bytes: Uint8Array): SourceLine | undefined {
    for (const each of this.all) {
      const line = each.listedAt(linearAddress);
      if (line) {
        // Memory moves on: another program, or the program's own changes, may stand there now.
        if (!bytes.every((byte, index) => byte === line.bytes[index])) return undefined;
        return { file: line.file, line: line.line, text: line.text.trim() };
      }
      const row = each.rowAt(linearAddress, true);
      if (row) return { ...row, text: this.textOf(row) };
    }
    return undefined;
  }

  /** The line that the instruction at an address, or around it, was made from. */
  lineAt(linearAddress: number): Line | undefined {
    for (const each of this.all) {
      const line = each.listedAround(linearAddress) ?? each.rowAt(linearAddress, false);
      if (line) return { file: line.file, line: line.line };
    }
    return undefined;
  }

  private textOf({ file, line }: Line): string {
    let lines = this.sources.get(file);
    if (lines === undefined) {
      lines = this.readSource(file)?.split('\n') ?? [];
      this.sources.set(file, lines);
    }
    return lines[line - 1]?.trim() ?? '';
  }
}

export const NO_SYMBOLS = new ProgramSymbols([]);

/** Index of the last entry that does not lie behind an address; -1: all do. */
function lastAtOrBefore(sorted: Uint32Array, address: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function sameLengthLowerCase(text: string): string {
  const whole = text.toLowerCase();
  return whole.length === text.length ? whole : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function withoutComment(text: string): string {
  return text.replace(/;.*$/, '');
}
