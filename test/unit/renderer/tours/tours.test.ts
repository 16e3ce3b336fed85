import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test, vi } from 'vitest';
import { nextTick } from 'vue';
import type { VmSummary } from '../../../../src-preload/contract/machines.ts';
import { setLanguage } from '../../../../src-renderer/app/i18n.ts';
import { en } from '../../../../src-renderer/app/locales/en/index.ts';
import { zhCN } from '../../../../src-renderer/app/locales/zh-CN/index.ts';
import { TOUR_BOOK } from '../../../../src-renderer/features/tours/book/index.ts';
import { useTours } from '../../../../src-renderer/stores/tours.ts';

/** Main, as far as a tour asks it: answers by call, which a test may hold back. */
const { calls, answers } = vi.hoisted(() => ({
  calls: [] as string[],
  answers: new Map<string, (request: unknown) => unknown>(),
}));

vi.mock('../../../../src-renderer/app/bridge.ts', () => ({
  bridge: () => ({
    call: async (name: string, request: unknown) => {
      calls.push(name);
      return { ok: true, value: await answers.get(name)?.(request) };
    },
    open: () => ({ close: () => undefined }),
    subscribe: () => () => undefined,
  }),
}));

const tour = TOUR_BOOK.isolation;
const last = tour.steps.length - 1;

beforeEach(() => {
  setActivePinia(createPinia());
  vi.stubGlobal('document', { hidden: true, documentElement: {} });
  calls.length = 0;
  answers.clear();
  const machines = Object.keys(tour.machines).map((part) => ({ part, id: `vm-${part}` }));
  answers.set('tour:begin', () => ({ state: 'running', machines }));
  answers.set('vm:list', () => machines.map(({ id }) => ({ id, name: id, state: 'off' }) as VmSummary)); // of no interest otherwise
  answers.set('debug:listBreakpoints', () => []);
});

test('one that is left while its machines still go stays left', async () => {
  const tours = useTours();
  await tours.take('isolation', last);
  expect(tours.state.kind).toBe('step');
  let end = (): void => undefined;
  answers.set('tour:end', () => new Promise<void>((resolve) => (end = resolve)));
  const finishing = tours.next();
  await expect.poll(() => calls).toContain('tour:end');
  answers.delete('tour:end');
  await tours.leave();
  end();
  await finishing;
  expect(tours.state.kind).toBe('closed');
});

test('machines are brought no further towards a step that the reader has left', async () => {
  const tours = useTours();
  let started = (): void => undefined;
  const starting = new Promise<void>((resolve) => (started = resolve));
  answers.set('vm:start', async () => {
    await starting;
    return { id: 'vm-other', state: 'off' };
  });
  const taking = tours.take(
    'isolation',
    tour.steps.findIndex(({ scene }) => scene.states !== undefined),
  );
  await expect.poll(() => calls).toContain('vm:start');
  await tours.leave();
  calls.length = 0;
  started();
  await taking;
  expect(calls).not.toContain('vm:start');
});

test('the group of its machines follows the language of the window, unless the reader has named another', async () => {
  const tours = useTours();
  const [first = '', second = ''] = Object.keys(tour.machines).map((part) => `vm-${part}`);
  answers.set('vm:list', () => [
    { id: first, name: first, state: 'off', group: en.coach.group } as VmSummary,
    { id: second, name: second, state: 'off', group: 'My own' } as VmSummary,
  ]);
  const updates: unknown[] = [];
  answers.set('vm:update', (request) => void updates.push(request));
  await tours.take('isolation', last);
  setLanguage('zh-CN');
  await nextTick();
  setLanguage('en');
  expect(updates).toEqual([{ id: first, changes: { group: zhCN.coach.group } }]);
});
