import { defineStore } from 'pinia';
import { ref } from 'vue';
import { bridge } from '../app/bridge.ts';
import type { Session } from '../../src-preload/contract/application.ts';
import { useMachines } from './machines.ts';

const WATCHES_MOST = 100;
const SESSION_KEY = 'watches';

/** Expressions that somebody wants to see of each machine; the session keeps them. */
export const useWatches = defineStore('watches', () => {
  const machines = useMachines();
  const byMachine = ref<Record<string, readonly string[]>>({});

  /** The machine that somebody wants to write an expression for; the list of these takes it. */
  const newWantedFor = ref<string | null>(null);

  function of(id: string): readonly string[] {
    return byMachine.value[id] ?? [];
  }

  function add(id: string, expression: string): void {
    const others = of(id).filter((each) => each !== expression);
    replace(id, [...others, expression].slice(-WATCHES_MOST));
  }

  function remove(id: string, expression: string): void {
    replace(
      id,
      of(id).filter((each) => each !== expression),
    );
  }

  function replace(id: string, list: readonly string[]): void {
    const { [id]: _, ...others } = byMachine.value;
    byMachine.value = list.length > 0 ? { ...others, [id]: list } : others;
    // Machines that are gone leave theirs behind.
    const present = Object.entries(byMachine.value).filter(([machine]) => machines.byId.has(machine));
    const kept = Object.fromEntries(present.map(([machine, texts]) => [machine, [...texts]]));
    void bridge().call('session:update', { [SESSION_KEY]: kept });
  }

  function restore(session: Session): void {
    const saved = session[SESSION_KEY];
    if (!saved || typeof saved !== 'object' || Array.isArray(saved)) return;
    byMachine.value = Object.fromEntries(
      Object.entries(saved).map(([id, list]) => [
        id,
        Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [],
      ]),
    );
  }

  return { byMachine, newWantedFor, of, add, remove, restore };
});
