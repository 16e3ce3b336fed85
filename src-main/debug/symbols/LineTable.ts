import { ByteCursor } from './ByteCursor.ts';

/** From this address on code comes from this line, up to the next row. */
export interface LineRow {
  readonly linearAddress: number;
  /** As the compiler names it, with its directory; '' behind the end of a stretch of code. */
  readonly file: string;
  readonly line: number;
  /** A place where a breakpoint for the line should be. */
  readonly isStatement: boolean;
}

/** A damaged file shall not fill memory. */
const MOST_ROWS = 2_000_000;
/** Of one unit, directories too. */
const MOST_FILES = 20_000;

/** The sections that lines are read from. */
export const LINE_SECTIONS: ReadonlySet<string> = new Set(['.debug_line', '.debug_line_str', '.debug_str']);

/** What an entry of a version 5 table says (DWARF 5, table 7.27). */
const CONTENT = { path: 1, directory: 2 } as const;
/** How it says that (DWARF 5, table 7.6). */
const FORM = {
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  data1: 0x0b,
  strp: 0x0e,
  udata: 0x0f,
  data16: 0x1e,
  lineStrp: 0x1f,
} as const;
const STANDARD = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  negateStatement: 6,
  constAddPc: 8,
  fixedAdvancePc: 9,
} as const;
const EXTENDED = { endSequence: 1, setAddress: 2, defineFile: 3 } as const;

interface SourceFile {
  readonly name: string;
  readonly directory: number;
}

interface UnitHeader {
  readonly version: number;
  readonly minimumInstructionBytes: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly operandCounts: readonly number[];
  readonly directories: string[];
  readonly files: SourceFile[];
}

/**
 * Rows of `.debug_line`, versions 2 to 5 (DWARF 5, 6.2), by address. A unit that is damaged or of another version is left out.
 *
 * @param sections `LINE_SECTIONS`; version 5 needs those of strings
 */
