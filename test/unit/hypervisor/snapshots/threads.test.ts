import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Hypervisor } from '../../../../src-main/hypervisor/Hypervisor.ts';
import { done } from '../../../../src-main/hypervisor/results.ts';
import { MachineStore } from '../../../../src-main/hypervisor/storage/MachineStore.ts';
import type { VmDrive } from '../../../../src-main/hypervisor/types.ts';
import { bundleDoubleThread } from '../../../support/hypervisor/bundle.ts';
import { openTestHypervisor, sleep, until, unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import type { TestHypervisor } from '../../../support/hypervisor/openTestHypervisor.ts';

let threadEntry: string;
let opened: TestHypervisor;

beforeAll(async () => {
  threadEntry = await bundleDoubleThread();
});
beforeEach(async () => {
  opened = await openTestHypervisor(threadEntry);
});
afterEach(() => opened.dispose());

const behave = async (id: string, behaviour: string): Promise<void> => {
  const bytes = new TextEncoder().encode(behaviour);
  unwrap(await opened.hypervisor.setProgram(id, { kind: 'bytes', bytes, fileName: behaviour, format: 'bin' }));
};

test('a thread that dies while its machine is captured is said, and former snapshots restore the machine', async () => {
  const { hypervisor } = opened;
  const { id } = await opened.run('loop');
  const { id: good } = unwrap(await hypervisor.takeSnapshot(id, { name: 'good' }));
  await behave(id, 'die-on-capture');
  unwrap(await hypervisor.reset(id));
  expect(await hypervisor.takeSnapshot(id, { name: 'bad' })).toMatchObject({
    ok: false,
    error: { code: 'thread-died', message: expect.stringContaining('No snapshot was taken') },
  });
  expect(hypervisor.get(id)).toMatchObject({ state: 'crashed', crash: { kind: 'thread-died' } });
  expect(hypervisor.snapshots(id)?.entries.map(({ name }) => name)).toEqual(['good']);
  expect(unwrap(await hypervisor.restoreSnapshot(id, good)).program?.fileName).toBe('loop');
  await until(() => hypervisor.get(id)?.state === 'running', 'running');
});

test('a thread that hangs while its machine is captured is said, and can be powered off meanwhile', async () => {
  const { hypervisor } = opened;
  const { id } = await opened.run('hang-on-capture');
  const taking = hypervisor.takeSnapshot(id, { name: 'never' });
  await until(() => hypervisor.get(id)?.state === 'saving', 'saving');
  expect(await hypervisor.pause(id)).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('busy with a snapshot') },
  });
  unwrap(await hypervisor.powerOff(id));
  expect(await taking).toMatchObject({ ok: false, error: { code: 'thread-died' } });
  expect(hypervisor.get(id)?.state).toBe('off');
  expect(hypervisor.snapshots(id)?.entries).toEqual([]);
});

test('a crashed machine that is being exported begins to run only when that is done', async () => {
  const { hypervisor, folder } = opened;
  const { id } = await opened.run('triple-fault');
  await until(() => hypervisor.get(id)?.state === 'crashed', 'crashed');
  const order: string[] = [];
  hypervisor.on('vm-state', ({ to }) => order.push(to));
  const writing = vi.spyOn(MachineStore.prototype, 'exportMachine').mockImplementationOnce(async () => {
    await sleep(200);
    order.push('exported');
    return done(null);
  });
  const exporting = hypervisor.exportMachine(id, path.join(folder, 'a'), { snapshots: false, images: true });
  await until(() => writing.mock.calls.length > 0, 'it is being exported');
  unwrap(await hypervisor.reset(id));
  unwrap(await exporting);
  expect(order.slice(0, 2)).toEqual(['exported', 'starting']);
});

test('a snapshot that does not fit leaves the machine as it runs', async () => {
  const { id } = await opened.run('refuse-restore');
  const { id: snapshot } = unwrap(await opened.hypervisor.takeSnapshot(id, { name: 'of another machine' }));
  // One that this process has taken would be trusted.
  await opened.hypervisor.dispose();
  const { folder } = opened;
  const hypervisor = unwrap(await Hypervisor.open({ folder, threadEntry, handlers: null, stepOverEnd: () => null }));
  opened = { ...opened, hypervisor };
  unwrap(await hypervisor.start(id));
  const before = hypervisor.registers(id)?.retiredInstructions ?? 0;
  const seen: string[] = [];
  hypervisor.on('vm-state', ({ from, to }) => seen.push(`${from}>${to}`));
  expect(await hypervisor.restoreSnapshot(id, snapshot)).toMatchObject({
    ok: false,
    error: { code: 'snapshot-refused', message: expect.stringContaining('it is of another machine') },
  });
  expect(seen).toEqual(['running>saving', 'saving>running']);
  await until(() => (hypervisor.registers(id)?.retiredInstructions ?? 0) > before, 'it runs on');
});

