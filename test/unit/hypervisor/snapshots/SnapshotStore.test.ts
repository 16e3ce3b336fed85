import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PackedSnapshot, unpackSnapshot } from '../../../../src-main/hypervisor/snapshots/PackedSnapshot.ts';
import type { MachineSnapshot } from '../../../../src-main/hypervisor/snapshots/MachineSnapshot.ts';
import { hashBytes } from '../../../../src-main/hypervisor/storage/CheckedJson.ts';
import { MachineStore } from '../../../../src-main/hypervisor/storage/MachineStore.ts';
import { Random } from '../../../support/engine/Random.ts';
import { unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import { madeUpSnapshot, randomPages, storedMachine, withWrites } from '../../../support/hypervisor/snapshots.ts';

const machine = storedMachine();
const { id } = machine;
const random = new Random(1);
let folder: string;
let store: MachineStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium snapshots '));
  store = unwrap(await MachineStore.open(folder));
  unwrap(await store.create(machine, new Map()));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function reopen(): Promise<void> {
  await store.close();
  store = unwrap(await MachineStore.open(folder));
}

/** The same content, whatever arrays hold it. */
function expectSame(packed: PackedSnapshot, wanted: MachineSnapshot): void {
  const found = unpackSnapshot(packed);
  expect(found.state).toEqual(wanted.state);
  const memories = [
    [found.ram, wanted.ram],
    [found.video, wanted.video],
    ...[...wanted.disks].map(([slot, layer]) => [found.disks.get(slot) ?? new Map(), layer] as const),
  ] as const;
  for (const [pages, expected] of memories) {
    expect([...pages.keys()]).toEqual([...expected.keys()].toSorted((a, b) => a - b));
    for (const [page, bytes] of expected) expect(Buffer.compare(pages.get(page) ?? new Uint8Array(), bytes)).toBe(0);
  }
  expect([...found.disks.keys()]).toEqual([...wanted.disks.keys()]);
}

async function filesBelow(place: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(place, { withFileTypes: true })) {
    const inside = path.join(place, entry.name);
    found.push(...(entry.isDirectory() ? await filesBelow(inside) : [inside]));
  }
  return found.toSorted();
}

async function bytesBelow(place: string): Promise<number> {
  const sizes = await Promise.all((await filesBelow(place)).map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const first = madeUpSnapshot(randomPages(random, [0, 1, 2, 127, 128, 300, 4000]), {
  video: randomPages(random, [3, 7]),
  disks: new Map([['hda', randomPages(random, [1, 1_000_000])]]),
  instructions: 12_345,
});

describe('a snapshot comes back', () => {
  test('as it was, from a store that was closed in between', async () => {
    const thumbnail = Uint8Array.of(1, 2, 3);
    const entry = unwrap(
      await store.snapshots.put(machine, first, { name: 'one', notes: 'before the change', thumbnail, isPaused: true }),
    );
    expect(entry).toMatchObject({
      parent: null,
      name: 'one',
      instructions: 12_345,
      hasThumbnail: true,
      isPaused: true,
    });
    await reopen();
    expect(store.snapshots.tree(id)).toEqual({ current: entry.id, entries: [entry] });
    const read = unwrap(await store.snapshots.read(id, entry.id));
    expect(read.definition).toEqual(machine);
    expectSame(read.snapshot, first);
    expect(unwrap(await store.snapshots.readThumbnail(id, entry.id))).toEqual(Buffer.from(thumbnail));
    expect(store.problems).toEqual([]);
  });

  test.each([
    { memory: 'ram', snapshot: madeUpSnapshot(randomPages(random, [16 * 256])) },
    { memory: 'video', snapshot: madeUpSnapshot(new Map(), { video: randomPages(random, [2 ** 20]) }) },
  ])('unless its $memory is larger than such a machine’s, as a file from elsewhere may say', async (made) => {
    const { id: taken } = unwrap(await store.snapshots.put(machine, made.snapshot, { name: 'crafted' }));
    expect(await store.snapshots.read(id, taken)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining(`section ${made.memory} makes no sense`) as string },
    });
  });

  test('each of a chain, after the one before it was deleted', async () => {
    let ram = randomPages(
      random,
      Array.from({ length: 200 }, (_, page) => page),
    );
    const taken: [string, MachineSnapshot][] = [];
    for (let round = 0; round < 5; round++) {
      const snapshot = madeUpSnapshot(ram, { instructions: round });
      taken.push([unwrap(await store.snapshots.put(machine, snapshot, { name: `${round}` })).id, snapshot]);
      ram = withWrites(ram, random, [round, 100 + round]);
    }
    while (taken.length > 0) {
      for (const [each, snapshot] of taken) expectSame(unwrap(await store.snapshots.read(id, each)).snapshot, snapshot);
      const [gone] = taken.splice(random.below(taken.length), 1);
      unwrap(await store.snapshots.delete(id, gone![0]));
      await reopen();
    }
    expect(await filesBelow(path.join(folder, 'pages'))).toEqual([]);
    expect(await filesBelow(path.join(folder, 'machines', id, 'snapshots'))).toEqual([]);
  });
});

