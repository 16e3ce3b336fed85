import { describe, expect, test } from 'vitest';
import { causeOfFault, PageTables, type PagingEntry } from '../../../src-main/debug/PageTables.ts';
import { CR3, PAGED_RAM_BYTES, preparePagedMachine } from '../../support/engine/pagedMachine.ts';
import { Random } from '../../support/engine/Random.ts';
import { createTestMachine, type TestMachine } from '../../support/engine/TestMachine.ts';

const PRESENT = 1,
  WRITABLE = 2,
  USER = 4,
  LARGE = 0x80;
const CR4_PSE = 0x10,
  CR4_PAE = 0x20;
const TABLE = 0x40_0000;

function machineWith(cr4: number): TestMachine {
  const machine = createTestMachine({ ramBytes: PAGED_RAM_BYTES });
  preparePagedMachine(machine, false);
  machine.state.setControlRegister(4, cr4);
  return machine;
}

function tablesOf({ state, ram }: TestMachine, pageDirectoryPointers: readonly bigint[] = []): PageTables {
  const [cr0, cr3, cr4] = [0, 3, 4].map((index) => state.controlRegister(index));
  return new PageTables({ cr0, cr3, cr4, pageDirectoryPointers }, (at, length) => ram.slice(at, at + length));
}

describe('a page directory', () => {
  test('shows tables, large pages, and pages side by side as one range', () => {
    const machine = machineWith(CR4_PSE);
    machine.write32(CR3 + 4, 0x0080_0000 | PRESENT | LARGE);
    machine.write32(CR3 + 8, 0x00c0_0000 | PRESENT | LARGE);
    const [first, large] = tablesOf(machine).ranges([]) ?? [];
    expect(first).toMatchObject({ kind: 'table', index: 0, isWritable: true, isUser: true });
    expect(large).toMatchObject({ kind: 'page', index: 1, count: 2, linearAddress: 0x40_0000, byteLength: 0x80_0000 });
    expect(large).toMatchObject({ physicalAddress: 0x80_0000, isWritable: false, isUser: false });
    expect(tablesOf(machine).ranges([0])).toMatchObject([{ count: 1024, byteLength: 0x40_0000, physicalAddress: 0 }]);
    expect(tablesOf(machine).ranges([1])).toBeUndefined();
  });

  test('of PAE is reached by registers, and has pages of 2 MiB', () => {
    const machine = machineWith(CR4_PAE);
    machine.write32(TABLE, 0x0060_0000 | PRESENT | LARGE | WRITABLE);
    machine.write32(TABLE + 4, 0x8000_0001);
    const tables = tablesOf(machine, [BigInt(TABLE | PRESENT), 0n, 0n, 0n]);
    expect(tables.mode).toBe('PAE');
    expect(tables.ranges([])).toMatchObject([{ level: 'pointers', index: 0, entryAddress: null, byteLength: 2 ** 30 }]);
    expect(tables.walk(0x12_3456)).toMatchObject([
      { level: 'pointers', kind: 'table' },
      { level: 'directory', kind: 'page', physicalAddress: 0x1_0060_0000, isNoExecute: true, isUser: false },
    ]);
  });

  test('with PSE-36 has large pages beyond 4 GiB', () => {
    const machine = machineWith(CR4_PSE);
    machine.write32(CR3, 0x0040_0000 | (3 << 13) | PRESENT | LARGE);
    expect(tablesOf(machine).walk(0)[0].physicalAddress).toBe(0x3_0040_0000);
  });
});

