import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { recognise } from '../../../../src-main/machine/loaders/recognise.ts';
import { bootSector, elfFile, linuxKernel, multibootKernel, pvhKernel, textFile } from './files.ts';

const samples = fileURLToPath(new URL('../../../../resources/programs', import.meta.url));

test.each([
  ['seed', textFile('add\nsub\nhalt\n'), ''],
  ['seed', textFile('; comment\neax = 5\nMUL ; x\n'), 'x.txt'],
  ['seed', textFile('["add", "halt"]'), ''],
  ['seed', textFile('{"eax": 1, "program": ["add"]}'), ''],
  ['asm', textFile('bits 16\norg 0x7c00\nstart: mov ax, 1\n  hlt\n'), ''],
  ['asm', textFile('%define x 1\nlabel:\n  db x\n'), 'notes.txt'],
  ['asm', textFile('whatever this is\n'), 'x.asm'],
  ['boot', bootSector(), ''],
  ['elf', elfFile(), ''],
  ['multiboot', multibootKernel(), ''],
  ['linux', linuxKernel(), ''],
  ['linux', pvhKernel(), 'vmlinux'],
  ['linux', elfFile([{ virtual: 0x10_0000, physical: 0x10_0000, contents: textFile('\0Linux version 6.1.0\0') }]), ''],
  ['com', Uint8Array.of(0xb4, 0x4c, 0xcd, 0x21, 0), 'x.COM'],
  ['bin', Uint8Array.of(0xf4, 0, 1, 2), 'x.bin'],
] as const)('%s', (format, bytes, fileName) => {
  expect(recognise(bytes, fileName)).toEqual({ kind: 'recognised', format });
});

test.each([
  [new Uint8Array(0), '', /empty/],
  [textFile(' \n\n'), '', /nothing but white space/],
  [textFile('Dear Sir,\n\nthis is a letter about nothing in particular.\n'), '', /text, but no program/],
  [Uint8Array.of(0x4d, 0x5a, 0x90, 0, 3, 0), 'setup.exe', /DOS or Windows program/],
  [Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), 'x.zip', /ZIP archive/],
  [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0), '', /PNG/],
  [Uint8Array.of(1, 2, 3, 0, 255, 254), '', /fit no kind of program/],
  [new Uint8Array(1024), 'disk.img', /no boot signature/],
])('unrecognised: %#', (bytes, fileName, message) => {
  const found = recognise(bytes, fileName);
  expect(found.kind === 'unrecognised' ? found.message : found.format).toMatch(message);
});

describe('the samples', () => {
  test.each(readdirSync(samples).filter((file) => /\.(asm|txt)$/.test(file)))('%s', (file) => {
    const found = recognise(readFileSync(path.join(samples, file)));
    expect(found).toEqual({ kind: 'recognised', format: file.endsWith('.asm') ? 'asm' : 'seed' });
  });
});
