import type { GuestFault } from '../../GuestFault.ts';
import type { CpuState } from '../../state/CpuState.ts';
import { CS, STATE } from '../../state/layout.ts';

function place(state: CpuState): string {
  return `${hex(state.selector(CS), 4)}:${hex(state.eip, 8)}`;
}

/** What a shutdown's exit says. @param fault the last one that was tried to be delivered */
export function shutdownText(state: CpuState, fault: GuestFault): string {
  return `triple fault: exception ${fault.vector} at ${place(state)} could not be delivered, nor could the double fault after it`;
}

/** What an error's exit says: the engine's own failure. */
export function failureText(state: CpuState, thrown: unknown): string {
  const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return `the engine failed near ${place(state)} (record ${hex(state.getInt(STATE.record), 8)}): ${what}`;
}

function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).padStart(digits, '0');
}
