import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ContainmentJournal } from '../../../src-main/desktop/ContainmentJournal.ts';
import type { ContainmentEntry as HypervisorEntry } from '../../../src-main/hypervisor/types.ts';
import type { ContainmentEntry } from '../../../src-preload/contract/observation.ts';
import { FakeHypervisor } from '../../support/hypervisor/FakeHypervisor.ts';

let hypervisor: FakeHypervisor;
let published: ContainmentEntry[][];
let journal: ContainmentJournal;
let rogue: string;
let neighbour: string;

beforeEach(async () => {
  vi.useFakeTimers();
  hypervisor = new FakeHypervisor();
  published = [];
  for (const name of ['rogue', 'primes']) {
    const created = await hypervisor.create({ name });
    if (created.ok) await hypervisor.start(created.value.id);
  }
  [rogue = '', neighbour = ''] = hypervisor.vms.keys();
  journal = new ContainmentJournal(hypervisor, (entries) => published.push(entries));
});
afterEach(() => {
  journal.dispose();
  vi.useRealTimers();
});

const entry = (changes: Partial<HypervisorEntry> = {}): HypervisorEntry => ({
  id: 1,
  vmId: rogue,
  vcpu: 0,
  kind: 'outside-ram',
  mechanism: 'physical-memory-map',
  count: 1,
  firstAt: 0,
  lastAt: 0,
  address: 0x1000_0000,
  lastAddress: 0x1000_0000,
  access: 'write',
  instructionAddress: 0x7c00,
  detail: { id: 'instruction', mnemonic: 'stosb' },
  ...changes,
});

test('an attempt is published with its name and the proof beside it', () => {
  const vm = { state: 'running', activity: 'busy', mips: 1, retiredInstructions: 1, vcpus: [], exits: {}, exitRates: {}, pageFaultRate: 0, diskAccessRate: 0, networkFrameRate: 0, containmentCount: 0 } as const; // prettier-ignore
  hypervisor.stats = {
    ...hypervisor.stats,
    vms: [rogue, neighbour].map((vmId) => ({ ...vm, vmId, receivedShare: 0.5, entitledShare: 0.5 })),
  };
  hypervisor.emit('containment', [entry()]);
  vi.advanceTimersByTime(1000);
  const integrity = { vmId: neighbour, digest: 'feed', pageCount: 1, guardedPages: 1, passes: 1, foreignWrites: 0, exactDigest: null }; // prettier-ignore
  hypervisor.emit('isolation', { at: 0, activity: [], integrity: [integrity] });
  hypervisor.emit('containment', [entry({ count: 900 })]);
  vi.advanceTimersByTime(1000);
  expect(published.map((entries) => entries.map(({ count }) => count))).toEqual([[1], [900]]);
  expect(published[1]?.[0]).toMatchObject({
    name: 'rogue',
    neighbours: [{ name: 'primes', digest: 'feed', foreignWrites: 0, receivedShare: 0.5 }],
  });
  expect(journal.list(10)).toHaveLength(1);
});

test('a guest that tries many places is one line, with all of them counted', () => {
  hypervisor.emit('containment', [entry({ id: 1, address: 0x5000, lastAddress: 0x5000, count: 3, firstAt: 20 })]);
  hypervisor.emit('containment', [
    entry({ id: 2, address: 0x4000, lastAddress: 0x9000, count: 4, firstAt: 10, lastAt: 30 }),
  ]);
  hypervisor.emit('containment', [entry({ id: 1, address: 0x5000, lastAddress: 0x5000, count: 5 })]);
  hypervisor.emit('containment', [entry({ id: 3, access: 'read' })]);
  vi.advanceTimersByTime(1000);
  expect(journal.list(10)).toMatchObject([
    { id: 1, count: 9, address: 0x4000, lastAddress: 0x9000, firstAt: 0, lastAt: 30 },
    { id: 3, access: 'read' },
  ]);
});

test('neighbours are hashed only while something happens', () => {
  expect(hypervisor.listenerCount('isolation')).toBe(0);
  hypervisor.emit('containment', [entry()]);
  expect(hypervisor.listenerCount('isolation')).toBe(1);
  vi.advanceTimersByTime(6000);
  expect(hypervisor.listenerCount('isolation')).toBe(0);
});

test('a guest that hammers is published at most four times a second', () => {
  for (let count = 1; count <= 100; count++) {
    hypervisor.emit('containment', [entry({ count })]);
    vi.advanceTimersByTime(10);
  }
  expect(published.length).toBeLessThanOrEqual(4);
});

test("an entry keeps its machine's name after the machine is gone", async () => {
  hypervisor.emit('containment', [entry()]);
  await hypervisor.powerOff(rogue);
  await hypervisor.delete(rogue);
  hypervisor.emit('containment', [entry({ count: 2 })]);
  expect(journal.list(1)[0]?.name).toBe('rogue');
});

test('cleared is empty', () => {
  hypervisor.emit('containment', [entry()]);
  journal.clear();
  vi.advanceTimersByTime(1000);
  expect([journal.list(10), published]).toEqual([[], []]);
});
