import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir, uptime } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MachineRegistry } from '../../../../src-main/hypervisor/MachineRegistry.ts';
import { refused } from '../../../../src-main/hypervisor/results.ts';
import { MachineStore } from '../../../../src-main/hypervisor/storage/MachineStore.ts';
import { collectGarbage } from '../../../support/containment/collectGarbage.ts';
import { unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium store '));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const program = (text: string) =>
  ({ kind: 'bytes', bytes: new TextEncoder().encode(text), fileName: 'p.bin', format: 'bin' }) as const;

async function reopen(store: MachineStore): Promise<MachineStore> {
  await store.close();
  return unwrap(await MachineStore.open(folder));
}

const machineFile = (id: string): string => path.join(folder, 'machines', id, 'machine.json');

describe('what is stored comes back', () => {
  test('created, updated, cloned and deleted machines', async () => {
    let store = unwrap(await MachineStore.open(folder));
    const registry = new MachineRegistry(store);
    const first = unwrap(await registry.create({ name: 'first', memoryMiB: 64, program: program('one') }));
    const second = unwrap(await registry.clone(first.id, undefined));
    unwrap(await registry.update(second.id, { weight: 300, notes: 'héllo' }));
    unwrap(await registry.setProgram(second.id, program('two')));
    const third = unwrap(await registry.create({}));
    unwrap(await registry.delete(third.id));
    store = await reopen(store);
    const again = new MachineRegistry(store);
    expect(again.all().map(({ name }) => name)).toEqual(expect.arrayContaining(['first', 'first 2']));
    expect(again.all()).toHaveLength(2);
    expect(again.get(second.id)).toMatchObject({ weight: 300, notes: 'héllo', memoryMiB: 64 });
    expect(new TextDecoder().decode(unwrap(await again.readProgram(first.id))?.bytes)).toBe('one');
    expect(new TextDecoder().decode(unwrap(await again.readProgram(second.id))?.bytes)).toBe('two');
    // The replaced program is gone.
    expect(await readdir(path.join(folder, 'machines', second.id))).toHaveLength(2);
    expect(store.problems).toEqual([]);
    await store.close();
  });

  test('machines in the order in which they were made', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
    const store = unwrap(await MachineStore.open(folder));
    const registry = new MachineRegistry(store);
    const made: string[] = [];
    for (let count = 0; count < 8; count++) {
      made.push(unwrap(await registry.create({})).id);
      vi.advanceTimersByTime(1);
    }
    vi.useRealTimers();
    const again = await reopen(store);
    expect(again.machines.map(({ id }) => id)).toEqual(made);
    await again.close();
  });

  test('an assembly text starts without its original and what that included', async () => {
    const store = unwrap(await MachineStore.open(folder));
    const registry = new MachineRegistry(store);
    const sources = path.join(folder, 'sources');
    await mkdir(sources);
    await writeFile(path.join(sources, 'main.asm'), 'bits 16\norg 100h\n%include "part.inc"\nincbin "data.bin"\n');
    await writeFile(path.join(sources, 'part.inc'), 'mov ax, 5\nhlt\n');
    await writeFile(path.join(sources, 'data.bin'), Uint8Array.of(1, 2, 3));
    const file = { kind: 'file', path: path.join(sources, 'main.asm'), format: 'auto' } as const;
    const { id } = unwrap(await registry.create({ program: file }));
    await rm(sources, { recursive: true });
    const read = unwrap(await registry.readProgram(id));
    expect(read?.includes.map(({ name }) => name).toSorted()).toEqual(['data.bin', 'part.inc']);
    expect(await registry.setProgram(id, unwrap(registry.sourceOf(id)))).toMatchObject({
      ok: false,
      error: { code: 'file-unreadable' },
    });
    await store.close();
  });

  test('a refused program leaves the machine its own', async () => {
    const store = unwrap(await MachineStore.open(folder));
    const registry = new MachineRegistry(store);
    const { id } = unwrap(await registry.create({ program: program('one') }));
    const refused = await registry.setProgram(id, { ...program('mov ax,'), fileName: 'bad.asm', format: 'asm' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'program-refused' } });
    expect(registry.get(id)?.program?.file.name).toBe('p.bin');
    await store.close();
  });
});

test('of two changes at a time, the one that cannot be stored leaves no trace in the other', async () => {
  let store = unwrap(await MachineStore.open(folder));
  const registry = new MachineRegistry(store);
  const { id } = unwrap(await registry.create({ name: 'first', weight: 100 }));
  vi.spyOn(store, 'update').mockResolvedValueOnce(refused('storage-failed', 'The disk is full.'));
  const [failed, stored] = await Promise.all([
    registry.update(id, { weight: 300 }),
    registry.update(id, { notes: 'kept' }),
  ]);
  expect(failed).toMatchObject({ ok: false, error: { code: 'storage-failed' } });
  expect(unwrap(stored)).toMatchObject({ weight: 100, notes: 'kept' });
  expect(registry.get(id)).toEqual(unwrap(stored));
  store = await reopen(store);
  expect(store.machines).toEqual([unwrap(stored)]);
  await store.close();
});

