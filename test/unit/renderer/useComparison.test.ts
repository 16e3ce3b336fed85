import { beforeEach, expect, test, vi } from 'vitest';
import { ref } from 'vue';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { useComparison } from '../../../src-renderer/features/memory/useComparison.ts';

const { answers } = vi.hoisted(() => ({ answers: new Map<string, () => unknown>() }));
vi.mock('../../../src-renderer/app/bridge.ts', () => ({
  bridge: () => ({ call: async (name: string) => ({ ok: true, value: await answers.get(name)?.() }) }),
}));

const machine = { id: 'vm-1', memoryMiB: 1 } as VmSummary; // of no interest otherwise
const differences = {
  ranges: [{ address: 0x8000, byteLength: 1 }],
  rangeCount: 1,
  byteCount: 1,
  comparedBytes: 2 ** 20,
  isCut: false,
};
const chosen = ref('');

function comparison(): ReturnType<typeof useComparison> {
  return useComparison(
    () => machine,
    chosen,
    () => ({ kind: 'snapshot', snapshot: chosen.value }),
    () => undefined,
  );
}

beforeEach(() => {
  chosen.value = 'sn-1';
  answers.set('memory:compare', () => differences);
  answers.set('debug:readMemory', () => ({ bytes: Uint8Array.of(1) }));
  answers.set('memory:compared', () => Uint8Array.of(2));
});

test('shows the first difference that is found', async () => {
  const { compare, found, sides } = comparison();
  await compare();
  expect(found.value).toEqual(differences);
  expect(sides.value).toMatchObject({ left: Uint8Array.of(1), right: Uint8Array.of(2) });
});

test.each(['memory:compare', 'memory:compared'])('tells nothing of what is no longer chosen (%s)', async (late) => {
  const answer = answers.get(late);
  let release = (): void => undefined;
  answers.set(late, () => new Promise<unknown>((resolve) => (release = () => resolve(answer?.()))));
  const { compare, found, sides, isBusy } = comparison();
  const comparing = compare();
  // Its bytes are being asked for, or its differences.
  await new Promise((resolve) => setTimeout(resolve));
  chosen.value = 'sn-2';
  release();
  await comparing;
  expect([found.value, sides.value, isBusy.value]).toEqual([null, null, false]);
});
