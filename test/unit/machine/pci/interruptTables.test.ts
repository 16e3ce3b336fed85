import { describe, expect, test } from 'vitest';
import { mpTables, type PciPin, routingTable } from '../../../../src-main/machine/pci/interruptTables.ts';

const PINS: readonly PciPin[] = [
  { deviceNumber: 1, pin: 1, line: 0 },
  { deviceNumber: 5, pin: 1, line: 0 },
  { deviceNumber: 6, pin: 1, line: 2 },
];
const ROUTES = [10, 10, 11, 11];

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => total + byte, 0) & 0xff;
const text = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

describe('the MP tables', () => {
  const { pointer, table } = mpTables({ vcpuCount: 2, pins: PINS, routes: ROUTES, sciIrq: 9 }, 0xe9000);
  const view = new DataView(table.buffer);

  /** The table's entries by their type: 20 bytes for a processor, 8 for everything else. */
  function entries(): readonly (readonly [number, Uint8Array])[] {
    const found: [number, Uint8Array][] = [];
    for (let at = 44; at < table.length;) {
      const bytes = table.subarray(at, at + (table[at] === 0 ? 20 : 8));
      found.push([bytes[0] ?? 0, bytes]);
      at += bytes.length;
    }
    return found;
  }
  const ofType = (type: number): number[][] =>
    entries().flatMap(([each, bytes]) => (each === type ? [[...bytes]] : []));

  test('are found, and add up', () => {
    expect([text(pointer, 0, 4), pointer.length, sum(pointer)]).toEqual(['_MP_', 16, 0]);
    expect(new DataView(pointer.buffer).getUint32(4, true)).toBe(0xe9000);
    expect([text(table, 0, 4), view.getUint16(4, true), sum(table)]).toEqual(['PCMP', table.length, 0]);
    expect([view.getUint16(34, true), view.getUint32(36, true)]).toEqual([entries().length, 0xfee0_0000]);
  });

  test('name the processors, the first of which starts', () => {
    expect(ofType(0).map((bytes) => [bytes[1], bytes[3]])).toEqual([
      [0, 3],
      [1, 1],
    ]);
  });

  test('lead PCI pins to the requests of their lines, and what is left to ISA', () => {
    const interrupts = ofType(3).map(([, , flags, , bus, source, , pin]) => [flags, bus, source, pin]);
    expect(interrupts.filter(([, bus]) => bus === 0)).toEqual([
      [15, 0, 1 << 2, 10],
      [15, 0, 5 << 2, 10],
      [15, 0, 6 << 2, 11],
    ]);
    expect(interrupts.filter(([, bus]) => bus === 1).map(([, , source]) => source)).toEqual([
      0, 1, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15,
    ]);
    expect(interrupts).toContainEqual([0, 1, 0, 2]);
    expect(interrupts).toContainEqual([13, 1, 9, 9]);
  });
});

test('the $PIR table tells which slots are wired to which line', () => {
  const table = routingTable(PINS, 1, 0xdef8);
  const view = new DataView(table.buffer);
  expect([text(table, 0, 4), view.getUint16(6, true), sum(table), table.length]).toEqual(['$PIR', 80, 0, 80]);
  expect([table[9], view.getUint32(12, true)]).toEqual([8, 0x7000_8086]);
  const slots = [0, 1, 2].map((index) => table.subarray(32 + 16 * index, 48 + 16 * index));
  expect(slots.map((bytes) => [bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]])).toEqual([
    [0x08, 0x60, 0xf8, 0xde, 0],
    [0x28, 0x60, 0xf8, 0xde, 0],
    [0x30, 0x62, 0xf8, 0xde, 0],
  ]);
});
