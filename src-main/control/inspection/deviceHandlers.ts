import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { Handlers } from '../handlers.ts';
import { toOutcome } from '../outcomes.ts';
import type { HypervisorService } from '../../hypervisor/types.ts';

type DeviceCall = Extract<CallName, `devices:${string}`>;

export function deviceHandlers(inspection: HypervisorService['inspection']): Handlers<DeviceCall> {
  return {
    'devices:list': async ({ id }) => toOutcome(await inspection.devices(id), same),
    'devices:registers': async ({ id, device }) => toOutcome(await inspection.deviceRegisters(id, device), same),
    'devices:interrupts': async ({ id }) => toOutcome(await inspection.interruptRouting(id), same),
    'devices:outputs': async ({ id }) => toOutcome(await inspection.outputLogs(id), same),
    'devices:memoryMap': async ({ id }) => toOutcome(await inspection.memoryMap(id), same),
  };
}

/** What the hypervisor tells of devices is plain data, which the window gets as it is. */
function same<Value>(value: Value): Value {
  return value;
}
