import { beforeEach, expect, test } from 'vitest';
import { MemoryComparisons } from '../../../../src-main/control/memory/MemoryComparisons.ts';
import { FakeHypervisor } from '../../../support/hypervisor/FakeHypervisor.ts';

let hypervisor: FakeHypervisor;
let comparisons: MemoryComparisons;
let id: string;
let other: string;

beforeEach(async () => {
  hypervisor = new FakeHypervisor();
  comparisons = new MemoryComparisons(hypervisor);
  [id, other] = await Promise.all([make(), make()]);
  hypervisor.memory.get(other)?.set([1, 2, 3], 0x8000);
});

async function make(): Promise<string> {
  const created = await hypervisor.create({});
  if (!created.ok) throw new Error('no machine');
  hypervisor.memory.set(created.value.id, new Uint8Array(0x10_0000));
  return created.value.id;
}

test('a machine that is off, on either side, has no memory to compare', async () => {
  const withOther = { kind: 'machine', id: other } as const;
  expect(await comparisons.compare(id, withOther)).toMatchObject({ ok: false, problem: { code: 'wrong-state' } });
  await hypervisor.start(id);
  expect(await comparisons.compare(id, withOther)).toMatchObject({ ok: false, problem: { code: 'wrong-state' } });
});

test('tells where two machines differ, and what the other holds there', async () => {
  await Promise.all([hypervisor.start(id), hypervisor.start(other)]);
  const withOther = { kind: 'machine', id: other } as const;
  expect(await comparisons.compare(id, withOther)).toEqual({
    ok: true,
    value: {
      ranges: [{ address: 0x8000, byteLength: 3 }],
      rangeCount: 1,
      byteCount: 3,
      comparedBytes: 16 * 2 ** 20,
      isCut: false,
    },
  });
  expect(await comparisons.bytes(id, withOther, 0x7fff, 4)).toEqual({ ok: true, value: Uint8Array.of(0, 1, 2, 3) });
});

test('says so where the other machine is switched off meanwhile, and takes nothing for its memory', async () => {
  await Promise.all([hypervisor.start(id), hypervisor.start(other)]);
  const withOther = { kind: 'machine', id: other } as const;
  const comparing = comparisons.compare(id, withOther);
  await hypervisor.powerOff(other);
  expect(await comparing).toMatchObject({ ok: false, problem: { code: 'wrong-state' } });
  expect(await comparisons.bytes(id, withOther, 0, 4)).toMatchObject({ ok: false, problem: { code: 'wrong-state' } });
});

test('tells what has changed since a snapshot, and says when its memory cannot be read', async () => {
  await hypervisor.start(id);
  hypervisor.memory.get(id)?.set([9], 0x1234);
  const compared = { kind: 'snapshot', snapshot: 'sn-1' } as const;
  expect(await comparisons.compare(id, compared)).toMatchObject({ ok: false, problem: { code: 'machine-not-found' } });
  const content = { byteLength: 0x10_0000, isPage: () => false };
  hypervisor.snapshotContent = { ...content, read: async (_, length) => new Uint8Array(length) };
  expect(await comparisons.compare(id, compared)).toMatchObject({
    value: { ranges: [{ address: 0x1234, byteLength: 1 }] },
  });
  hypervisor.snapshotContent = { ...content, read: () => Promise.reject(new Error('page 7 is damaged')) };
  expect(await comparisons.compare(id, compared)).toMatchObject({
    ok: false,
    problem: { code: 'file-unreadable', message: 'The snapshot’s memory cannot be read: page 7 is damaged' },
  });
});