describe('the map of linear memory', () => {
  /** The first 4 MiB by a table, and nothing else. */
  function machineWithOneTable(cr4: number): TestMachine {
    const machine = machineWith(cr4);
    for (let index = 1; index < 1024; index++) machine.write32(CR3 + 4 * index, 0);
    return machine;
  }

  test('joins pages with the same rights across tables and page sizes, wherever they lead', () => {
    const machine = machineWithOneTable(CR4_PSE);
    machine.write32(CR3 + 4, 0x0080_0000 | PRESENT | LARGE | WRITABLE | USER);
    machine.write32(CR3 + 12, 0x00c0_0000 | PRESENT | LARGE);
    const { ranges, isCut } = tablesOf(machine).map(10);
    expect(ranges).toEqual([
      {
        linearAddress: 0,
        byteLength: 0x80_0000,
        physicalAddress: 0,
        isWritable: true,
        isUser: true,
        isNoExecute: false,
      },
      {
        linearAddress: 0xc0_0000,
        byteLength: 0x40_0000,
        physicalAddress: 0xc0_0000,
        isWritable: false,
        isUser: false,
        isNoExecute: false,
      },
    ]);
    expect(isCut).toBe(false);
  });

  test('grants what every level grants', () => {
    const machine = machineWithOneTable(0);
    const entry = machine.read32(CR3);
    machine.write32(CR3, entry & ~USER);
    expect(tablesOf(machine).map(10).ranges).toMatchObject([{ isUser: false, isWritable: true }]);
  });

  test.each([
    { mode: '32-bit', cr4: 0, entryBytes: 4 },
    { mode: 'PAE', cr4: CR4_PAE, entryBytes: 8 },
  ])('is one range where a guest maps all of it page by page ($mode)', ({ cr4, entryBytes }) => {
    const machine = machineWith(cr4);
    for (let at = 0; at < 4096; at += entryBytes) {
      // Read-only above: that every other page could be written makes no difference.
      machine.write32(CR3 + at, TABLE | PRESENT);
      machine.write32(TABLE + at, 0x0080_0000 | PRESENT | ((at / entryBytes) % 2 === 0 ? WRITABLE : 0));
      if (entryBytes === 8) for (const table of [CR3, TABLE]) machine.write32(table + at + 4, 0);
    }
    const pointer = BigInt(CR3 | PRESENT);
    const { ranges } = tablesOf(machine, [pointer, pointer, pointer, pointer]).map(10);
    expect(ranges).toMatchObject([{ linearAddress: 0, byteLength: 2 ** 32, isWritable: false }]);
  });

  test('ends where there would be too much of it', () => {
    const machine = machineWithOneTable(CR4_PSE);
    machine.write32(CR3 + 12, 0x00c0_0000 | PRESENT | LARGE);
    const { ranges, isCut } = tablesOf(machine).map(1);
    expect([ranges.length, isCut]).toEqual([1, true]);
  });
});

/** Any entries, accesses and privileges: the entry that is blamed is the one that forbids. */
test('the cause of a fault is found wherever the engine’s own walk foretells one', () => {
  const random = new Random(7);
  const machine = machineWith(CR4_PSE);
  const linear = 0x12_3000;
  const pick = <Value>(...values: readonly Value[]): Value => values[random.below(values.length)];
  const forbids: Record<string, (entry: PagingEntry) => boolean> = {
    absent: ({ kind }) => kind === 'absent',
    supervisor: ({ isUser }) => !isUser,
    readOnly: ({ isWritable }) => !isWritable,
    reserved: ({ kind }) => kind === 'page',
  };
  const seen = new Set<string>();
  for (let turn = 0; turn < 400; turn++) {
    const bits = (): number => pick(0, PRESENT, PRESENT) | pick(0, WRITABLE) | pick(0, USER);
    const isLarge = random.below(4) === 0;
    machine.write32(CR3, (isLarge ? 0x0040_0000 | LARGE | pick(0, 0x20_0000) : TABLE) | bits());
    machine.write32(TABLE + 4 * ((linear >>> 12) & 0x3ff), 0x10_0000 | bits());
    const protect = pick(0, 0x1_0000);
    machine.state.setControlRegister(0, (machine.state.controlRegister(0) & ~0x1_0000) | protect);
    machine.processor.stateChanged();
    const access = { kind: pick('read', 'write', 'execute'), isUser: pick(true, false) } as const;
    const walk = tablesOf(machine).walk(linear);
    const verdict = machine.processor.probeAccess(linear, access);
    if (verdict.kind === 'allowed') {
      const last = walk[walk.length - 1];
      const within = last.level === 'directory' ? 0x3f_ffff : 0xfff;
      expect(verdict.physicalAddress).toBe(last.physicalAddress + (linear & within));
      continue;
    }
    const { reason, step } = causeOfFault(verdict.errorCode, access, walk);
    seen.add(reason);
    expect(walk[step] && forbids[reason]?.(walk[step]), `${reason} at ${step}, ${JSON.stringify(access)}`).toBe(true);
  }
  expect([...seen].sort()).toEqual(['absent', 'readOnly', 'reserved', 'supervisor']);
});
