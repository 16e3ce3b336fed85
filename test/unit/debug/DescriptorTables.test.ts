import { describe, expect, test } from 'vitest';
import { readDescriptors, readTaskState, readVectors } from '../../../src-main/debug/DescriptorTables.ts';
import type { MemoryAccess } from '../../../src-main/debug/LinearMemory.ts';
import { gateDescriptor, segmentDescriptor, TYPE } from '../../support/engine/descriptors.ts';

const BASE = 0x100;
const ram = new Uint8Array(0x1000);
const view = new DataView(ram.buffer);
const memory: MemoryAccess = {
  isPaging: false,
  readPhysical: (address, byteLength) => ram.slice(address, address + byteLength),
  translate: (address) => Promise.resolve(address),
};

function put(offset: number, [low, high]: readonly [number, number]): void {
  view.setUint32(BASE + offset, low, true);
  view.setUint32(BASE + offset + 4, high, true);
}

describe('a descriptor table', () => {
  test('shows segments with base, limit in bytes, and what they allow', async () => {
    ram.fill(0);
    put(0x08, segmentDescriptor({ type: TYPE.code }));
    put(0x18, segmentDescriptor({ type: TYPE.data, dpl: 3 }));
    const { entries } = await readDescriptors(memory, { base: BASE, limit: 0x27 }, false);
    expect(entries).toMatchObject([
      { place: 8, kind: 'code', base: 0, limit: 0xffff_ffff, dpl: 0, isPresent: true },
      { place: 0x18, kind: 'data', dpl: 3 },
    ]);
    expect(entries[0]?.access).toMatch(/^r-x 32/);
    expect(entries[1]?.access).toMatch(/^rw- 32/);
  });

  test('of interrupts shows gates by their vectors', async () => {
    ram.fill(0);
    put(14 * 8, gateDescriptor({ kind: 'interrupt32', selector: 8, offset: 0x1234_5678 }));
    const { entries } = await readDescriptors(memory, { base: BASE, limit: 0x7ff }, true);
    expect(entries).toEqual([
      { place: 14, kind: 'interruptGate32', isPresent: true, dpl: 0, selector: 8, offset: 0x1234_5678 },
    ]);
  });

  test('is said to be cut where it leaves memory', async () => {
    expect((await readDescriptors(memory, { base: 0xff0, limit: 0x3f }, false)).isCut).toBe(true);
  });
});

test('real mode’s vectors are pointers', async () => {
  ram.fill(0);
  view.setUint32(0x10 * 4, 0xf000_1234, true);
  expect((await readVectors(memory, { base: 0, limit: 0x3ff })).entries).toEqual([
    { place: 0x10, kind: 'vector', isPresent: true, dpl: 0, selector: 0xf000, offset: 0x1234 },
  ]);
});

describe('a task-state segment', () => {
  test('of 32 bits', async () => {
    ram.fill(0);
    view.setUint32(BASE + 4, 0x9000, true);
    view.setUint16(BASE + 8, 0x10, true);
    view.setUint16(BASE + 102, 0x68, true);
    const fields = await readTaskState(memory, { base: BASE, limit: 103 }, true);
    const value = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    expect(value).toMatchObject({ esp0: 0x9000, ss0: 0x10, iomap: 0x68, cr3: 0, edi: 0, gs: 0 });
  });

  test('of 16 bits', async () => {
    ram.fill(0);
    view.setUint16(BASE + 14, 0x7c00, true);
    const fields = await readTaskState(memory, { base: BASE, limit: 43 }, false);
    expect(fields.find(({ name }) => name === 'ip')).toEqual({ name: 'ip', value: 0x7c00, bits: 16 });
    expect(fields.some(({ name }) => name === 'cr3')).toBe(false);
  });
});