describe('the store keeps pages once', () => {
  const ram = randomPages(
    random,
    Array.from({ length: 512 }, (_, page) => page),
  );

  test('a second snapshot stores what has changed', async () => {
    const whole = unwrap(await store.snapshots.put(machine, madeUpSnapshot(ram), { name: 'whole' }));
    const changed = unwrap(
      await store.snapshots.put(machine, madeUpSnapshot(withWrites(ram, random, [9])), { name: 'changed' }),
    );
    expect(whole.storedBytes).toBeGreaterThan(500 * 1024);
    // A page and its table, and what it says about itself.
    expect(changed.storedBytes).toBeLessThan(10_000);
  });

  test('other machines with the same pages store none', async () => {
    const other = storedMachine({ id: 'vm-fedcba9876543210', name: 'other' });
    unwrap(await store.create(other, new Map()));
    unwrap(await store.snapshots.put(machine, madeUpSnapshot(ram), { name: 'whole' }));
    const before = await bytesBelow(path.join(folder, 'pages'));
    const entry = unwrap(await store.snapshots.put(other, madeUpSnapshot(ram), { name: 'same' }));
    expect(await bytesBelow(path.join(folder, 'pages'))).toBe(before);
    unwrap(await store.delete(id, machine.name));
    await reopen();
    expectSame(unwrap(await store.snapshots.read(other.id, entry.id)).snapshot, madeUpSnapshot(ram));
    unwrap(await store.delete(other.id, other.name));
    await reopen();
    expect(await filesBelow(path.join(folder, 'pages'))).toEqual([]);
  });

  test('what a deleted snapshot alone needed goes, and what others need is packed anew', async () => {
    const all = unwrap(await store.snapshots.put(machine, madeUpSnapshot(ram), { name: 'all' }));
    const few = madeUpSnapshot(new Map([...ram].slice(0, 20)));
    const kept = unwrap(await store.snapshots.put(machine, few, { name: 'few' }));
    const before = await bytesBelow(path.join(folder, 'pages'));
    unwrap(await store.snapshots.delete(id, all.id));
    await reopen();
    expect(await bytesBelow(path.join(folder, 'pages'))).toBeLessThan(before / 10);
    expectSame(unwrap(await store.snapshots.read(id, kept.id)).snapshot, few);
  });
});

test('whoever reads while pages are packed anew waits for it', async () => {
  const ram = randomPages(
    random,
    Array.from({ length: 400 }, (_, page) => page),
  );
  const all = unwrap(await store.snapshots.put(machine, madeUpSnapshot(ram), { name: 'all' })).id;
  const few = madeUpSnapshot(new Map([...ram].slice(0, 20)));
  const kept = unwrap(await store.snapshots.put(machine, few, { name: 'few' })).id;
  unwrap(await store.snapshots.delete(id, all));
  for (let round = 0; round < 20; round++) {
    expectSame(unwrap(await store.snapshots.read(id, kept)).snapshot, few);
  }
});

