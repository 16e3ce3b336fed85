import { beforeEach, expect, test } from 'vitest';
import { MemorySearches } from '../../../../src-main/control/memory/MemorySearches.ts';
import { FakeHypervisor } from '../../../support/hypervisor/FakeHypervisor.ts';

let hypervisor: FakeHypervisor;
let searches: MemorySearches;
let id: string;
const wanted = { pattern: Uint8Array.of(0xde, 0xad), from: 0, direction: 'forward' } as const;

beforeEach(async () => {
  hypervisor = new FakeHypervisor();
  searches = new MemorySearches(hypervisor);
  const created = await hypervisor.create({});
  id = created.ok ? created.value.id : '';
  const ram = new Uint8Array(0x10_0000);
  ram.set([0xde, 0xad], 0x8_1234);
  hypervisor.memory.set(id, ram);
});

test('a machine that is off has no memory to look through', async () => {
  expect(await searches.search(id, wanted)).toMatchObject({ ok: false, problem: { code: 'wrong-state' } });
});

test('tells where the bytes are, or that they are nowhere', async () => {
  await hypervisor.start(id);
  expect(await searches.search(id, wanted)).toEqual({ ok: true, value: { physicalAddress: 0x8_1234 } });
  const other = { ...wanted, pattern: Uint8Array.of(0xde, 0xae) };
  expect(await searches.search(id, other)).toEqual({ ok: true, value: { physicalAddress: null } });
});

test('a later search ends an earlier one of the same machine', async () => {
  await hypervisor.start(id);
  const [earlier, later] = await Promise.all([searches.search(id, wanted), searches.search(id, { ...wanted })]);
  expect(earlier).toMatchObject({ ok: false, problem: { code: 'cancelled' } });
  expect(later).toMatchObject({ ok: true });
});

test('a machine that is powered off meanwhile ends its search', async () => {
  await hypervisor.start(id);
  const searching = searches.search(id, wanted);
  await hypervisor.powerOff(id);
  expect(await searching).toMatchObject({ ok: false, problem: { code: 'wrong-state' } });
});
