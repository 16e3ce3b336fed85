import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import { problemText } from '../../app/problemText.ts';
import { useReadings } from '../machine/feedContext.ts';

/** How often a running machine is asked while somebody looks. */
const RUNNING_MS = 500;

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
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  let retired = -1;

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

  function readSoon(waitMs: number): void {
    if (timer !== undefined) return;
    const own = setTimeout(async () => {
      await read();
      // Asked to read at once meanwhile, or nobody looks any more: whoever did that has the say.
      if (timer !== own) return;
      timer = undefined;
      if (machineOf().state === 'running') readSoon(RUNNING_MS);
    }, waitMs);
    timer = own;
  }

  function refresh(): void {
    clearTimeout(timer);
    timer = undefined;
    readSoon(0);
  }

  useReadings(({ vcpus }) => {
    const now = vcpus.reduce((sum, vcpu) => sum + vcpu.retiredInstructions, 0);
    if (now !== retired) readSoon(machineOf().state === 'paused' ? 0 : RUNNING_MS);
    retired = now;
  });
  watch(() => machineOf().state, refresh);
  onBeforeUnmount(() => {
    clearTimeout(timer);
    timer = undefined;
  });
  refresh();
  return { value, problem, refresh };
}
