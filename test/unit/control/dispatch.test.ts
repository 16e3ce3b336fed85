import { describe, expect, test } from 'vitest';
import { dispatchCall, isStreamName } from '../../../src-main/control/dispatch.ts';
import type { Handlers } from '../../../src-main/control/handlers.ts';
import { succeed } from '../../../src-main/control/outcomes.ts';

const seen: unknown[] = [];
const bugs: string[] = [];
// The calls under test only.
const handlers = {
  'vm:step': (input: unknown) => {
    seen.push(input);
    return succeed(undefined);
  },
  'vm:pause': () => {
    throw new Error('a bug');
  },
} as unknown as Handlers;

const dispatch = (name: unknown, input?: unknown) =>
  dispatchCall(handlers, name, input, (_error, where) => bugs.push(where));

describe('a message of the window', () => {
  test('reaches its handler parsed, defaults filled in', async () => {
    expect(await dispatch('vm:step', { id: 'vm-1', extra: true })).toEqual({ ok: true, value: undefined });
    expect(seen).toEqual([{ id: 'vm-1', vcpu: 0 }]);
  });

  test.each([
    { name: 'vm:nothing', input: undefined },
    { name: 'vm:changed', input: undefined },
    { name: 'stream:overview', input: {} },
    { name: '__proto__', input: {} },
    { name: 'toString', input: {} },
    { name: 7, input: {} },
  ])('with the name $name is refused', async ({ name, input }) => {
    expect(await dispatch(name, input)).toMatchObject({ ok: false, problem: { code: 'unknown-message' } });
  });

  test.each([undefined, {}, { id: 7 }, { id: '../../etc' }, { id: 'a', vcpu: -1 }])(
    'with the input %j is refused',
    async (input) => {
      expect(await dispatch('vm:step', input)).toMatchObject({ ok: false, problem: { code: 'invalid-message' } });
    },
  );

  test('that finds a bug is answered, and the bug reported', async () => {
    expect(await dispatch('vm:pause', { id: 'a' })).toMatchObject({ ok: false, problem: { code: 'internal' } });
    expect(bugs).toEqual(['vm:pause']);
  });
});

test('only streams are streams', () => {
  expect(['stream:machine', 'vm:list', 'valueOf'].map(isStreamName)).toEqual([true, false, false]);
});
