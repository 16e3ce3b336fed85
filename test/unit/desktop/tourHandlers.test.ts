import { beforeEach, describe, expect, test } from 'vitest';
import { refuse, succeed } from '../../../src-main/control/outcomes.ts';
import { tourHandlers } from '../../../src-main/desktop/handlers/tourHandlers.ts';
import { TemporaryMachines } from '../../../src-main/desktop/temporary/TemporaryMachines.ts';
import type { TourMachine } from '../../../src-preload/contract/tours.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';

let alive: string[];
let started: string[];
let machines: TemporaryMachines<string>;
let handlers: ReturnType<typeof tourHandlers>;

beforeEach(() => {
  alive = [];
  started = [];
  machines = new TemporaryMachines(
    {
      create: async ({ name = '' }, sampleId) => {
        if (sampleId === 'missing') return refuse('file-unreadable', 'There is no such sample.');
        alive.push(name);
        return succeed({ id: `id-${name}` } as VmSummary);
      },
      start: async (id) => {
        started.push(id);
        return succeed({ id } as VmSummary);
      },
      delete: async (id) => {
        alive = alive.filter((name) => `id-${name}` !== id);
        return succeed(undefined);
      },
    },
    () => undefined,
  );
  handlers = tourHandlers(machines);
});

const part = (name: string, sampleId = 'primes'): TourMachine => ({ part: name, sampleId, settings: { name } });

describe('a tour’s machines', () => {
  test('are made and left off, each by its part', async () => {
    const stage = await handlers['tour:begin']({ machines: [part('a'), part('b')] });
    expect(stage).toEqual({
      ok: true,
      value: {
        state: 'running',
        machines: [
          { part: 'a', id: 'id-a' },
          { part: 'b', id: 'id-b' },
        ],
      },
    });
    expect(started).toEqual([]);
    expect(machines.partOf('id-b')).toBe('b');
  });

  test('give way to another tour’s', async () => {
    await handlers['tour:begin']({ machines: [part('a')] });
    await handlers['tour:begin']({ machines: [part('b')] });
    expect(alive).toEqual(['b']);
  });

  test('are all there or none', async () => {
    const stage = await handlers['tour:begin']({ machines: [part('a'), part('b', 'missing')] });
    expect(stage).toMatchObject({ ok: false, problem: { code: 'file-unreadable' } });
    expect(alive).toEqual([]);
  });

  test('go with the tour, even one that is still being prepared', async () => {
    const beginning = handlers['tour:begin']({ machines: [part('a')] });
    await handlers['tour:end']();
    await beginning;
    expect(alive).toEqual([]);
    expect(await handlers['tour:get']()).toEqual({ ok: true, value: { state: 'off', machines: [] } });
  });

  test('are missing when the user has deleted them', async () => {
    await handlers['tour:begin']({ machines: [part('a'), part('b')] });
    machines.forget('id-a');
    expect(await handlers['tour:get']()).toMatchObject({ value: { machines: [{ part: 'b' }] } });
  });
});
