import type { Machine } from '../Machine.ts';
import type { MachineExit } from '../MachineExit.ts';
import type { MachinePosition } from '../MachineInput.ts';

export function isSamePosition(a: MachinePosition, b: MachinePosition): boolean {
  return comparePositions(a, b) === 0;
}

/** Negative when `a` comes first. */
export function comparePositions(a: MachinePosition, b: MachinePosition): number {
  return a.instructions - b.instructions || a.guestTimeNs - b.guestTimeNs || a.interrupts - b.interrupts;
}

/** A machine, or what runs it. */
export type Runner = Pick<Machine, 'position' | 'run' | 'step'>;

/**
 * Runs a machine by the instruction clock on to a position of the same run, once; call it again after `budget`.
 * @param most instructions to retire at most in this call
 * @returns `arrived`, or why the machine stopped before: the run is another one, unless it was `budget` or a breakpoint.
 *   A watchpoint or catchpoint is told even where it was met by what arrives there.
 */
export function runTo(machine: Runner, target: MachinePosition, most = Infinity): MachineExit | 'arrived' {
  const { position } = machine;
  const outcome = (exit: MachineExit): MachineExit | 'arrived' =>
    exit.reason !== 'watchpoint' && exit.reason !== 'catchpoint' && isSamePosition(machine.position, target)
      ? 'arrived'
      : exit;
  if (isSamePosition(position, target)) return 'arrived';
  const left = target.instructions - position.instructions;
  // Everything has been retired but the delivery of an interrupt, which is a step of its own.
  if (left <= 0 && position.guestTimeNs >= target.guestTimeNs) {
    return outcome(position.interrupts < target.interrupts ? machine.step() : { reason: 'budget' });
  }
  return outcome(machine.run({ instructions: Math.min(left, most), untilGuestNs: target.guestTimeNs }));
}