test('several things asked for at once are done one after the other', async () => {
  const { hypervisor } = opened;
  const { id } = await opened.run('loop');
  const results = await Promise.all([
    hypervisor.takeSnapshot(id, { name: 'one' }),
    hypervisor.takeSnapshot(id, { name: 'two' }),
    hypervisor.suspend(id),
  ]);
  expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(hypervisor.snapshots(id)?.entries.map(({ name, parent }) => [name, parent === null])).toEqual([
    ['one', true],
    ['two', false],
  ]);
  expect(hypervisor.get(id)).toMatchObject({ state: 'off', isSuspended: true });
});

test('a machine that is deleted while it is restored is gone, with all of its files', async () => {
  const { hypervisor, folder } = opened;
  const { id } = await opened.run('loop');
  const { id: snapshot } = unwrap(await hypervisor.takeSnapshot(id, { name: 'one' }));
  unwrap(await hypervisor.powerOff(id));
  const [restored, deleted] = await Promise.all([hypervisor.restoreSnapshot(id, snapshot), hypervisor.delete(id)]);
  expect([restored.ok, deleted.ok]).toEqual([false, true]);
  expect(hypervisor.get(id)).toBeUndefined();
  expect(await readdir(path.join(folder, 'machines'))).toEqual([]);
});

test('nothing starts any more while the hypervisor closes', async () => {
  const { hypervisor } = opened;
  const { id } = await opened.run('loop');
  const { id: snapshot } = unwrap(await hypervisor.takeSnapshot(id, { name: 'one' }));
  unwrap(await hypervisor.powerOff(id));
  const [restored] = await Promise.all([hypervisor.restoreSnapshot(id, snapshot), hypervisor.dispose()]);
  expect(restored).toMatchObject({ ok: false });
  expect(hypervisor.get(id)?.state).toBe('off');
});

test('what a machine does after a restore is not undone by the state that it was suspended in', async () => {
  const { hypervisor } = opened;
  const { id } = await opened.run('loop');
  const { id: snapshot } = unwrap(await hypervisor.takeSnapshot(id, { name: 'one' }));
  unwrap(await hypervisor.suspend(id));
  expect(unwrap(await hypervisor.restoreSnapshot(id, snapshot)).isSuspended).toBe(false);
  unwrap(await hypervisor.powerOff(id));
  expect(unwrap(await hypervisor.start(id, { paused: true })).pauseReason).toEqual({ kind: 'started-paused' });
});

test('a machine that is started twice at once is woken once', async () => {
  const { hypervisor } = opened;
  const { id } = await opened.run('loop');
  unwrap(await hypervisor.suspend(id));
  const [first, second] = await Promise.all([hypervisor.start(id), hypervisor.start(id)]);
  expect([first, second]).toMatchObject([{ ok: true }, { ok: false, error: { code: 'wrong-state' } }]);
});

describe('a disk in front of which there are layers', () => {
  const diskOf = async (name: string): Promise<VmDrive> => {
    const file = path.join(opened.folder, name);
    await writeFile(file, new Uint8Array(1 << 20));
    return { slot: 'hda', path: file, access: 'read-write' };
  };
  const layerOf = async (id: string): Promise<unknown> => {
    const stored: unknown = JSON.parse(
      await readFile(path.join(opened.folder, 'machines', id, 'machine.json'), 'utf8'),
    );
    return (stored as { machine: { drives: { layer: unknown }[] } }).machine.drives[0]?.layer;
  };

  test('is written to where it was when no snapshot could be taken', async () => {
    const { hypervisor } = opened;
    const { id } = await opened.run('refuse-capture', { drives: [await diskOf('disk.img')] });
    expect(await hypervisor.takeSnapshot(id, { name: 'none' })).toMatchObject({
      ok: false,
      error: { message: 'No snapshot was taken. there is no room for a copy' },
    });
    expect(hypervisor.get(id)?.state).toBe('running');
    expect(await layerOf(id)).toBeNull();
  });

  test('stays in its machine as long as what was written is not in the image', async () => {
    const { hypervisor } = opened;
    const drive = await diskOf('disk.img');
    const { id } = await opened.run('loop', { drives: [drive] });
    const { id: snapshot } = unwrap(await hypervisor.takeSnapshot(id, { name: 'one' }));
    unwrap(await hypervisor.powerOff(id));
    // Another machine's snapshot needs the image as it is.
    const other = await opened.run('loop', { drives: [{ ...drive, access: 'overlay' }] });
    unwrap(await hypervisor.takeSnapshot(other.id, { name: 'other' }));
    unwrap(await hypervisor.powerOff(other.id));
    unwrap(await hypervisor.deleteSnapshot(id, snapshot));
    for (const drives of [[], [{ ...drive, access: 'read-only' as const }]])
      expect(await hypervisor.update(id, { drives })).toMatchObject({
        ok: false,
        error: { code: 'drive-refused', message: expect.stringContaining('is not in the image yet') },
      });
    unwrap(await hypervisor.delete(other.id));
    expect(unwrap(await hypervisor.update(id, { drives: [] })).drives).toEqual([]);
  });
});
