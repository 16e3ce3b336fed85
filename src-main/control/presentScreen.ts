import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import type { HypervisorService, Screen, VmId } from '../hypervisor/types.ts';
import { hasMemory } from './memory/machineMemory.ts';
import { refuse, succeed } from './outcomes.ts';

const LOOKS_PER_SECOND = 50;
const POLL_MS = 10;
/** A screen that somebody looks at all the time is known, and tells changes alone. */
const KNOWN_WAIT_MS = 100;
const MOST_WAIT_MS = 1_000;

/** A machine's screen as it is now: machines tell theirs only while somebody looks. */
export async function presentScreen(hypervisor: HypervisorService, id: VmId): Promise<Outcome<Screen>> {
  const { console } = hypervisor;
  if (!hasMemory(hypervisor, id)) return dark(hypervisor, id);
  const before = console.screenRevision(id);
  const end = performance.now() + (console.screen(id) ? KNOWN_WAIT_MS : MOST_WAIT_MS);
  const stop = console.watchScreen(id, LOOKS_PER_SECOND);
  try {
    while (console.screenRevision(id) === before && performance.now() < end) await sleep(POLL_MS);
    const screen = console.screen(id);
    return screen ? succeed(screen) : dark(hypervisor, id);
  } finally {
    stop();
  }
}

function dark(hypervisor: HypervisorService, id: VmId): Outcome<never> {
  const isOn = hasMemory(hypervisor, id);
  return refuse('wrong-state', isOn ? 'The machine has shown nothing yet.' : 'The machine is off: it shows nothing.');
}
