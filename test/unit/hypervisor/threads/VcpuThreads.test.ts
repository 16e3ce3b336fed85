import { afterEach, expect, test } from 'vitest';
import { bundleDoubleThread } from '../../../support/hypervisor/bundle.ts';
import {
  openTestHypervisor,
  sleep,
  type TestHypervisor,
  unwrap,
  until,
} from '../../../support/hypervisor/openTestHypervisor.ts';

let opened: TestHypervisor;

afterEach(() => opened.dispose());

/** Threads of this process that wait for a machine, or have one. */
function threads(): number {
  const report = process.report.getReport() as unknown as { readonly workers: readonly unknown[] }; // Node's own form.
  return report.workers.length;
}

test('a thread waits for the next machine, and another one in its place once that is taken', async () => {
  const before = threads();
  opened = await openTestHypervisor(await bundleDoubleThread(), { keepsSpareThread: true });
  await until(() => threads() === before + 1, 'the spare thread');
  const { id } = await opened.run('loop');
  expect(threads()).toBe(before + 1);
  await until(() => threads() === before + 2, 'the next spare thread');
  await until(() => opened.hypervisor.get(id)?.state === 'running', 'it runs');
  await opened.hypervisor.dispose();
  expect(threads()).toBe(before);
});

test('none waits where none is wanted', async () => {
  const before = threads();
  opened = await openTestHypervisor(await bundleDoubleThread());
  await opened.run('loop');
  await sleep(1500);
  expect(threads()).toBe(before + 1);
});

test('a machine whose thread the host does not start stays off, and says why', async () => {
  // Node refuses to start it at once, as it does when the host has no threads left.
  opened = await openTestHypervisor('no/absolute/path.cjs', { keepsSpareThread: true });
  const { hypervisor } = opened;
  const { id } = unwrap(await hypervisor.create({ name: 'first' }));
  const starts = [await hypervisor.start(id), await hypervisor.start(id)];
  for (const start of starts)
    expect(start).toMatchObject({
      error: { code: 'out-of-memory', text: { id: 'host-memory', values: { name: 'first' } } },
    });
  expect(hypervisor.get(id)?.state).toBe('off');
  // Nobody is there to hear of a spare one.
  await sleep(1500);
});
