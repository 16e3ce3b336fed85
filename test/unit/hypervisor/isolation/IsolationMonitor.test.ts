import { beforeEach, expect, test } from 'vitest';
import { PAGE_FLAG } from '../../../../src-main/engine/state/layout.ts';
import { IsolationMonitor } from '../../../../src-main/hypervisor/isolation/IsolationMonitor.ts';
import { hashLoadedPages } from '../../../../src-main/hypervisor/isolation/pageHash.ts';
import {
  PAGE_WRITES,
  type LoadedPages,
  type MachineViews,
} from '../../../../src-main/hypervisor/threads/ThreadMachine.ts';

const PAGES = 256;
const FLAGS_AT = PAGES * 4096;
const views: MachineViews = {
  buffer: new SharedArrayBuffer(FLAGS_AT + PAGES),
  ramOffset: 0,
  ramBytes: PAGES * 4096,
  pageFlagsOffset: FLAGS_AT,
  writes: new SharedArrayBuffer(PAGES),
  activity: new SharedArrayBuffer(0),
  exits: new SharedArrayBuffer(0),
  stateOffsets: [],
};
const ram = new Uint8Array(views.buffer, 0, views.ramBytes);
const flags = new Uint8Array(views.buffer, FLAGS_AT);
const writes = new Uint8Array(views.writes);
let loaded: LoadedPages;
let monitor: IsolationMonitor;

beforeEach(() => {
  ram.fill(0);
  flags.fill(0);
  writes.fill(0);
  const program = Uint8Array.from({ length: 10_000 }, (_, index) => index * 7);
  ram.set(program, 0x7c00);
  loaded = hashLoadedPages(ram, [{ physicalAddress: 0x7c00, bytes: program }]);
  monitor = new IsolationMonitor('vm-1', views, loaded);
  monitor.verify(PAGES);
});

test('memory as it was loaded is whole', () => {
  expect(monitor.integrity(null)).toMatchObject({ guardedPages: PAGES, passes: 1, foreignWrites: 0 });
});

test('machines that guard equal pages show different digests, each its own at every look', async () => {
  const neighbour = new IsolationMonitor('vm-2', views, loaded);
  const [own, others] = [monitor.integrity(null).digest, neighbour.integrity(null).digest];
  expect(others.slice(0, 8)).not.toBe(own.slice(0, 8));
  expect(others.slice(8)).not.toBe(own.slice(8));
  monitor.verify(PAGES);
  expect(monitor.integrity(null).digest).toBe(own);
  expect(new IsolationMonitor('vm-1', views, loaded).integrity(null).digest).toBe(own);
  expect(await neighbour.exactDigest()).toBe(await monitor.exactDigest());
});

test.each([0x7c00, 0x7c00 + 9999, 0x5_0000, views.ramBytes - 1])('a foreign write to %i is found', (address) => {
  const { digest } = monitor.integrity(null);
  ram[address] = (ram[address] ?? 0) ^ 1;
  monitor.verify(PAGES);
  const after = monitor.integrity(null);
  expect(after.foreignWrites).toBe(1);
  expect(after.digest).not.toBe(digest);
});

test('a page that the guest writes is no longer guarded, and its content no evidence', () => {
  flags[0x50] = PAGE_FLAG.dirty;
  monitor.verify(PAGES);
  const { digest } = monitor.integrity(null);
  ram[0x5_0123] = 1;
  monitor.verify(PAGES);
  expect(monitor.integrity(null)).toMatchObject({ guardedPages: PAGES - 1, foreignWrites: 0, digest });
});

test('so is one whose flag was collected already', () => {
  writes[0x50] = PAGE_WRITES.before;
  ram[0x5_0123] = 1;
  monitor.verify(PAGES);
  expect(monitor.integrity(null)).toMatchObject({ guardedPages: PAGES - 1, foreignWrites: 0 });
});

test('cells glow where pages were written, and cool down', () => {
  writes[0x50] = PAGE_WRITES.recent;
  flags[0x07] = PAGE_FLAG.code;
  const first = monitor.activity();
  expect(first.heat[0x50]).toBe(255);
  expect(first.heat[0x51]).toBe(0);
  expect(first.code[0x07]).toBe(1);
  const second = monitor.activity();
  expect(second.heat[0x50]).toBeLessThan(255);
  expect(second.heat[0x50]).toBeGreaterThan(0);
});

test('the exact digest depends on every byte', async () => {
  const before = await monitor.exactDigest();
  expect(await monitor.exactDigest()).toBe(before);
  ram[123_456] = 1;
  expect(await monitor.exactDigest()).not.toBe(before);
});
