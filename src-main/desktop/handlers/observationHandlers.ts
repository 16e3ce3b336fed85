import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { HypervisorService } from '../../hypervisor/types.ts';
import type { EmitEvent, Handlers } from '../../control/handlers.ts';
import { refuse, succeed } from '../../control/outcomes.ts';
import type { ContainmentJournal } from '../ContainmentJournal.ts';
import type { RunningDemonstration } from '../temporary/RunningDemonstration.ts';

type ObservationCall = Extract<CallName, `containment:${string}` | `demonstration:${string}` | 'vm:exits'>;

export function observationHandlers(
  hypervisor: HypervisorService,
  journal: ContainmentJournal,
  demonstration: RunningDemonstration,
  emit: EmitEvent,
): Handlers<ObservationCall> {
  return {
    'vm:exits': ({ id }) => {
      const vm = hypervisor.statistics().vms.find(({ vmId }) => vmId === id);
      if (!vm) return refuse('machine-not-found', 'That machine no longer exists.');
      const rates: Readonly<Record<string, number>> = vm.exitRates;
      return succeed(Object.entries(vm.exits).map(([kind, count]) => ({ kind, count, perSecond: rates[kind] ?? 0 })));
    },

    'containment:list': ({ limit }) => succeed(journal.list(limit)),
    'containment:clear': () => {
      journal.clear();
      emit('containment:cleared', undefined);
      return succeed(undefined);
    },

    'demonstration:start': () => demonstration.start(),
    'demonstration:stop': () => demonstration.stop(),
    'demonstration:get': () => succeed(demonstration.current),
  };
}
