import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bundleDoubleThread } from '../../support/hypervisor/bundle.ts';
import { openTestHypervisor, sleep, unwrap } from '../../support/hypervisor/openTestHypervisor.ts';
import type { TestHypervisor } from '../../support/hypervisor/openTestHypervisor.ts';

let threadEntry: string;
let test1: TestHypervisor;

beforeAll(async () => {
  threadEntry = await bundleDoubleThread();
});
beforeEach(async () => {
  test1 = await openTestHypervisor(threadEntry, { scheduler: { pcpuCount: 2 } });
});
afterEach(() => test1.dispose());

describe('the limit of memory', () => {
  test('holds for all machines that are on together, and says what to do', async () => {
    const { hypervisor } = test1;
    unwrap(hypervisor.setMemoryLimit(40));
    const first = await test1.run('halt', { name: 'first', memoryMiB: 32 });
    const second = unwrap(await hypervisor.create({ name: 'second', memoryMiB: 16 }));
    const refused = await hypervisor.start(second.id);
    expect(refused).toMatchObject({ ok: false, error: { code: 'memory-limit' } });
    expect(refused.ok ? '' : refused.error.message).toBe(
      '“second” has 16 MiB of memory, and all machines together may have 40 MiB, of which 32 MiB are taken by machines that are on: power one of those off, give “second” less memory, or raise the limit in the settings.',
    );
    expect(hypervisor.get(second.id)?.state).toBe('off');
    unwrap(await hypervisor.powerOff(first.id));
    expect(unwrap(await hypervisor.start(second.id)).state).toBe('running');
  });

  test('ends no machine that is on, and a reset is no start', async () => {
    const { hypervisor } = test1;
    const { id } = await test1.run('loop', { memoryMiB: 32 });
    unwrap(hypervisor.setMemoryLimit(16));
    expect(unwrap(await hypervisor.reset(id)).state).toBe('running');
    unwrap(await hypervisor.powerOff(id));
    expect(await hypervisor.start(id)).toMatchObject({ ok: false, error: { code: 'memory-limit' } });
  });

  test('is three quarters of the host’s memory unless another is set', () => {
    const { hypervisor } = test1;
    const usual = hypervisor.memoryLimitMiB();
    expect(usual).toBeGreaterThan(0);
    expect(hypervisor.setMemoryLimit(0)).toMatchObject({ ok: false, error: { field: 'memoryLimitMiB' } });
    unwrap(hypervisor.setMemoryLimit(64));
    expect(unwrap(hypervisor.setMemoryLimit(null))).toBe(usual);
  });
});

describe('pins', () => {
  test('hold machines that run to a pCPU, and can be taken back', async () => {
    const { hypervisor } = test1;
    const ids = [(await test1.run('loop', { pcpus: [1] })).id, (await test1.run('loop')).id];
    for (const id of ids) unwrap(await hypervisor.update(id, { pcpus: [1] }));
    await sleep(100);
    const { cursor } = hypervisor.scheduleTrace();
    await sleep(500);
    const pcpus = hypervisor.scheduleTrace(cursor).slices.map(({ pcpu }) => pcpu);
    expect(new Set(pcpus)).toEqual(new Set([1]));
    unwrap(await hypervisor.update(ids[0], { pcpus: null }));
    await sleep(100);
    const later = hypervisor.scheduleTrace();
    await sleep(500);
    expect(new Set(hypervisor.scheduleTrace(later.cursor).slices.map(({ pcpu }) => pcpu))).toEqual(new Set([0, 1]));
  });

  test('to nothing, or beyond the last pCPU that there can be, are refused', async () => {
    for (const pcpus of [[], [64], [-1], [0.5]])
      expect(await test1.hypervisor.create({ pcpus })).toMatchObject({ ok: false, error: { field: 'pcpus' } });
  });
});

test('what a vCPU received stands beside what it was entitled to', async () => {
  const { hypervisor } = test1;
  await test1.run('loop', { weight: 300, pcpus: [0] });
  await test1.run('loop', { weight: 100, pcpus: [0] });
  await sleep(1500);
  const [heavy, light] = hypervisor.statistics().vms.map(({ vcpus }) => vcpus[0]);
  expect(heavy.entitledMs / light.entitledMs).toBeGreaterThan(2);
  for (const { runMs, stolenMs, readyMs, entitledMs } of [heavy, light]) {
    expect(entitledMs).toBeGreaterThan(0);
    expect(Math.abs(runMs - stolenMs - entitledMs)).toBeLessThan(0.2 * (runMs + readyMs));
  }
});

test('group and start with the app are kept, and an empty name is no group', async () => {
  const { hypervisor } = test1;
  const { id } = unwrap(await hypervisor.create({ group: 'lab', autostart: true }));
  expect(hypervisor.get(id)).toMatchObject({ group: 'lab', autostart: true });
  expect(unwrap(await hypervisor.update(id, { group: null, autostart: false }))).toMatchObject({
    group: null,
    autostart: false,
  });
  expect(await hypervisor.update(id, { group: ' ' })).toMatchObject({ ok: false, error: { field: 'group' } });
});
