import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { bridge } from '../app/bridge.ts';
import type { ContainmentEntry, Demonstration } from '../../src-preload/contract/observation.ts';
import { useNotices } from './notices.ts';

/** As many entries as the window keeps; older ones stay in main. */
const ENTRIES_KEPT = 1000;

/** What guests tried beyond what they own, and the demonstration that shows it. */
export const useContainment = defineStore('containment', () => {
  const notices = useNotices();
  /** Oldest first. */
  const entries = shallowRef<readonly ContainmentEntry[]>([]);
  const demonstration = shallowRef<Demonstration>({ state: 'off', residents: [], rogues: [] });
  const listeners = new Set<(recorded: readonly ContainmentEntry[]) => void>();

  function record(recorded: readonly ContainmentEntry[]): void {
    const byId = new Map(entries.value.map((entry) => [entry.id, entry]));
    for (const entry of recorded) byId.set(entry.id, entry);
    entries.value = [...byId.values()].sort((a, b) => a.id - b.id).slice(-ENTRIES_KEPT);
    for (const listener of listeners) listener(recorded);
  }

  async function connect(): Promise<() => void> {
    const disposers = [
      bridge().subscribe('containment:recorded', record),
      bridge().subscribe('containment:cleared', () => {
        entries.value = [];
      }),
      bridge().subscribe('demonstration:changed', (next) => {
        demonstration.value = next;
      }),
    ];
    const [past, present] = await Promise.all([
      bridge().call('containment:list', {}),
      bridge().call('demonstration:get'),
    ]);
    if (past.ok) record(past.value);
    if (present.ok) demonstration.value = present.value;
    return () => disposers.forEach((dispose) => dispose());
  }

  /** Tells of attempts as they happen; returns its disposer. */
  function onRecorded(listener: (recorded: readonly ContainmentEntry[]) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  async function startDemonstration(): Promise<boolean> {
    const next = notices.settle('isolation', await bridge().call('demonstration:start'));
    if (next) demonstration.value = next;
    return next !== undefined;
  }

  async function stopDemonstration(): Promise<void> {
    const next = notices.settle('isolation', await bridge().call('demonstration:stop'));
    if (next) demonstration.value = next;
  }

  async function clear(): Promise<void> {
    if ((await bridge().call('containment:clear')).ok) entries.value = [];
  }

  return { entries, demonstration, connect, onRecorded, startDemonstration, stopDemonstration, clear };
});
