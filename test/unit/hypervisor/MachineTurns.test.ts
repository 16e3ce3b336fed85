import { expect, test } from 'vitest';
import { MachineTurns } from '../../../src-main/hypervisor/MachineTurns.ts';
import { collectGarbage } from '../../support/containment/collectGarbage.ts';

/** An action that ends when it is told to. */
function held(): { readonly end: () => void; readonly ended: Promise<void> } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { end, ended };
}

test('what is done with a machine waits for what was asked for before, though it fails; other machines do not', async () => {
  const turns = new MachineTurns();
  const first = held();
  const order: string[] = [];
  const failing = turns.take('a', () => first.ended.then(() => Promise.reject(new Error('no'))));
  const second = turns.take('a', () => order.push('second of a'));
  await turns.take('b', () => order.push('first of b'));
  first.end();
  await expect(failing).rejects.toThrow('no');
  await second;
  expect(order).toEqual(['first of b', 'second of a']);
});

test('all has ended when the last of any machine has', async () => {
  const turns = new MachineTurns();
  const [one, other] = [held(), held()];
  const order: string[] = [];
  for (const [id, { ended }] of Object.entries({ one, other }))
    void turns.take(id, () => ended.then(() => order.push(id)));
  const all = turns.allEnded().then(() => order.push('all'));
  other.end();
  one.end();
  await all;
  expect(order.at(-1)).toBe('all');
});

test('keeps nothing of what is over', async () => {
  const turns = new MachineTurns();
  const take = async (): Promise<WeakRef<object>> => new WeakRef(await turns.take('a', () => ({ large: true })));
  const result = await take();
  // A weak reference holds what it names until the event loop turns.
  await new Promise(setImmediate);
  collectGarbage();
  expect(result.deref()).toBeUndefined();
});
