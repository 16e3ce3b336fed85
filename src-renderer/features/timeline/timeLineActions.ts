import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { useMachines } from '../../stores/machines.ts';
import { useNotices } from '../../stores/notices.ts';
import { useMachineActions } from '../machines/machineActions.ts';

/** It stands somewhere, and can go back from there. */
export function canGoBack(machine: VmSummary): boolean {
  // A debugger that is connected goes in the window's place.
  if (machine.clock !== 'instructions' || machine.isDebugged) return false;
  return machine.state === 'paused' || machine.state === 'crashed';
}

export function useTimeLineActions() {
  const machines = useMachines();
  const notices = useNotices();
  const actions = useMachineActions();

  /** Gives a machine the instruction clock; one that is on is asked about, and started anew. */
  async function recordTime(machine: VmSummary): Promise<void> {
    const { id } = machine;
    const isOn = machine.state !== 'off';
    if (isOn) await actions.powerOff(machine);
    if (machines.byId.get(id)?.state !== 'off') return;
    const changed = notices.settle(`machine:${id}`, await machines.update(id, { clock: 'instructions' }));
    if (changed && isOn) await machines.command('vm:start', id);
  }

  return { recordTime };
}
