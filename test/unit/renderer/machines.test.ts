import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test, vi } from 'vitest';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { useMachines } from '../../../src-renderer/stores/machines.ts';
import { useNotices } from '../../../src-renderer/stores/notices.ts';
import { useUndo } from '../../../src-renderer/stores/undo.ts';

const { calls, answers } = vi.hoisted(() => ({ calls: [] as string[], answers: new Map<string, unknown>() }));
vi.mock('../../../src-renderer/app/bridge.ts', () => ({
  bridge: () => ({
    subscribe: () => () => undefined,
    call: async (name: string) => {
      calls.push(name);
      return answers.get(name);
    },
  }),
}));

/** As much of a machine as its list needs. */
const machine = (id: string, createdAt: number, state = 'off') => ({ id, name: id, createdAt, state }) as VmSummary;

beforeEach(async () => {
  setActivePinia(createPinia());
  answers.set('vm:list', { ok: true, value: [machine('one', 1), machine('two', 2)] });
  answers.set('vm:delete', { ok: true, value: undefined });
  answers.set('vm:undelete', { ok: true, value: machine('one', 1) });
  await useMachines().connect();
  calls.length = 0;
});

const names = (): string[] => useMachines().list.map(({ name }) => name);

test('a deleted machine comes back to its place, and is deleted again', async () => {
  const undo = useUndo();
  await useMachines().destroy('one');
  expect(names()).toEqual(['two']);
  expect(undo.last?.what).toContain('one');
  await undo.undo();
  expect(names()).toEqual(['one', 'two']);
  await undo.redo();
  expect(names()).toEqual(['two']);
  await undo.undo();
  expect(names()).toEqual(['one', 'two']);
});

test('one that cannot be brought back is still to be', async () => {
  const undo = useUndo();
  await useMachines().destroy('one');
  answers.set('vm:undelete', { ok: false, problem: { code: 'storage', message: 'The disk is read-only.' } });
  await undo.undo();
  expect(useNotices().at('machines')?.problem.message).toBe('The disk is read-only.');
  expect(undo.last).not.toBeNull();
});

test('one that is on by then is not deleted again', async () => {
  const undo = useUndo();
  await useMachines().destroy('one');
  answers.set('vm:undelete', { ok: true, value: machine('one', 1, 'running') });
  await undo.undo();
  calls.length = 0;
  await undo.redo();
  expect([calls, names()]).toEqual([[], ['one', 'two']]);
  expect(useNotices().at('machine:one')?.severity).toBe('info');
  expect(undo.lastUndone).not.toBeNull();
});
