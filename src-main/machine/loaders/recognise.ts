import { isStatementWord } from '../../engine/assembler/StatementParser.ts';
import { decodeSource } from '../../engine/assembler/SourceText.ts';
import { hasBootSignature } from './BootSector.ts';
import { hasLinuxHeader } from './BzImage.ts';
import { MAX_COM_BYTES } from './ComProgram.ts';
import { hasElfMagic } from './ElfFile.ts';
import { findMultibootHeader } from './MultibootHeader.ts';
import { isElfKernel } from './LinuxKernel.ts';
import type { ProgramFormat } from './ProgramImage.ts';
import { isSeed } from './SeedSource.ts';

export type Recognition =
  | { readonly kind: 'recognised'; readonly format: ProgramFormat }
  /** `message` says what the file is instead, or that nothing is known of it, and what to do. */
  | { readonly kind: 'unrecognised'; readonly message: string };

const format = (name: ProgramFormat): Recognition => ({ kind: 'recognised', format: name });
const unrecognised = (message: string): Recognition => ({ kind: 'unrecognised', message });

/** Files that people try, and that are no programs for a machine. */
const FOREIGN: readonly { readonly magic: readonly number[]; readonly message: string }[] = [
  {
    magic: [0x4d, 0x5a],
    message:
      'This is a DOS or Windows program (“MZ”), which needs its operating system. Boot a disk with that system instead.',
  },
  { magic: [0x50, 0x4b, 3, 4], message: 'This is a ZIP archive. Unpack it and open the program inside.' },
  { magic: [0x1f, 0x8b], message: 'This is a gzip archive. Unpack it and open the program inside.' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], message: 'This is an xz archive. Unpack it and open the program inside.' },
  { magic: [0x89, 0x50, 0x4e, 0x47], message: 'This is a PNG picture, not a program.' },
  { magic: [0x25, 0x50, 0x44, 0x46], message: 'This is a PDF document, not a program.' },
  {
    magic: [0xcf, 0xfa, 0xed, 0xfe],
    message: 'This is a macOS program. A 32-bit ELF file, a boot sector or assembly text can be loaded.',
  },
];

const LOOKED_AT = 1 << 20;

/** What kind of program a file is, by its contents; the name only decides where contents say nothing. */
export function recognise(bytes: Uint8Array, fileName = ''): Recognition {
  if (bytes.length === 0) return unrecognised('The file is empty: there is nothing to run.');
  if (hasElfMagic(bytes)) {
    if (findMultibootHeader(bytes) !== null) return format('multiboot');
    return format(isElfKernel(bytes) ? 'linux' : 'elf');
  }
  if (hasLinuxHeader(bytes)) return format('linux');
  if (findMultibootHeader(bytes) !== null) return format('multiboot');
  const extension = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  if (isText(bytes)) return recogniseText(bytes, extension);
  if (hasBootSignature(bytes)) return format('boot');
  for (const { magic, message } of FOREIGN)
    if (magic.every((byte, i) => bytes[i] === byte)) return unrecognised(message);
  if (extension === 'com' && bytes.length <= MAX_COM_BYTES) return format('com');
  if (extension === 'bin') return format('bin');
  if (extension === 'img' || extension === 'ima') {
    return unrecognised(
      'The disk image has no boot signature (55h AAh at byte 510), so it cannot be booted. Open one with a boot sector.',
    );
  }
  return unrecognised(
    'The contents fit no kind of program: no boot signature, no ELF or multiboot header, no text. If it is plain machine code, choose the format “flat binary” or “.com” yourself.',
  );
}

function isText(bytes: Uint8Array): boolean {
  let odd = 0;
  const end = Math.min(bytes.length, LOOKED_AT);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0) return false;
    if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 0x1a) odd++;
  }
  return odd * 50 <= end && bytes.length <= 4 * LOOKED_AT;
}

const ASSEMBLY_EXTENSIONS: ReadonlySet<string> = new Set(['asm', 's', 'nasm', 'inc']);

function recogniseText(bytes: Uint8Array, extension: string): Recognition {
  const text = decodeSource(bytes.subarray(0, LOOKED_AT));
  if (text.trim() === '') return unrecognised('The file holds nothing but white space: there is nothing to run.');
  // An empty list of operations and the like is still the seed's form, with a message of its own.
  if (isSeed(text) || /^\s*(\[\s*("|\])|\{\s*")/.test(text)) return format('seed');
  if (ASSEMBLY_EXTENSIONS.has(extension) || looksLikeAssembly(text)) return format('asm');
  return unrecognised(
    'This is text, but no program: neither assembly in NASM syntax nor a list of add, sub, mul, div and halt. If it is meant to be assembly, name it “.asm” to see its errors.',
  );
}

/** At least half of the lines that are not comments begin as statements do. */
function looksLikeAssembly(text: string): boolean {
  let lines = 0,
    statements = 0;
  for (const line of text.split(/\r\n|\n|\r/).slice(0, 2000)) {
    const code = line.replace(/;.*$/, '').trim();
    if (code === '') continue;
    lines++;
    const match = /^(?:([.\w$@?]+):)?\s*(%?\[?[\w.]*)/.exec(code);
    const word = match?.[2]?.toLowerCase() ?? '';
    const second = /^[.\w$@?]+\s+(\w+)/.exec(code)?.[1]?.toLowerCase() ?? '';
    const isData = /^(db|dw|dd|dq|dt|equ|resb|resw|resd|resq|times)$/.test(second);
    if (
      word.startsWith('%') ||
      isStatementWord(word.replace('[', '')) ||
      (match?.[1] !== undefined && word === '') ||
      isData
    )
      statements++;
  }
  return lines > 0 && statements * 2 >= lines;
}
