import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WavFile, wavHeader } from '../../../src-main/cli/WavFile.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium-wav-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('is a WAVE file of 16-bit stereo, with its lengths filled in', () => {
  const name = path.join(folder, 'a.wav');
  const file = new WavFile(name);
  file.add(Int16Array.of(1, -1, 2, -2), 0);
  file.save();
  file.add(Int16Array.of(3, -3), 2);
  file.close();
  const bytes = readFileSync(name);
  expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', 8, 16)]).toEqual(['RIFF', 'WAVEfmt ']);
  expect([bytes.readUInt32LE(4), bytes.readUInt32LE(24), bytes.readUInt32LE(40)]).toEqual([48, 44_100, 12]);
  expect([0, 1, 2, 3, 4, 5].map((at) => bytes.readInt16LE(44 + 2 * at))).toEqual([1, -1, 2, -2, 3, -3]);
});

test('is silent where nothing was heard', () => {
  const name = path.join(folder, 'a.wav');
  const file = new WavFile(name);
  file.add(Int16Array.of(1, -1), 0);
  file.add(Int16Array.of(2, -2), 2);
  file.close();
  const bytes = readFileSync(name);
  expect([0, 1, 2, 3, 4, 5].map((at) => bytes.readInt16LE(44 + 2 * at))).toEqual([1, -1, 0, 0, 2, -2]);
});

test('a file of more than 4 GiB says that it goes on to its end', () => {
  const header = Buffer.from(wavHeader(5 * 2 ** 30));
  expect([header.readUInt32LE(4), header.readUInt32LE(40)]).toEqual([0xffff_ffff, 0xffff_ffff]);
});

test('a file that cannot be written is a mistake of the user’s', () => {
  expect(() => new WavFile(path.join(folder, 'no', 'a.wav'))).toThrow(/^--audio: .*a\.wav cannot be written/);
});