export function readLineTable(sections: ReadonlyMap<string, Uint8Array>): LineRow[] {
  const section = sections.get('.debug_line');
  const rows: LineRow[] = [];
  if (section === undefined) return rows;
  for (let at = 0; at + 4 <= section.length && rows.length < MOST_ROWS;) {
    const start = new ByteCursor(section, at);
    let byteLength = start.u32();
    const is64 = byteLength === 0xffff_ffff;
    if (is64) byteLength = start.at + 8 <= section.length ? start.u64() : Infinity;
    const end = start.at + byteLength;
    if (end > section.length) break;
    try {
      readUnit(new ByteCursor(section, start.at, end), is64, sections, rows);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    at = end;
  }
  // Stable: where one stretch ends and another begins, the end comes first.
  return rows.sort((a, b) => a.linearAddress - b.linearAddress || Number(a.file !== '') - Number(b.file !== ''));
}

function readUnit(cursor: ByteCursor, is64: boolean, sections: ReadonlyMap<string, Uint8Array>, rows: LineRow[]): void {
  const header = readHeader(cursor, is64, sections);
  if (header === undefined) return;
  const { opcodeBase, lineBase, lineRange, minimumInstructionBytes } = header;
  const first = header.version >= 5 ? 0 : 1;
  // Every row of a file has the one text.
  const names = new Map<SourceFile | undefined, string>();
  const nameOf = (index: number): string => {
    const sourceFile = header.files[index - first];
    const name = names.get(sourceFile) ?? pathOf(header, sourceFile);
    names.set(sourceFile, name);
    return name;
  };
  while (!cursor.isAtEnd && rows.length < MOST_ROWS) {
    let address = 0,
      file = 1,
      line = 1,
      isStatement = header.defaultIsStatement;
    const add = (name: string): void =>
      void rows.push({ linearAddress: address % 2 ** 32, file: name, line, isStatement });
    for (let isInSequence = true; isInSequence && !cursor.isAtEnd && rows.length < MOST_ROWS;) {
      const opcode = cursor.u8();
      if (opcode >= opcodeBase) {
        const adjusted = opcode - opcodeBase;
        address += Math.floor(adjusted / lineRange) * minimumInstructionBytes;
        line += lineBase + (adjusted % lineRange);
        add(nameOf(file));
        continue;
      }
      switch (opcode) {
        case 0: {
          const byteLength = cursor.unsigned();
          const next = cursor.at + byteLength;
          const extended = byteLength > 0 ? cursor.u8() : 0;
          if (extended === EXTENDED.endSequence) {
            add('');
            isInSequence = false;
          } else if (extended === EXTENDED.setAddress) address = byteLength === 9 ? cursor.u64() : cursor.u32();
          else if (extended === EXTENDED.defineFile) header.files.push(readFile(cursor));
          if (next > cursor.end) throw new RangeError('an opcode reaches beyond its unit');
          cursor.at = next;
          break;
        }
        case STANDARD.copy:
          add(nameOf(file));
          break;
        case STANDARD.advancePc:
          address += cursor.unsigned() * minimumInstructionBytes;
          break;
        case STANDARD.advanceLine:
          line += cursor.signed();
          break;
        case STANDARD.setFile:
          file = cursor.unsigned();
          break;
        case STANDARD.setColumn:
          cursor.unsigned();
          break;
        case STANDARD.negateStatement:
          isStatement = !isStatement;
          break;
        case STANDARD.constAddPc:
          address += Math.floor((255 - opcodeBase) / lineRange) * minimumInstructionBytes;
          break;
        case STANDARD.fixedAdvancePc:
          address += cursor.u16();
          break;
        default:
          // Of no meaning for places; the header says how many operands to pass.
          for (let left = header.operandCounts[opcode - 1] ?? 0; left > 0; left--) cursor.unsigned();
      }
    }
  }
}

function readHeader(
  cursor: ByteCursor,
  is64: boolean,
  sections: ReadonlyMap<string, Uint8Array>,
): UnitHeader | undefined {
  const version = cursor.u16();
  if (version < 2 || version > 5) return undefined;
  if (version >= 5) cursor.skip(2);
  const headerLength = is64 ? cursor.u64() : cursor.u32();
  const program = cursor.at + headerLength;
  const minimumInstructionBytes = cursor.u8();
  if (version >= 4) cursor.skip(1);
  const defaultIsStatement = cursor.u8() !== 0;
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  if (lineRange === 0) return undefined;
  const operandCounts = Array.from({ length: Math.max(0, opcodeBase - 1) }, () => cursor.u8());
  const directories: string[] = [];
  const files: SourceFile[] = [];
  if (version >= 5) {
    for (const { name } of readEntries(cursor, is64, sections)) directories.push(name);
    files.push(...readEntries(cursor, is64, sections));
  } else {
    // Directory 0 is where the compiler ran, which is not said here.
    directories.push('');
    for (let name = cursor.text(); name !== ''; name = cursor.text()) directories.push(name);
    for (let file = readFile(cursor); file.name !== ''; file = readFile(cursor)) files.push(file);
  }
  if (program > cursor.end) throw new RangeError('the header reaches beyond its unit');
  cursor.at = program;
  return {
    ...{ version, minimumInstructionBytes, defaultIsStatement, lineBase, lineRange, opcodeBase, operandCounts },
    ...{ directories, files },
  };
}

/** An entry of versions 2 to 4; an empty name ends the list, and has nothing behind it. */
function readFile(cursor: ByteCursor): SourceFile {
  const name = cursor.text();
  if (name === '') return { name, directory: 0 };
  const directory = cursor.unsigned();
  cursor.unsigned();
  cursor.unsigned();
  return { name, directory };
}

/** A table of version 5, which says itself what its entries are made of. */
function readEntries(cursor: ByteCursor, is64: boolean, sections: ReadonlyMap<string, Uint8Array>): SourceFile[] {
  const formats = Array.from({ length: cursor.u8() }, () => [cursor.unsigned(), cursor.unsigned()] as const);
  const count = cursor.unsigned();
  if (count > MOST_FILES) throw new RangeError('there are too many files');
  const entries: SourceFile[] = [];
  for (let index = 0; index < count && formats.length > 0; index++) {
    let name = '';
    let directory = 0;
    for (const [content, form] of formats) {
      const value = readForm(cursor, form, is64, sections);
      if (content === CONTENT.path) name = String(value);
      else if (content === CONTENT.directory) directory = Number(value);
    }
    entries.push({ name, directory });
  }
  return entries;
}

function readForm(
  cursor: ByteCursor,
  form: number,
  is64: boolean,
  sections: ReadonlyMap<string, Uint8Array>,
): string | number {
  const textOf = (name: string): string => {
    const offset = is64 ? cursor.u64() : cursor.u32();
    const section = sections.get(name);
    return section === undefined ? '' : new ByteCursor(section, offset).text();
  };
  switch (form) {
    case FORM.string:
      return cursor.text();
    case FORM.lineStrp:
      return textOf('.debug_line_str');
    case FORM.strp:
      return textOf('.debug_str');
    case FORM.udata:
      return cursor.unsigned();
    case FORM.data1:
      return cursor.u8();
    case FORM.data2:
      return cursor.u16();
    case FORM.data4:
      return cursor.u32();
    case FORM.data8:
      return cursor.u64();
    case FORM.data16:
      cursor.skip(16);
      return 0;
    case FORM.block:
      cursor.skip(cursor.unsigned());
      return 0;
    default:
      // How long it is nobody knows.
      throw new RangeError(`form ${form} is not known`);
  }
}

function pathOf({ directories }: UnitHeader, file: SourceFile | undefined): string {
  if (file === undefined) return '?';
  const absolute = (name: string): boolean => name.startsWith('/') || /^[a-z]:[\\/]/i.test(name);
  const directory = directories[file.directory] ?? '';
  if (absolute(file.name) || directory === '') return file.name;
  const base = directories[0] ?? '';
  const whole = absolute(directory) || base === '' || file.directory === 0 ? directory : `${base}/${directory}`;
  return `${whole}/${file.name}`;
}
