import { setTimeout as sleep } from 'node:timers/promises';
import type { HypervisorService, Screen, VmId } from '../hypervisor/types.ts';

const LOOKS_PER_SECOND = 50;
const POLL_MS = 10;
/** A screen that somebody looks at all the time is known, and tells changes alone. */
const KNOWN_WAIT_MS = 100;
const MOST_WAIT_MS = 1_000;

/** A machine's screen as it is now: machines tell theirs only while somebody looks. Undefined: it is off, or shows nothing. */
export async function presentScreen(
  { console }: Pick<HypervisorService, 'console'>,
  id: VmId,
): Promise<Screen | undefined> {
  const before = console.screenRevision(id);
  const end = performance.now() + (console.screen(id) ? KNOWN_WAIT_MS : MOST_WAIT_MS);
  const stop = console.watchScreen(id, LOOKS_PER_SECOND);
  try {
    while (console.screenRevision(id) === before && performance.now() < end) await sleep(POLL_MS);
    return console.screen(id);
  } finally {
    stop();
  }
}
