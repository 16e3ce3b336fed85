import type { Machine } from '../Machine.ts';
import type { MachineExit } from '../MachineExit.ts';

/** Timers that wake nobody are waited for so long, in guest time, before it is the caller's turn. */
const MOST_WAIT_NS = 1_000_000_000;

/**
 * A step as somebody sees it who looks on: from inside a HLT it leads to the first instruction of the handler of the
 * interrupt that ends it. HLT itself is a step as any other instruction.
 * @param step one step of the machine, see {@link Machine.step}
 */
export function stepThroughWait(
  machine: Pick<Machine, 'isWaiting' | 'guestTimeNs'>,
  step: () => MachineExit,
): MachineExit {
  const wasWaiting = machine.isWaiting;
  const end = machine.guestTimeNs + MOST_WAIT_NS;
  for (;;) {
    const exit = step();
    if (!wasWaiting || !machine.isWaiting || exit.reason !== 'budget' || machine.guestTimeNs >= end) return exit;
  }
}
