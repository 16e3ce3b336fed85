import { beforeEach, expect, test } from 'vitest';
import { FileGrants } from '../../../src-main/control/files/FileGrants.ts';
import { refuse, succeed } from '../../../src-main/control/outcomes.ts';
import { machineFileHandlers } from '../../../src-main/desktop/handlers/machineFileHandlers.ts';
import { FakeHypervisor } from '../../support/hypervisor/FakeHypervisor.ts';

/** What the user chooses in the dialog; null: they close it. */
let chosen: string | null;
/** Names that dialogs have proposed. */
let proposed: string[];
let isThere: boolean;
let grants: FileGrants;
let handlers: ReturnType<typeof machineFileHandlers>;
let id: string;

beforeEach(async () => {
  [chosen, proposed, isThere, grants] = ['/tmp/chosen', [], true, new FileGrants()];
  const choose = async (name: string): Promise<string | null> => (proposed.push(name), chosen);
  const hypervisor = new FakeHypervisor();
  const created = await hypervisor.create({ name: 'a/b: c' });
  id = created.ok ? created.value.id : '';
  handlers = machineFileHandlers({
    hypervisor,
    grants,
    dialogs: {
      pickMemorySave: choose,
      pickMemoryLoad: async () => [chosen ?? []].flat(),
      pickRecording: choose,
      pickTrace: choose,
    },
    ranges: { savable: async () => (isThere ? succeed([]) : refuse('invalid-value', 'nothing is there')) },
  });
});

const range = (): { id: string; vcpu: number; space: 'physical'; address: number; length: number } => ({
  id,
  vcpu: 0,
  space: 'physical',
  address: 0x7c00,
  length: 16,
});

test('a file that is chosen is granted: to be written, but for one that is loaded', async () => {
  const save = await handlers['memory:pickSave'](range());
  expect(grants.resolve(save.ok ? save.value.token : '', 'write')).toBe('/tmp/chosen');
  chosen = '/tmp/loaded';
  const load = await handlers['memory:pickLoad'](undefined);
  expect(grants.resolve(load.ok ? load.value.token : '', 'read')).toBe('/tmp/loaded');
  expect(grants.resolve(load.ok ? load.value.token : '', 'write')).toBeNull();
});

test('names are proposed that a file may have', async () => {
  await handlers['memory:pickSave'](range());
  await handlers['time:pickRecording']({ id });
  await handlers['trace:pickFile']({ id });
  expect(proposed).toEqual(['memory-00007c00.bin', 'a-b- c.rec', 'a-b- c-trace.txt']);
});

test('no file is asked for when the range is no memory', async () => {
  isThere = false;
  expect(await handlers['memory:pickSave'](range())).toMatchObject({ ok: false, problem: { code: 'invalid-value' } });
  expect(proposed).toEqual([]);
});

test('a dialog that is closed is no failure to tell of', async () => {
  chosen = null;
  const cancelled = { ok: false, problem: { code: 'cancelled' } };
  expect(await handlers['memory:pickSave'](range())).toMatchObject(cancelled);
  expect(await handlers['memory:pickLoad'](undefined)).toMatchObject(cancelled);
  expect(await handlers['time:pickRecording']({ id })).toMatchObject(cancelled);
});
