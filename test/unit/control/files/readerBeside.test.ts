import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readerBeside } from '../../../../src-main/control/files/readerBeside.ts';

let folder: string;
let read: (name: string) => Uint8Array | null;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium-reader-'));
  mkdirSync(path.join(folder, 'program', 'parts'), { recursive: true });
  writeFileSync(path.join(folder, 'secret.txt'), 'secret');
  writeFileSync(path.join(folder, 'program', 'parts', 'part.inc'), 'nop');
  read = readerBeside(path.join(folder, 'program', 'main.asm'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('files below the source are read, and none outside', () => {
  expect(read('parts/part.inc')).toEqual(Buffer.from('nop'));
  expect(read('../secret.txt')).toBeNull();
  expect(read(path.join(folder, 'secret.txt'))).toBeNull();
});

test('what is no file, or is huge, is not read', () => {
  const huge = path.join(folder, 'program', 'huge.bin');
  writeFileSync(huge, '');
  truncateSync(huge, 2 ** 29);
  expect(read('parts')).toBeNull();
  expect(read('huge.bin')).toBeNull();
});

// There are none on Windows.
test.skipIf(process.platform === 'win32')('a pipe is not waited for', () => {
  execFileSync('mkfifo', [path.join(folder, 'program', 'pipe.inc')]);
  expect(read('pipe.inc')).toBeNull();
});
