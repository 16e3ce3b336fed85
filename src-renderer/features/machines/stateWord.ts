import type { VmSummary } from '../../../src-preload/contract/machines.ts';

/** Keys of `state.*` in the messages: what a machine does, in one word. */
export type StateWord =
  | 'off'
  | 'suspended'
  | 'starting'
  | 'running'
  | 'waiting'
  | 'halted'
  | 'capped'
  | 'silent'
  | 'paused'
  | 'breakpoint'
  | 'debugger'
  | 'saving'
  | 'crashed'
  | 'shutdown';

export function stateWord(machine: VmSummary): StateWord {
  switch (machine.state) {
    case 'running':
      if (machine.activity === 'halted') return 'waiting';
      if (machine.activity === 'stopped') return 'halted';
      return machine.activity === 'capped' || machine.activity === 'silent' ? machine.activity : 'running';
    case 'paused':
      if (machine.isDebugged) return 'debugger';
      return machine.pauseReason?.kind === 'breakpoint' ? 'breakpoint' : 'paused';
    case 'crashed':
      return machine.crash?.kind === 'triple-fault' ? 'shutdown' : 'crashed';
    case 'off':
      return machine.isSuspended ? 'suspended' : 'off';
    default:
      return machine.state;
  }
}
