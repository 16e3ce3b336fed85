import { setTimeout as sleep } from 'node:timers/promises';
import { done, refused } from '../../hypervisor/results.ts';
import type { Result, VmId } from '../../hypervisor/types.ts';

/** A command that has the store open for its own duration is done by then, or does something large. */
const WAIT_MS_MOST = 10_000;
const RETRY_MS = 50;

export interface OpenedStore<Value> {
  readonly value: Value;
  /** Machines that a headless owner ran, and has suspended to give the store back: they are to go on. */
  readonly handedOver: readonly VmId[];
}

/**
 * Opens a store for good. A headless owner is asked to give it back, with the machines that it runs suspended, and a
 * command that has it open for a moment is waited for.
 */
export async function openStore<Value>(
  folder: string,
  open: () => Promise<Result<Value>>,
): Promise<Result<OpenedStore<Value>>> {
  let handedOver: readonly VmId[] = [];
  let end = performance.now() + WAIT_MS_MOST;
  for (;;) {
    const opened = await open();
    if (opened.ok) return done({ value: opened.value, handedOver });
    if (opened.error.code !== 'storage-locked' || performance.now() > end) return opened;
    const { ControlClient } = await import('./ControlClient.ts'); // rarely wanted, and a start waits for this module
    const owner = await ControlClient.connect(folder);
    if (owner?.ok) {
      const released = await owner.value.release({ suspends: true });
      await owner.value.close();
      if (released.ok) {
        handedOver = [...handedOver, ...released.value.suspended];
        end = performance.now() + WAIT_MS_MOST;
      } else if (released.problem.code === 'machine-busy') return refused('storage-locked', released.problem.message);
    }
    await sleep(RETRY_MS);
  }
}
