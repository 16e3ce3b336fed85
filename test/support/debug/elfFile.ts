export interface Section {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isCompressed?: boolean;
  /** Other than of program bits, and the number of another section that it goes with, from 1. */
  readonly type?: number;
  readonly link?: number;
}

const EM_386 = 3;
const HEADER_BYTES = 52;
const SECTION_HEADER_BYTES = 40;

/** A 32-bit ELF file of these sections and nothing else; the last is that of the names. */
export function elfOf(sections: readonly Section[]): Uint8Array {
  const names = Buffer.from(`\0${sections.map(({ name }) => `${name}\0`).join('')}`);
  const contents = [...sections.map(({ bytes }) => bytes), names];
  const table = HEADER_BYTES + contents.reduce((sum, { length }) => sum + length, 0);
  const file = new Uint8Array(table + SECTION_HEADER_BYTES * (contents.length + 1));
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(18, EM_386, true);
  view.setUint32(32, table, true);
  view.setUint16(46, SECTION_HEADER_BYTES, true);
  view.setUint16(48, contents.length + 1, true);
  view.setUint16(50, contents.length, true);
  let [at, name] = [HEADER_BYTES, 1];
  for (const [index, content] of contents.entries()) {
    const header = table + SECTION_HEADER_BYTES * (index + 1);
    const section = sections[index];
    file.set(content, at);
    view.setUint32(header, section ? name : 0, true);
    view.setUint32(header + 4, section?.type ?? 1, true);
    view.setUint32(header + 8, section?.isCompressed ? 0x800 : 0, true);
    view.setUint32(header + 16, at, true);
    view.setUint32(header + 24, section?.link ?? 0, true);
    view.setUint32(header + 20, content.length, true);
    at += content.length;
    name += (section?.name.length ?? 0) + 1;
  }
  return file;
}

const SHT_SYMTAB = 2;
const STT_FUNC = 2;
const SYMBOL_BYTES = 16;

/** The sections of a symbol table with these functions; the first of the file. */
export function symbolSections(symbols: readonly { readonly name: string; readonly address: number }[]): Section[] {
  const names = Buffer.from(`\0${symbols.map(({ name }) => `${name}\0`).join('')}`);
  const table = new Uint8Array(SYMBOL_BYTES * symbols.length);
  const view = new DataView(table.buffer);
  let at = 1;
  for (const [index, { name, address }] of symbols.entries()) {
    view.setUint32(SYMBOL_BYTES * index, at, true);
    view.setUint32(SYMBOL_BYTES * index + 4, address, true);
    view.setUint8(SYMBOL_BYTES * index + 12, STT_FUNC);
    view.setUint16(SYMBOL_BYTES * index + 14, 1, true);
    at += Buffer.byteLength(name) + 1;
  }
  return [
    { name: '.symtab', bytes: table, type: SHT_SYMTAB, link: 2 },
    { name: '.strtab', bytes: names },
  ];
}

/** `.debug_line` of version 2: `count` lines of kernel.c from line 1 on, an instruction of 2 bytes each from `address` on. */
export function lineSection(address: number, count: number): Section {
  const text = (name: string): number[] => [...Buffer.from(`${name}\0`)];
  // Special opcodes from 13 on move by line and address: 13 + (1 - -5) + 14 * 2 is a line and two bytes.
  const [opcodeBase, lineBase, lineRange] = [13, 0xfb, 14];
  const step = opcodeBase + 6 + 2 * lineRange;
  const header = [1, 1, lineBase, lineRange, opcodeBase, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
  const files = [0, ...text('kernel.c'), 0, 0, 0, 0];
  const place = [0, 5, 2, ...new Uint8Array(Uint32Array.of(address).buffer)];
  const program = [...place, 1, ...Array<number>(count - 1).fill(step), 2, 2, 0, 1, 1];
  const length = header.length + files.length;
  const body = [2, 0, ...new Uint8Array(Uint32Array.of(length).buffer), ...header, ...files, ...program];
  return {
    name: '.debug_line',
    bytes: Uint8Array.from([...new Uint8Array(Uint32Array.of(body.length).buffer), ...body]),
  };
}
