import { onBeforeUnmount, watch } from 'vue';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { useReadings } from './feedContext.ts';

/** How often a running machine is read while somebody looks. */
const RUNNING_MS = 500;

export interface Rereading {
  /** Reads at once, whatever is under way. */
  refresh(): void;
}

/**
 * Reads something of a machine again and again while it runs, and whenever it has moved while it is paused; from when
 * this is called until its component goes.
 */
export function useRereading(machineOf: () => VmSummary, read: () => Promise<void>): Rereading {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Instructions: where the machine is, by its registers. */
  let retired = -1;

  function readSoon(waitMs = machineOf().state === 'paused' ? 0 : RUNNING_MS): void {
    if (timer !== undefined) return;
    const own = setTimeout(async () => {
      const before = retired;
      await read();
      // Asked to read at once meanwhile, or nobody looks any more: whoever did that has the say.
      if (timer !== own) return;
      timer = undefined;
      // A step that came before the answer may have come after what is answered.
      if (machineOf().state === 'running' || retired !== before) readSoon();
    }, waitMs);
    timer = own;
  }

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  function refresh(): void {
    stop();
    readSoon(0);
  }

  useReadings(({ vcpus }) => {
    const now = vcpus.reduce((sum, vcpu) => sum + vcpu.retiredInstructions, 0);
    if (now !== retired) readSoon();
    retired = now;
  });
  watch(() => machineOf().state, refresh);
  onBeforeUnmount(stop);
  refresh();
  return { refresh };
}
