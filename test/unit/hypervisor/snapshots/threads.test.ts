import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Hypervisor } from '../../../../src-main/hypervisor/Hypervisor.ts';
import { bundle } from '../../../support/hypervisor/bundle.ts';
import { openTestHypervisor, until, unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import type { TestHypervisor } from '../../../support/hypervisor/openTestHypervisor.ts';

let threadEntry: string;
let opened: TestHypervisor;

beforeAll(async () => {
  threadEntry = await bundle(path.resolve('test/support/hypervisor/doubleThread.ts'));
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
