import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CableEndParts } from '../../../../src-main/hypervisor/network/CableEnd.ts';
import { NetworkThread, type CabledMachine } from '../../../../src-main/hypervisor/network/NetworkThread.ts';

let folder: string;
let thread: NetworkThread;
const onDeath = vi.fn();

/** A machine whose cables are kept. */
function machine(id: string): CabledMachine & { readonly cables: CableEndParts[] } {
  const cables: CableEndParts[] = [];
  return {
    id,
    name: id,
    network: { kind: 'segment', name: 'lab' },
    wake: { words: new SharedArrayBuffer(4), index: 0 },
    owed: { words: new SharedArrayBuffer(4), index: 0 },
    cables,
    connect: (cable) => cables.push(cable),
  };
}

async function open(script: string): Promise<void> {
  const entry = path.join(folder, 'thread.cjs');
  await writeFile(entry, script);
  thread = new NetworkThread({ entry, onDeath });
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium-network-'));
  onDeath.mockReset();
});
afterEach(async () => {
  await thread.close();
  await rm(folder, { recursive: true });
});

const HEARS_NOTHING = `require('node:worker_threads').parentPort.on('message', () => undefined);`;
const DIES_OF_A_NAME = `require('node:worker_threads').parentPort.on('message', ({ name }) => {
  if (name === 'poison') throw new Error('a bug');
});`;

test('each machine that is plugged in gets a cable, and another when it is plugged in anew', async () => {
  await open(HEARS_NOTHING);
  const [a, b] = [machine('a'), machine('b')];
  thread.plug(a);
  thread.plug(b);
  thread.plug(a);
  expect([a.cables.length, b.cables.length]).toEqual([2, 1]);
  expect(a.cables[0]?.port).not.toBe(a.cables[1]?.port);
});

test('when the thread dies, that is told, and the machines that are still plugged in are cabled anew', async () => {
  await open(DIES_OF_A_NAME);
  const [stays, goes] = [machine('stays'), machine('goes')];
  thread.plug(stays);
  thread.plug(goes);
  thread.rename('goes', 'poison');
  await expect.poll(() => onDeath.mock.calls.length, { timeout: 10_000 }).toBe(1);
  expect(onDeath.mock.calls[0]?.[0]).toMatchObject({ message: 'a bug' });
  thread.unplug('goes');
  await expect.poll(() => stays.cables.length, { timeout: 10_000 }).toBe(2);
  expect(goes.cables).toHaveLength(1);
});

test('one that keeps dying is started no more than once a second', async () => {
  await open(`throw new Error('it does not even start');`);
  thread.plug(machine('a'));
  await expect.poll(() => onDeath.mock.calls.length, { timeout: 10_000 }).toBeGreaterThan(0);
  const before = performance.now();
  const deaths = onDeath.mock.calls.length;
  await expect.poll(() => onDeath.mock.calls.length, { timeout: 10_000 }).toBe(deaths + 2);
  expect(performance.now() - before).toBeGreaterThan(900);
}, 30_000);

test('where the host starts no thread, machines are cut off, and the next attempt comes later', async () => {
  // Node refuses to start it at once, as it does when the host has no threads left.
  thread = new NetworkThread({ entry: 'no/absolute/path.cjs', onDeath });
  const one = machine('one');
  thread.plug(one);
  thread.plug(machine('other'));
  expect(onDeath).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(onDeath).toHaveBeenCalledTimes(2), 5000);
  expect(one.cables).toEqual([]);
});
