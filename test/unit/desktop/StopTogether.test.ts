import { beforeEach, expect, test } from 'vitest';
import { stopTogether } from '../../../src-main/desktop/StopTogether.ts';
import type { VmSummary } from '../../../src-main/hypervisor/types.ts';
import { FakeHypervisor } from '../../support/hypervisor/FakeHypervisor.ts';
import { unwrap } from '../../support/hypervisor/openTestHypervisor.ts';

let hypervisor: FakeHypervisor;
let isWanted: boolean;

beforeEach(() => {
  hypervisor = new FakeHypervisor();
  isWanted = true;
  stopTogether(hypervisor, () => isWanted);
});

async function running(): Promise<string> {
  const { id } = unwrap(await hypervisor.create({}));
  unwrap(await hypervisor.start(id));
  return id;
}

function stop(id: string, pauseReason: VmSummary['pauseReason']): void {
  hypervisor.change(id, { state: 'paused', pauseReason });
}

const AT_BREAKPOINT = { kind: 'breakpoint', id: 1, linearAddress: 0, cause: { kind: 'code' } } as const;

test.each([AT_BREAKPOINT, { kind: 'debugger' } as const])(
  'a machine that stops ($kind) stops the others',
  async (reason) => {
    const [one, other] = [await running(), await running()];
    stop(one, reason);
    await expect.poll(() => hypervisor.get(other)?.state).toBe('paused');
  },
);

test('one that its user pauses stops nobody', async () => {
  const [one, other] = [await running(), await running()];
  stop(one, { kind: 'user' });
  await Promise.resolve();
  expect(hypervisor.get(other)?.state).toBe('running');
});

test('nobody is stopped unless that is wanted', async () => {
  isWanted = false;
  const [one, other] = [await running(), await running()];
  stop(one, AT_BREAKPOINT);
  await Promise.resolve();
  expect(hypervisor.get(other)?.state).toBe('running');
});
