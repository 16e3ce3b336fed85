import { beforeEach, describe, expect, test } from 'vitest';
import { RunningDemonstration } from '../../../src-main/desktop/temporary/RunningDemonstration.ts';
import { refuse, succeed } from '../../../src-main/control/outcomes.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Demonstration } from '../../../src-preload/contract/observation.ts';

let alive: string[];
let states: Demonstration['state'][];
let failsAt: string;
let demonstration: RunningDemonstration;

beforeEach(() => {
  alive = [];
  states = [];
  failsAt = '';
  const summary = (id: string) => succeed({ id } as VmSummary);
  demonstration = new RunningDemonstration(
    {
      create: async ({ name = '' }) => {
        alive.push(name);
        return summary(name);
      },
      start: async (id) => (id === failsAt ? refuse('engine', 'no') : summary(id)),
      delete: async (id) => {
        alive = alive.filter((other) => other !== id);
        return succeed(undefined);
      },
    },
    { residents: ['primes'], rogues: ['spin'] },
    ({ state }) => states.push(state),
  );
});

describe('the demonstration', () => {
  test('starts everybody, each known by its role', async () => {
    expect(await demonstration.start()).toMatchObject({ ok: true, value: { state: 'running' } });
    const roles = ['primes', 'spin', 'mine'].map((id) => demonstration.roleOf(id));
    expect(roles).toEqual(['resident', 'rogue', undefined]);
  });

  test('started twice runs once', async () => {
    await Promise.all([demonstration.start(), demonstration.start()]);
    expect(alive).toEqual(['primes', 'spin']);
  });

  test('stopped leaves nothing behind', async () => {
    await demonstration.start();
    await demonstration.stop();
    expect(alive).toEqual([]);
    expect(demonstration.current).toEqual({ state: 'off', residents: [], rogues: [] });
  });

  test('that cannot start cleans up and says why', async () => {
    failsAt = 'spin';
    expect(await demonstration.start()).toMatchObject({ ok: false, problem: { code: 'engine' } });
    expect(alive).toEqual([]);
    expect(states.at(-1)).toBe('off');
  });

  test('forgets a machine that the user deleted', async () => {
    await demonstration.start();
    demonstration.forget('spin');
    expect(demonstration.current.rogues).toEqual([]);
  });
});