test('two changes at a time add up, and one behind a deletion is refused', async () => {
  const store = unwrap(await MachineStore.open(folder));
  const registry = new MachineRegistry(store);
  const { id } = unwrap(await registry.create({}));
  await Promise.all([registry.update(id, { weight: 300 }), registry.update(id, { notes: 'both' })]);
  expect(registry.get(id)).toMatchObject({ weight: 300, notes: 'both' });
  const [deleted, late] = await Promise.all([registry.delete(id), registry.update(id, { weight: 200 })]);
  expect(deleted.ok).toBe(true);
  expect(late).toMatchObject({ ok: false, error: { code: 'not-found' } });
  await store.close();
});

test('a deletion is taken back once, and by the process that it was asked of', async () => {
  let store = unwrap(await MachineStore.open(folder));
  const registry = new MachineRegistry(store);
  const { id } = unwrap(await registry.create({ name: 'first', program: program('one') }));
  unwrap(await registry.delete(id, true));
  expect(registry.all()).toEqual([]);
  expect([...registry.aside].map(({ name }) => name)).toEqual(['first']);
  const [back, again] = await Promise.all([registry.takeBack(id), registry.takeBack(id)]);
  expect([back.ok, again.ok]).toEqual([true, false]);
  expect(new TextDecoder().decode(unwrap(await registry.readProgram(id))?.bytes)).toBe('one');
  unwrap(await registry.update(id, { notes: 'is there' }));
  unwrap(await registry.delete(id, true));
  store = await reopen(store);
  expect(store.machines).toEqual([]);
  expect(await new MachineRegistry(store).takeBack(id)).toMatchObject({ ok: false, error: { code: 'not-found' } });
  await store.close();
});

test('machines that are made at once have names and colours of their own', async () => {
  const store = unwrap(await MachineStore.open(folder));
  const registry = new MachineRegistry(store);
  const made = (await Promise.all([registry.create({}), registry.create({}), registry.create({})])).map(unwrap);
  expect(new Set(made.map(({ name }) => name)).size).toBe(3);
  expect(new Set(made.map(({ colour }) => colour)).size).toBe(3);
  await store.close();
});

test('machines that are imported at once have names and colours of their own', async () => {
  const store = unwrap(await MachineStore.open(folder));
  const registry = new MachineRegistry(store);
  const file = path.join(folder, 'exported');
  const exported = unwrap(await registry.create({ name: 'Exported' }));
  unwrap(await store.exportMachine(exported, file, { withSnapshots: false, withImages: false, layers: [] }));
  const made = (await Promise.all([registry.import(file), registry.import(file)])).map(unwrap);
  expect(new Set([exported, ...made].map(({ name }) => name)).size).toBe(3);
  expect(new Set([exported, ...made].map(({ colour }) => colour)).size).toBe(3);
  await store.close();
});

test('a change that does not go with the one before it is refused, though both were asked for at once', async () => {
  const store = unwrap(await MachineStore.open(folder));
  const registry = new MachineRegistry(store);
  const { id } = unwrap(await registry.create({}));
  const changes = [registry.update(id, { profile: 'isa' }), registry.update(id, { hasConsole: true })];
  expect(await Promise.all(changes)).toMatchObject([{ ok: true }, { error: { text: { id: 'no-console' } } }]);
  expect(registry.get(id)).toMatchObject({ profile: 'isa', hasConsole: false });
  await store.close();
});

test('a store that is closed takes no change: it may be another process’s', async () => {
  const store = unwrap(await MachineStore.open(folder));
  const registry = new MachineRegistry(store);
  const { id } = unwrap(await registry.create({ name: 'first' }));
  const renamed = registry.update(id, { name: 'in time' });
  await new Promise(setImmediate);
  await store.close();
  unwrap(await renamed);
  const late = [await registry.create({}), await registry.update(id, { name: 'late' }), await registry.delete(id)];
  expect(late.map(({ ok }) => ok)).toEqual([false, false, false]);
  const again = unwrap(await MachineStore.open(folder));
  expect(again.machines.map(({ name }) => name)).toEqual(['in time']);
  await again.close();
});

test('nothing is kept of changes of machines that are gone', async () => {
  const store = unwrap(await MachineStore.open(folder));
  const registry = new MachineRegistry(store);
  const { id, name } = unwrap(await registry.create({}));
  const answer = await (async () => new WeakRef(await store.putAside(id, name)))();
  await new Promise(setImmediate);
  collectGarbage();
  expect(answer.deref()).toBeUndefined();
  await store.close();
});

