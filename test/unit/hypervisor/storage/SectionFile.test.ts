import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeSections, encodeSections, headLength } from '../../../../src-main/hypervisor/storage/SectionFile.ts';

const LIMITS = { newestVersion: 3, mostBytes: 10_000 };
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const sections = [
  { name: 'definition', bytes: text('{"a":1}') },
  { name: 'ram', bytes: new Uint8Array(500).fill(7) },
  { name: 'empty', bytes: new Uint8Array() },
];
const file = encodeSections('RECD', 2, sections);

function refusal(bytes: Uint8Array): string {
  const decoded = decodeSections(bytes, 'RECD', LIMITS);
  return decoded.ok ? 'taken' : decoded.message;
}

/** A file whose checksums are right whatever else is wrong with it. */
function forge(change: (view: DataView, file: Uint8Array) => void): Uint8Array {
  const forged = file.slice();
  change(new DataView(forged.buffer), forged);
  const end = 32 + sections.length * 64;
  forged.set(createHash('sha256').update(forged.subarray(0, end)).digest(), end);
  return forged;
}

test('sections come back as they were', () => {
  const decoded = decodeSections(file, 'RECD', LIMITS);
  expect(decoded.ok && decoded.version).toBe(2);
  for (const { name, bytes } of sections) expect(decoded.ok && decoded.sections.get(name)).toEqual(Buffer.from(bytes));
});

test('each flipped bit is refused', () => {
  for (let bit = 0; bit < file.length * 8; bit++) {
    const damaged = file.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(refusal(damaged), `bit ${bit}`).not.toBe('taken');
  }
});

test('damage is told with its place', () => {
  const damaged = file.slice();
  damaged[file.length - 1] = 0x55;
  expect(refusal(damaged)).toMatch(/^its section empty \(bytes \d+ to \d+\) is damaged$/);
  const table = file.slice();
  table[40] = 0x55;
  expect(refusal(table)).toBe('its table of contents (bytes 0 to 255) is damaged');
});

test('each cut and each addition is refused', () => {
  for (let length = 0; length < file.length; length++) expect(refusal(file.subarray(0, length))).not.toBe('taken');
  expect(refusal(Buffer.concat([file, text('x')]))).toMatch(/should have/);
});

test('a file of more sections than can be read is not written', () => {
  expect(() => headLength(2 ** 20)).not.toThrow();
  expect(() => headLength(2 ** 20 + 1)).toThrow('1048577 sections, and 1048576 are the most');
});

describe('files made to harm, with checksums that are right', () => {
  test.each<[string, (view: DataView, file: Uint8Array) => void, RegExp]>([
    ['another kind', (_, bytes) => bytes.set(text('SNAP'), 8), /another kind, "SNAP"/],
    ['a newer version', (view) => view.setUint32(12, 4, true), /version 4, and this program reads 1 to 3/],
    ['more sections than there is room for', (view) => view.setUint32(16, 1000, true), /table of contents/],
    ['more sections than there may be', (view) => view.setUint32(16, 0xffff_ffff, true), /4294967295 sections/],
    ['a section without end', (view) => view.setFloat64(48, Infinity, true), /no sense at byte 32/],
    ['a section of negative length', (view) => view.setFloat64(48, -5, true), /no sense at byte 32/],
    ['a section beyond the end', (view) => view.setFloat64(48, 1e6, true), /no sense at byte 32/],
    ['a section that is no number', (view) => view.setFloat64(56, NaN, true), /no sense at byte 32/],
    ['two sections of one name', (_, bytes) => bytes.copyWithin(96, 32, 48), /no sense at byte 96/],
    ['a section without a name', (_, bytes) => bytes.fill(0, 32, 48), /no sense at byte 32/],
    ['bytes between sections', (view) => view.setFloat64(48, 1, true), /belong to no section/],
    ['more than may be unpacked', (view) => view.setFloat64(56, 1e9, true), /would unpack to 1000000500 bytes/],
    ['another length than it says', (view) => view.setFloat64(56, 3, true), /cannot be unpacked|another length/],
  ])('%s', (_, change, message) => {
    expect(refusal(forge(change))).toMatch(message);
  });

  test('a decompression bomb unpacks to no more than it says', () => {
    const bomb = deflateRawSync(new Uint8Array(50 << 20));
    const small = encodeSections('RECD', 1, [{ name: 'bomb', bytes: new Uint8Array(bomb.length) }]);
    const forged = new Uint8Array(32 + 64 + 32 + bomb.length);
    forged.set(small.subarray(0, 128));
    const view = new DataView(forged.buffer);
    view.setFloat64(24, forged.length, true);
    view.setFloat64(48, bomb.length, true);
    view.setFloat64(56, 100, true);
    forged.set(createHash('sha256').update(bomb).digest(), 64);
    forged.set(createHash('sha256').update(forged.subarray(0, 96)).digest(), 96);
    forged.set(bomb, 128);
    expect(refusal(forged)).toMatch(/bomb .* cannot be unpacked/);
  });
});
