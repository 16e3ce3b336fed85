import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { Outcome, Problem } from '../../src-preload/contract/Outcome.ts';

export interface Notice {
  readonly severity: 'info' | 'warning' | 'error';
  readonly problem: Problem;
}

/** Where a notice is shown: a machine's page, the machine list, the editor, a dialog. */
export type NoticePlace =
  | `machine:${string}`
  | `snapshots:${string}`
  | 'machines'
  | 'editor'
  | 'newMachine'
  | 'settings'
  | 'isolation'
  | 'schedule'
  | 'tour';

/** What went wrong, kept beside the thing it is about until it is dismissed or has been put right. */
export const useNotices = defineStore('notices', () => {
  const places = shallowReactive(new Map<NoticePlace, Notice>());

  function show(place: NoticePlace, problem: Problem, severity: Notice['severity'] = 'error'): void {
    if (problem.code !== 'cancelled') places.set(place, { severity, problem });
  }

  function clear(place: NoticePlace): void {
    places.delete(place);
  }

  function at(place: NoticePlace): Notice | undefined {
    return places.get(place);
  }

  /** Shows a failure, clears after a success; returns the value, if there is one. */
  function settle<Value>(place: NoticePlace, outcome: Outcome<Value>): Value | undefined {
    if (outcome.ok) {
      clear(place);
      return outcome.value;
    }
    show(place, outcome.problem);
    return undefined;
  }

  return { show, clear, at, settle };
});