test('a machine that is being brought back counts among the deleted ones until it is there', async () => {
  const store = unwrap(await MachineStore.open(folder));
  const registry = new MachineRegistry(store);
  const { id } = unwrap(await registry.create({ name: 'first' }));
  unwrap(await registry.delete(id, true));
  const known = (): readonly string[] => [...registry.aside, ...registry.all()].map(({ name }) => name);
  const back = registry.takeBack(id);
  await new Promise(setImmediate);
  expect(known()).toEqual(['first']);
  unwrap(await back);
  expect(known()).toEqual(['first']);
  await store.close();
});

describe('damage is reported, and nothing is lost', () => {
  const damages: Readonly<Record<string, (content: string) => string>> = {
    empty: () => '',
    'cut off': (content) => content.slice(0, content.length / 2),
    'a flipped letter': (content) => content.replace('"name": "first"', '"name": "fjrst"'),
    'not a machine': () => '{"hello": 1}',
  };
  test.each(Object.keys(damages))('%s', async (kind) => {
    const store = unwrap(await MachineStore.open(folder));
    const registry = new MachineRegistry(store);
    const { id } = unwrap(await registry.create({ name: 'first', program: program('one') }));
    unwrap(await registry.create({ name: 'second' }));
    await store.close();
    const content = await readFile(machineFile(id), 'utf8');
    await writeFile(machineFile(id), damages[kind]?.(content) ?? '');
    const again = unwrap(await MachineStore.open(folder));
    expect(again.machines.map(({ name }) => name)).toEqual(['second']);
    expect(again.problems).toHaveLength(1);
    const [problem] = again.problems;
    expect(await readdir(problem?.path ?? '')).toHaveLength(2);
    await again.close();
  });

  test('a machine of a newer version is left where it is', async () => {
    const store = unwrap(await MachineStore.open(folder));
    const { id } = unwrap(await new MachineRegistry(store).create({ name: 'first' }));
    await store.close();
    const content = await readFile(machineFile(id), 'utf8');
    await writeFile(machineFile(id), content.replace(/"version": \d+/, '"version": 99'));
    const again = unwrap(await MachineStore.open(folder));
    expect(again.machines).toEqual([]);
    expect(again.problems[0]?.message).toContain('newer');
    expect(await readFile(machineFile(id), 'utf8')).toContain('99');
    await again.close();
  });

  test.skipIf(process.getuid?.() === 0)('a read-only folder is reported and changes nothing', async () => {
    const store = unwrap(await MachineStore.open(folder));
    const registry = new MachineRegistry(store);
    await chmod(path.join(folder, 'machines'), 0o500);
    expect(await registry.create({})).toMatchObject({ ok: false, error: { code: 'storage-failed' } });
    expect(registry.all()).toEqual([]);
    await chmod(path.join(folder, 'machines'), 0o700);
    await store.close();
  });
});

describe('one process at a time', () => {
  const lockFile = (): string => path.join(folder, 'lock');
  /** So many seconds before the host was started. */
  const uptimeAgo = (seconds: number): number => Date.now() - (uptime() + seconds) * 1000;

  test('a second one is refused while the first lives, and let in when it has closed', async () => {
    const first = unwrap(await MachineStore.open(folder));
    expect(await MachineStore.open(folder)).toMatchObject({
      ok: false,
      error: { code: 'storage-locked', message: expect.stringContaining(`delete the file ${lockFile()}`) },
    });
    await first.close();
    const second = unwrap(await MachineStore.open(folder));
    await second.close();
  });

  test.each([
    ['of a process that is gone', { pid: 2 ** 30, processStart: null, token: 'x' }],
    ['of an earlier process with our number', { pid: process.pid, processStart: null, token: 'x' }],
    ['of a process that took the number of a dead one', { pid: 1, processStart: 'boot:0', token: 'x' }],
    ['from before the host was started', { pid: process.ppid, processStart: null, madeAt: uptimeAgo(120), token: 'x' }],
    ['half written', 'garbage'],
  ])('a lock %s is cleared away', async (_, content) => {
    await writeFile(lockFile(), typeof content === 'string' ? content : JSON.stringify(content));
    const store = unwrap(await MachineStore.open(folder));
    await store.close();
  });

  test.each([
    ['made since the host was started', { madeAt: Date.now() - 1000 }],
    ['that does not say when it was made', {}],
  ])('where the system says no more than that its process lives, a lock %s is heeded', async (_, made) => {
    await writeFile(lockFile(), JSON.stringify({ pid: process.ppid, processStart: null, ...made, token: 'x' }));
    expect(await MachineStore.open(folder)).toMatchObject({ ok: false, error: { code: 'storage-locked' } });
  });
});
