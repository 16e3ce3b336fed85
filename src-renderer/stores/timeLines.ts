import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import { bridge } from '../app/bridge.ts';
import type { VmSummary } from '../../src-preload/contract/machines.ts';
import type { TimeLine } from '../../src-preload/contract/timeTravel.ts';
import { useMachines } from './machines.ts';
import { useNotices } from './notices.ts';

/** Machines' pasts, as far as somebody looks at them. */
export const useTimeLines = defineStore('timeLines', () => {
  const notices = useNotices();
  const machines = useMachines();
  /** Null: the machine cannot go back. */
  const byMachine = shallowReactive(new Map<string, TimeLine | null>());
  /** Journeys that wait for the one under way: the last one asked for of each machine. */
  const wanted = new Map<string, number | null>();

  async function load(id: string): Promise<void> {
    const outcome = await bridge().call('time:line', { id });
    byMachine.set(id, outcome.ok ? outcome.value : null);
  }

  /** Goes there, from a run as well; of several wishes that come while it is on its way, only the last one counts. */
  async function goTo(machine: VmSummary, instructions: number): Promise<void> {
    const { id } = machine;
    const isUnderWay = wanted.has(id);
    wanted.set(id, instructions);
    if (isUnderWay) return;
    try {
      if (machine.state === 'running' && !(await machines.command('vm:pause', id))) return;
      for (let next = wanted.get(id) ?? null; next !== null; next = wanted.get(id) ?? null) {
        wanted.set(id, null);
        if (!settle(id, await bridge().call('time:goTo', { id, instructions: next }))) return;
        await load(id);
      }
    } finally {
      wanted.delete(id);
    }
  }

  async function stepBack({ id }: VmSummary): Promise<void> {
    settle(id, await bridge().call('time:stepBack', { id }));
    await load(id);
  }

  async function runBack({ id }: VmSummary): Promise<void> {
    settle(id, await bridge().call('time:runBack', { id }));
  }

  async function goToLastWrite({ id }: VmSummary, linearAddress: number): Promise<void> {
    settle(id, await bridge().call('time:lastWrite', { id, linearAddress }));
  }

  async function saveRecording({ id }: VmSummary): Promise<void> {
    const picked = await bridge().call('time:pickRecording', { id });
    if (picked.ok) settle(id, await bridge().call('time:saveRecording', { id, token: picked.value.token }));
    else settle(id, picked);
  }

  function settle<Value>(id: string, outcome: Parameters<typeof notices.settle<Value>>[1]): boolean {
    return notices.settle(`machine:${id}`, outcome) !== undefined;
  }

  return { byMachine, load, goTo, stepBack, runBack, goToLastWrite, saveRecording };
});
