import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { VmSummary } from '../../src-preload/contract/machines.ts';
import type { Trace } from '../../src-preload/contract/traces.ts';
import { bridge } from '../app/bridge.ts';
import { problemText } from '../app/problemText.ts';
import { useNotices } from './notices.ts';
import { useView } from './view.ts';

const MEBIBYTE = 2 ** 20;

/** What a trace is of, as the user has it; the same for every machine's next one. */
export interface TraceWish {
  readonly filter: string;
  readonly mostMiB: number;
}

/** Traces of machines' runs, as main keeps them. */
export const useTraces = defineStore('traces', () => {
  const notices = useNotices();
  const view = useView();
  const byMachine = shallowReactive(new Map<string, Trace>());
  const wishes = shallowReactive(new Map<string, TraceWish>());

  function note(id: string, trace: Trace | null): void {
    if (trace) byMachine.set(id, trace);
    else byMachine.delete(id);
  }

  function connect(): () => void {
    return bridge().subscribe('trace:changed', ({ id, trace }) => note(id, trace));
  }

  /** After a page was loaded anew. */
  async function load(id: string): Promise<void> {
    const outcome = await bridge().call('trace:status', { id });
    if (outcome.ok) note(id, outcome.value);
  }

  function wishOf(id: string): TraceWish {
    return wishes.get(id) ?? { filter: '', mostMiB: 64 };
  }

  /** @returns what is wrong with the filter; nothing is traced then */
  async function start(id: string): Promise<string | undefined> {
    const { filter, mostMiB } = wishOf(id);
    const picked = await bridge().call('trace:pickFile', { id });
    if (!picked.ok) return undefined;
    const { token } = picked.value;
    const outcome = await bridge().call('trace:start', { id, token, filter, mostBytes: mostMiB * MEBIBYTE });
    if (!outcome.ok && outcome.problem.values?.['field'] === 'filter') return problemText(outcome.problem);
    const trace = notices.settle(`machine:${id}`, outcome);
    if (trace) note(id, trace);
    return undefined;
  }

  async function stop(id: string): Promise<void> {
    notices.settle(`machine:${id}`, await bridge().call('trace:stop', { id }));
  }

  function isRecording(id: string): boolean {
    return byMachine.get(id)?.state === 'recording';
  }

  /** Where its state can be seen. */
  async function toggle({ id }: VmSummary): Promise<void> {
    view.showPanel('debug');
    if (isRecording(id)) await stop(id);
    else await start(id);
  }

  return { byMachine, wishes, connect, load, wishOf, start, stop, toggle, isRecording };
});
