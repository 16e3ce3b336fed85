import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { elfSections } from '../../../../src-main/debug/symbols/ElfSections.ts';

interface Section {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isCompressed?: boolean;
}

const HEADER_BYTES = 52;
const SECTION_HEADER_BYTES = 40;

/** A 32-bit ELF file of these sections and nothing else; the last is that of the names. */
function elfOf(sections: readonly Section[]): Uint8Array {
  const names = Buffer.from(`\0${sections.map(({ name }) => `${name}\0`).join('')}`);
  const contents = [...sections.map(({ bytes }) => bytes), names];
  const table = HEADER_BYTES + contents.reduce((sum, { length }) => sum + length, 0);
  const file = new Uint8Array(table + SECTION_HEADER_BYTES * (contents.length + 1));
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
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
    view.setUint32(header + 4, 1, true);
    view.setUint32(header + 8, section?.isCompressed ? 0x800 : 0, true);
    view.setUint32(header + 16, at, true);
    view.setUint32(header + 20, content.length, true);
    at += content.length;
    name += (section?.name.length ?? 0) + 1;
  }
  return file;
}

function compressed(bytes: Uint8Array): Uint8Array {
  const header = new Uint8Array(Uint32Array.of(1, bytes.length, 1).buffer);
  return Uint8Array.of(...header, ...deflateSync(bytes));
}

const TEXT = Uint8Array.of(1, 2, 3);

describe('the sections of an ELF file', () => {
  test('are found by their names, and only those that are asked for', () => {
    const file = elfOf([
      { name: '.text', bytes: Uint8Array.of(9) },
      { name: '.debug_line', bytes: TEXT },
    ]);
    expect([...elfSections(file, new Set(['.debug_line', '.debug_str']))]).toEqual([['.debug_line', TEXT]]);
  });

  test('are inflated where they are compressed', () => {
    const file = elfOf([{ name: '.debug_line', bytes: compressed(TEXT), isCompressed: true }]);
    expect(elfSections(file, new Set(['.debug_line'])).get('.debug_line')).toEqual(Buffer.from(TEXT));
  });

  test('of one name are read once, however many a file has', () => {
    const file = elfOf([
      { name: '.debug_line', bytes: TEXT },
      { name: '.debug_line', bytes: Uint8Array.of(4) },
    ]);
    expect(elfSections(file, new Set(['.debug_line'])).get('.debug_line')).toEqual(TEXT);
  });

  test('of a damaged one are left out', () => {
    const damaged = { name: '.debug_line', bytes: compressed(TEXT).fill(0xff, 12), isCompressed: true };
    expect(elfSections(elfOf([damaged]), new Set(['.debug_line'])).size).toBe(0);
  });
});
