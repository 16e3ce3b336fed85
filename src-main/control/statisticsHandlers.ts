import type { HypervisorService } from '../hypervisor/types.ts';
import type { Handlers } from './handlers.ts';
import { succeed } from './outcomes.ts';

/** Where the processors' time went, for whoever speaks the contract. */
export function statisticsHandlers(hypervisor: HypervisorService): Handlers<'statistics:read'> {
  return {
    'statistics:read': () => {
      const { pcpuCount, sliceMs, load, vms } = hypervisor.statistics();
      return succeed({
        pcpuCount,
        sliceMs,
        load,
        machines: vms.map(({ vmId, retiredInstructions, exitRates, containmentCount, vcpus, exits, ...rest }) => ({
          id: vmId,
          state: rest.state,
          activity: rest.activity,
          receivedShare: rest.receivedShare,
          entitledShare: rest.entitledShare,
          mips: rest.mips,
          instructions: retiredInstructions,
          vcpus: vcpus.map((vcpu) => ({ ...vcpu })),
          exits: { ...exits },
          exitsPerSecond: { ...exitRates },
          contained: containmentCount,
        })),
      });
    },
  };
}
