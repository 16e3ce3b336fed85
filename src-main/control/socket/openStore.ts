import { setTimeout as sleep } from 'node:timers/promises';
import { refused } from '../../hypervisor/results.ts';
import type { Result } from '../../hypervisor/types.ts';
import { ControlClient } from './ControlClient.ts';

/** A command that has the store open for its own duration is done by then, or does something large. */
const WAIT_MS_MOST = 10_000;
const RETRY_MS = 50;

/**
 * Opens a store for good. A headless owner that runs nothing is asked to give it back, and a command that has it open
 * for a moment is waited for.
 */
export async function openStore<Value>(folder: string, open: () => Promise<Result<Value>>): Promise<Result<Value>> {
  const end = performance.now() + WAIT_MS_MOST;
  for (;;) {
    const opened = await open();
    if (opened.ok || opened.error.code !== 'storage-locked' || performance.now() > end) return opened;
    const owner = await ControlClient.connect(folder);
    if (owner?.ok) {
      const released = await owner.value.release();
      await owner.value.close();
      if (!released.ok && released.problem.code === 'machine-busy')
        return refused('storage-locked', released.problem.message);
    }
    await sleep(RETRY_MS);
  }
}
