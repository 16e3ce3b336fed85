import { shallowRef, type ShallowRef } from 'vue';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import { problemText } from '../../app/problemText.ts';
import { useRereading } from '../machine/useRereading.ts';

export interface Inspected<Value> {
  /** Undefined until the first answer. */
  readonly value: ShallowRef<Value | undefined>;
  /** Why there is no value. */
  readonly problem: ShallowRef<string>;
  refresh(): void;
}

/**
 * Something of a machine that has to be asked for: again and again while it runs, whenever it has moved while it is
 * paused, and when what is asked changes. `ask` gives undefined while there is nothing to ask.
 */
export function useInspected<Value>(
  machineOf: () => VmSummary,
  ask: () => Promise<Outcome<Value>> | undefined,
): Inspected<Value> {
  const value = shallowRef<Value>();
  const problem = shallowRef('');
  let asked = 0;

  async function read(): Promise<void> {
    const answer = machineOf().state === 'off' || document.hidden ? undefined : ask();
    if (!answer) return;
    const turn = ++asked;
    const outcome = await answer;
    // Something else may have been asked meanwhile.
    if (turn !== asked) return;
    problem.value = outcome.ok ? '' : problemText(outcome.problem);
    value.value = outcome.ok ? outcome.value : undefined;
  }

  const { refresh } = useRereading(machineOf, read);
  return { value, problem, refresh };
}
