import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MachineStore } from '../../../../src-main/hypervisor/storage/MachineStore.ts';
import type { StoredMachine } from '../../../../src-main/hypervisor/storage/StoredMachine.ts';
import type { Result } from '../../../../src-main/hypervisor/types.ts';
import { checkContents, checkFiles } from '../../../support/hypervisor/crashTrial.ts';
import { unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import { storedMachine } from '../../../support/hypervisor/snapshots.ts';
import { nameOf, snapshotOf, stateOf } from '../../../support/hypervisor/storeState.ts';

/** File systems of our own need root, and Linux. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(!canMount)('on a file system of its own', () => {
  let mount: string;
  let folder: string;

  beforeEach(async ({ skip }) => {
    mount = await mkdtemp(path.join(tmpdir(), 'vivarium-small-'));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'none', mount]).status !== 0)
      skip('no file system may be mounted here');
    folder = path.join(mount, 'store');
    await mkdir(folder);
  });
  afterEach(async () => {
    spawnSync('umount', [mount]);
    await rm(mount, { recursive: true, force: true });
  });

  /** Leaves that many bytes free. */
  async function fillUpTo(free: number): Promise<void> {
    await rm(path.join(mount, 'ballast'), { force: true });
    const { bavail, bsize } = await statfs(mount);
    const length = Math.max(0, bavail * bsize - free);
    await writeFile(path.join(mount, 'ballast'), new Uint8Array(length));
  }

  async function prepared(): Promise<{ store: MachineStore; machine: StoredMachine }> {
    const store = unwrap(await MachineStore.open(folder));
    const machine = storedMachine();
    unwrap(await store.create(machine, new Map()));
    unwrap(await store.snapshots.put(machine, snapshotOf(7), { name: nameOf(7) }));
    return { store, machine };
  }

  test('when there is no room, each change is refused in words, and nothing is lost or left over', async () => {
    const { store, machine } = await prepared();
    const [entry] = store.snapshots.tree(machine.id).entries;
    const before = stateOf([machine], store);
    const other = storedMachine({ id: 'vm-fedcba9876543210', name: 'other' });
    const changes: Readonly<Record<string, () => Promise<Result<unknown>>>> = {
      take: () => store.snapshots.put(machine, snapshotOf(5059), { name: nameOf(5059) }),
      annotate: () => store.snapshots.annotate(machine.id, entry!.id, { notes: 'x'.repeat(19_000) }),
      update: () => store.update({ ...machine, notes: 'x'.repeat(19_000) }),
      create: () => store.create(other, new Map([['f'.repeat(64), new Uint8Array(20_000)]])),
      clone: () =>
        store.create({ ...other, notes: 'x'.repeat(19_000) }, new Map(), {
          from: machine.id,
          snapshots: [entry!.id],
          layers: [],
        }),
    };
    for (const [name, change] of Object.entries(changes)) {
      // From no room at all to nearly enough: each write of the change is the one that fails once.
      for (const free of [0, 4096, 8192, 16_384]) {
        await fillUpTo(free);
        expect(await change(), `${name} with ${free} bytes free`).toMatchObject({
          ok: false,
          error: {
            code: 'storage-failed',
            message: expect.stringMatching(/the disk is full; free some space.*Nothing was changed/),
          },
        });
      }
      expect(stateOf([machine], store)).toEqual(before);
    }
    await rm(path.join(mount, 'ballast'));
    await store.close();
    const again = unwrap(await MachineStore.open(folder));
    expect(again.problems).toEqual([]);
    expect(stateOf(again.machines, again)).toEqual(before);
    await checkContents(again, before);
    unwrap(await again.snapshots.put(machine, snapshotOf(5059), { name: nameOf(5059) }));
    await again.close();
    await checkFiles(folder, again);
  });

  test.each([0, 8192])('with %d bytes free a snapshot can be deleted, which makes room', async (free) => {
    const { store, machine } = await prepared();
    const taken = unwrap(await store.snapshots.put(machine, snapshotOf(5059), { name: nameOf(5059) }));
    await fillUpTo(free);
    unwrap(await store.snapshots.delete(machine.id, taken.id));
    await store.snapshots.sweep();
    const { bavail, bsize } = await statfs(mount);
    expect(bavail * bsize).toBeGreaterThan(100_000);
    const after = stateOf([machine], store);
    expect(after[machine.id]?.snapshots).toHaveLength(1);
    await store.close();
    const again = unwrap(await MachineStore.open(folder));
    expect(again.problems).toEqual([]);
    expect(stateOf(again.machines, again)).toEqual(after);
    await checkContents(again, after);
    await again.close();
  });

  test('a store that has become read-only can be looked at, and refuses changes in words', async () => {
    const { store, machine } = await prepared();
    const before = stateOf([machine], store);
    execFileSync('mount', ['-o', 'remount,ro', mount]);
    const refusal = {
      ok: false,
      error: { code: 'storage-failed', message: expect.stringContaining('the disk is read-only') },
    };
    const [entry] = store.snapshots.tree(machine.id).entries;
    expect(await store.snapshots.put(machine, snapshotOf(9), { name: nameOf(9) })).toMatchObject(refusal);
    expect(await store.snapshots.delete(machine.id, entry!.id)).toMatchObject(refusal);
    expect(await store.snapshots.annotate(machine.id, entry!.id, { name: 'x' })).toMatchObject(refusal);
    expect(await store.update({ ...machine, notes: 'x' })).toMatchObject(refusal);
    expect(await store.delete(machine.id, machine.name)).toMatchObject(refusal);
    await checkContents(store, before);
    expect(stateOf([machine], store)).toEqual(before);
    execFileSync('mount', ['-o', 'remount,rw', mount]);
    await store.close();
    const again = unwrap(await MachineStore.open(folder));
    expect(stateOf(again.machines, again)).toEqual(before);
    await again.close();
  });

  test('a store on a read-only disk cannot be opened, and that is said', async () => {
    const { store } = await prepared();
    await store.close();
    execFileSync('mount', ['-o', 'remount,ro', mount]);
    expect(await MachineStore.open(folder)).toMatchObject({
      ok: false,
      error: { code: 'storage-failed', message: `The machines in ${folder} cannot be opened: the disk is read-only.` },
    });
  });
});
