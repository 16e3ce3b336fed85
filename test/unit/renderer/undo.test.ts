import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test } from 'vitest';
import { useUndo } from '../../../src-renderer/stores/undo.ts';

let value = 0;

/** Changes the value in a way that can be taken back. */
function change(to: number): Promise<void> {
  const before = value;
  value = to;
  useUndo().push({ what: `to ${to}`, undo: () => change(before) });
  return Promise.resolve();
}

beforeEach(() => {
  setActivePinia(createPinia());
  value = 0;
});

test('changes are taken back in reverse, and done again', async () => {
  const undo = useUndo();
  await change(1);
  await change(2);
  await undo.undo();
  expect(value).toBe(1);
  await undo.undo();
  expect(value).toBe(0);
  await undo.undo();
  await undo.redo();
  await undo.redo();
  expect(value).toBe(2);
  await undo.undo();
  expect(value).toBe(1);
});

test('a new change after one was taken back ends what could be done again', async () => {
  const undo = useUndo();
  await change(1);
  await undo.undo();
  await change(3);
  expect(undo.lastUndone).toBeNull();
  await undo.undo();
  expect(value).toBe(0);
});

test('one that cannot be taken back is no reason to lose the others', async () => {
  const undo = useUndo();
  await change(1);
  undo.push({ what: 'fails', undo: () => Promise.reject(new Error('gone')) });
  await expect(undo.undo()).rejects.toThrow('gone');
  await undo.undo();
  expect(value).toBe(0);
});

test('one that is refused for now is still the next to be taken back', async () => {
  const undo = useUndo();
  let isAllowed = false;
  await change(1);
  undo.push({ what: 'settings', undo: () => Promise.resolve(isAllowed) });
  await undo.undo();
  expect(undo.last?.what).toBe('settings');
  isAllowed = true;
  await undo.undo();
  await undo.undo();
  expect(value).toBe(0);
});
