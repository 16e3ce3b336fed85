import { expect, test } from 'vitest';
import { readBootCatalogue } from '../../../../src-main/machine/images/ElTorito.ts';

const CATALOGUE = 20;

/** A disc with a boot record and a catalogue of these entries. */
function disc(entries: readonly (readonly number[])[], spoil: (sectors: Map<number, Uint8Array>) => void = () => {}) {
  const record = new Uint8Array(2048);
  record.set(new TextEncoder().encode('\0CD001\x01EL TORITO SPECIFICATION'));
  new DataView(record.buffer).setUint32(0x47, CATALOGUE, true);
  const catalogue = new Uint8Array(2048);
  entries.forEach((entry, index) => catalogue.set(entry, 32 * index));
  const sectors = new Map([
    [17, record],
    [CATALOGUE, catalogue],
  ]);
  spoil(sectors);
  return readBootCatalogue((sector) => sectors.get(sector));
}

/** Words add up to zero: 0001h + AA55h + checksum. */
const VALIDATION = [1, 0, ...new Array<number>(26).fill(0), 0xaa, 0x55, 0x55, 0xaa];
const entry = (...start: number[]): number[] => [...start, ...new Array<number>(32 - start.length).fill(0)];

test('the default entry: without emulation, four sectors at sector 34', () => {
  expect(disc([VALIDATION, entry(0x88, 0, 0, 0, 0, 0, 4, 0, 34, 0, 0, 0)])).toEqual([
    { platform: 0, emulation: 'none', loadSegment: 0x7c0, sectorCount: 4, firstSector: 34 },
  ]);
});

test('a diskette, its own segment, and a section for EFI', () => {
  const entries = disc([
    VALIDATION,
    entry(0x88, 2, 0x00, 0x10, 0, 0, 1, 0, 50, 0, 0, 0),
    entry(0x91, 0xef, 1, 0),
    entry(0x88, 0, 0, 0, 0, 0, 0, 0x10, 60, 0, 0, 0),
  ]);
  expect(entries.map(({ platform, emulation }) => [platform, emulation])).toEqual([
    [0, '1.44M'],
    [0xef, 'none'],
  ]);
  expect(entries[0]).toMatchObject({ loadSegment: 0x1000, firstSector: 50 });
});

test.each([
  ['no boot record', (sectors: Map<number, Uint8Array>) => sectors.delete(17)],
  ['another volume descriptor', (sectors: Map<number, Uint8Array>) => sectors.get(17)?.set([1])],
  ['no catalogue', (sectors: Map<number, Uint8Array>) => sectors.delete(CATALOGUE)],
  ['a wrong checksum', (sectors: Map<number, Uint8Array>) => sectors.get(CATALOGUE)?.set([9], 5)],
])('a disc with %s starts nothing', (_, spoil) => {
  expect(disc([VALIDATION, entry(0x88, 0, 0, 0, 0, 0, 4)], spoil)).toEqual([]);
});

test('an entry that is not bootable is left out', () => {
  expect(disc([VALIDATION, entry(0x00, 0, 0, 0, 0, 0, 4)])).toEqual([]);
});