describe('the tree', () => {
  const put = async (name: string, parent?: string | null): Promise<string> =>
    unwrap(await store.snapshots.put(machine, first, { name, ...(parent !== undefined && { parent }) })).id;
  const parents = (): Record<string, string | null> => {
    const { entries } = store.snapshots.tree(id);
    const name = (each: string | null): string | null => entries.find((entry) => entry.id === each)?.name ?? null;
    return Object.fromEntries(entries.map((entry) => [entry.name, name(entry.parent)]));
  };

  test('a snapshot is a child of the one that the machine comes from', async () => {
    const a = await put('a');
    await put('b');
    unwrap(await store.snapshots.setCurrent(id, a));
    const c = await put('c');
    await put('root', null);
    expect(parents()).toEqual({ a: null, b: 'a', c: 'a', root: null });
    unwrap(await store.snapshots.setCurrent(id, c));
    await reopen();
    expect(store.snapshots.tree(id).current).toBe(c);
  });

  test('children of a deleted snapshot move to its parent, and so does the machine', async () => {
    await put('a');
    const b = await put('b');
    await put('c');
    await put('d', b);
    unwrap(await store.snapshots.setCurrent(id, b));
    unwrap(await store.snapshots.delete(id, b));
    await reopen();
    expect(parents()).toEqual({ a: null, c: 'a', d: 'a' });
    expect(store.snapshots.tree(id).current).toBe(store.snapshots.tree(id).entries[0]?.id);
  });

  test('names and notes change, and what they belong to does not', async () => {
    const a = await put('a');
    unwrap(await store.snapshots.annotate(id, a, { name: 'renamed', notes: 'héllo' }));
    await reopen();
    expect(store.snapshots.tree(id).entries).toMatchObject([{ id: a, name: 'renamed', notes: 'héllo' }]);
    expectSame(unwrap(await store.snapshots.read(id, a)).snapshot, first);
  });

  test('of a snapshot that is not there any more, that is said', async () => {
    const gone = 'sn-0000000000000000';
    const answers = await Promise.all([
      store.snapshots.read(id, gone),
      store.snapshots.delete(id, gone),
      store.snapshots.annotate(id, gone, { name: 'x' }),
      store.snapshots.setCurrent(id, gone),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});

describe('a machine that was deleted in a way that can be taken back', () => {
  const other = storedMachine({ id: 'vm-fedcba9876543210', name: 'other' });

  /** Removes what no snapshot needs any more, of which there is something. */
  async function sweep(): Promise<void> {
    unwrap(await store.create(other, new Map()));
    const ram = randomPages(random, [1, 2, 3]);
    const { id: gone } = unwrap(await store.snapshots.put(other, madeUpSnapshot(ram), { name: 'gone' }));
    unwrap(await store.snapshots.delete(other.id, gone));
    await store.snapshots.sweep();
  }

  test('is found by nobody, and comes back with its snapshots, whatever was swept meanwhile', async () => {
    const entry = unwrap(await store.snapshots.put(machine, first, { name: 'one' }));
    unwrap(await store.putAside(id, machine.name));
    expect(store.snapshots.tree(id).entries).toEqual([]);
    expect(await store.snapshots.read(id, entry.id)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    await sweep();
    unwrap(await store.takeBack(id, machine.name));
    expectSame(unwrap(await store.snapshots.read(id, entry.id)).snapshot, first);
    await reopen();
    expect(store.machines.map(({ name }) => name)).toEqual([machine.name, other.name]);
    expectSame(unwrap(await store.snapshots.read(id, entry.id)).snapshot, first);
  });

  test('has its snapshots still when it is brought back once more, as after an error of the host', async () => {
    const { id: snapshot } = unwrap(await store.snapshots.put(machine, first, { name: 'one' }));
    unwrap(await store.putAside(id, machine.name));
    for (let attempt = 0; attempt < 2; attempt++) unwrap(await store.takeBack(id, machine.name));
    expect(store.snapshots.tree(id).entries).toMatchObject([{ id: snapshot }]);
  });

  test('leaves nothing once the store was closed', async () => {
    unwrap(await store.snapshots.put(machine, first, { name: 'one' }));
    unwrap(await store.putAside(id, machine.name));
    await store.close();
    expect(await filesBelow(folder)).toEqual([]);
    await reopen();
    expect(store.machines).toEqual([]);
    expect(await store.takeBack(id, machine.name)).toMatchObject({ ok: false });
  });
});

describe('a new machine takes snapshots over', () => {
  const clone = storedMachine({ id: 'vm-fedcba9876543210', name: 'clone' });

  test('those that are named, with their places in the tree, and keeps them when the original goes', async () => {
    const put = async (name: string): Promise<string> => unwrap(await store.snapshots.put(machine, first, { name })).id;
    const [a, , c] = [await put('a'), await put('b'), await put('c')];
    await put('d');
    await mkdir(path.join(folder, 'machines', id, 'disks'));
    await writeFile(path.join(folder, 'machines', id, 'disks', 'hda-0000000000000000.qcow2'), 'layer');
    const before = await bytesBelow(path.join(folder, 'pages'));
    unwrap(
      await store.create(clone, new Map(), { from: id, snapshots: [a, c], layers: ['hda-0000000000000000.qcow2'] }),
    );
    unwrap(await store.delete(id, machine.name));
    await reopen();
    expect(store.problems).toEqual([]);
    expect(store.snapshots.tree(clone.id)).toMatchObject({
      current: c,
      entries: [
        { id: a, parent: null },
        { id: c, parent: a },
      ],
    });
    expectSame(unwrap(await store.snapshots.read(clone.id, c)).snapshot, first);
    expect(await bytesBelow(path.join(folder, 'pages'))).toBe(before);
    const layer = path.join(folder, 'machines', clone.id, 'disks', 'hda-0000000000000000.qcow2');
    expect(await readFile(layer, 'utf8')).toBe('layer');
  });

  test('nothing of it is there when that fails', async () => {
    const a = unwrap(await store.snapshots.put(machine, first, { name: 'a' })).id;
    const missing = { from: id, snapshots: [a], layers: ['hda-1111111111111111.qcow2'] };
    expect(await store.create(clone, new Map(), missing)).toMatchObject({ ok: false });
    expect(await readdir(path.join(folder, 'machines'))).toEqual([id]);
    expect(store.snapshots.tree(clone.id).entries).toEqual([]);
  });
});

describe('damage is refused with its place', () => {
  test('a flipped bit anywhere in what a snapshot needs', async () => {
    const entry = unwrap(await store.snapshots.put(machine, first, { name: 'one' }));
    const pages = await filesBelow(path.join(folder, 'pages'));
    const own = await filesBelow(path.join(folder, 'machines', id, 'snapshots'));
    for (const file of [...pages, ...own]) {
      const whole = await readFile(file);
      for (let round = 0; round < 60; round++) {
        const damaged = Buffer.from(whole);
        const at = random.below(damaged.length);
        damaged[at] = damaged[at]! ^ (1 << random.below(8));
        await writeFile(file, damaged);
        // What a pack holds is known from its index since the store was opened.
        await reopen();
        const read = await store.snapshots.read(id, entry.id);
        expect(read, `byte ${at} of ${file}`).toMatchObject({
          ok: false,
          error: { code: 'storage-failed', message: expect.stringContaining(file) },
        });
      }
      await writeFile(file, whole);
      await reopen();
      expectSame(unwrap(await store.snapshots.read(id, entry.id)).snapshot, first);
    }
  });

  test('a damaged list is made anew from the snapshots', async () => {
    const a = unwrap(await store.snapshots.put(machine, first, { name: 'a' }));
    const b = unwrap(await store.snapshots.put(machine, first, { name: 'b' }));
    const file = path.join(folder, 'machines', id, 'snapshots.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"name": "b"', '"name": "x"'));
    await reopen();
    expect(store.problems).toMatchObject([{ message: expect.stringContaining('checksum is wrong') }]);
    expect(store.snapshots.tree(id).entries).toEqual([a, b]);
    expectSame(unwrap(await store.snapshots.read(id, b.id)).snapshot, first);
    await reopen();
    expect(store.problems).toEqual([]);
  });

  test('a snapshot whose file is gone says so, can be deleted, and takes nothing of others along', async () => {
    const a = unwrap(await store.snapshots.put(machine, first, { name: 'a' }));
    const b = unwrap(await store.snapshots.put(machine, first, { name: 'b' }));
    await rm(path.join(folder, 'machines', id, 'snapshots', `${a.id}.snapshot`));
    await reopen();
    expect(await store.snapshots.read(id, a.id)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('there is no such file') },
    });
    unwrap(await store.snapshots.delete(id, a.id));
    await reopen();
    expect(store.snapshots.tree(id)).toMatchObject({ current: b.id, entries: [{ id: b.id, parent: null }] });
    expectSame(unwrap(await store.snapshots.read(id, b.id)).snapshot, first);
  });

  test('pages of machines that cannot be opened stay', async () => {
    unwrap(await store.snapshots.put(machine, first, { name: 'a' }));
    await store.close();
    const definition = path.join(folder, 'machines', id, 'machine.json');
    const content = await readFile(definition, 'utf8');
    const pages = await filesBelow(path.join(folder, 'pages'));
    for (const damage of [content.replace(/"version": \d+/, '"version": 99'), 'damaged']) {
      await writeFile(definition, damage);
      store = unwrap(await MachineStore.open(folder));
      expect(store.machines).toEqual([]);
      await store.snapshots.sweep();
      await store.close();
      expect(await filesBelow(path.join(folder, 'pages'))).toEqual(pages);
    }
  });
});

test('a program that a snapshot was taken with stays for as long as the snapshot', async () => {
  const bytes = new TextEncoder().encode('one');
  const file = { name: 'p.bin', byteLength: bytes.length, sha256: hashBytes(bytes) };
  const program = { file, sourcePath: null, format: 'bin', includes: [] } as const;
  const withProgram = { ...machine, program: { ...program, includes: [] } };
  unwrap(await store.update(withProgram, new Map([[file.sha256, bytes]])));
  const { id: taken } = unwrap(await store.snapshots.put(withProgram, first, { name: 'a' }));
  unwrap(await store.update(machine));
  await reopen();
  expect(unwrap(await store.readBlob(id, file.sha256))).toEqual(bytes);
  expect(unwrap(await store.snapshots.read(id, taken)).definition.program).toEqual(program);
  unwrap(await store.snapshots.delete(id, taken));
  await reopen();
  expect((await store.readBlob(id, file.sha256)).ok).toBe(false);
});

test('the memory of a snapshot can be looked into without reading all of it', async () => {
  const pages = randomPages(random, [1, 2, 200, 300]);
  const kept = unwrap(await store.snapshots.put(machine, madeUpSnapshot(pages), { name: 'now' }));
  const memory = unwrap(await store.snapshots.readMemory(id, kept.id));
  expect(memory.byteLength).toBe(machine.memoryMiB * 2 ** 20);
  const [[page, bytes] = [0, new Uint8Array()]] = pages;
  expect(memory.isPage(page * 4096, bytes)).toBe(true);
  expect(memory.isPage(0, new Uint8Array(4096))).toBe(true);
  expect(memory.isPage(page * 4096, new Uint8Array(4096))).toBe(false);
  expect(await memory.read(page * 4096 + 100, 50)).toEqual(bytes.slice(100, 150));
  expect(await memory.read(memory.byteLength - 2, 10)).toHaveLength(2);
});
