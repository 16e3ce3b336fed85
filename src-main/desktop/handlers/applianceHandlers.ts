import path from 'node:path';
import type { CallName } from '../../../src-preload/contract/contract.ts';
import { buildDebianMini, checkHost } from '../../hypervisor/appliances/DebianMini.ts';
import type { EmitEvent, Handlers } from '../../control/handlers.ts';
import { refuse, refuseWith, succeed, toOutcome } from '../../control/outcomes.ts';
import type { Machines } from '../../control/Machines.ts';

type ApplianceCall = Extract<CallName, `appliance:${string}`>;

/** Systems that build themselves; one build at a time. */
export function applianceHandlers(dataFolder: string, machines: Machines, emit: EmitEvent): Handlers<ApplianceCall> {
  let build: AbortController | null = null;
  return {
    'appliance:check': async () => toOutcome(await checkHost(new AbortController().signal), () => undefined),
    'appliance:build': async ({ recipe, start }) => {
      if (build !== null) return refuse('machine-busy', 'It is being built already.');
      const { signal } = (build = new AbortController());
      try {
        const folder = path.join(dataFolder, 'appliances', recipe);
        const built = await buildDebianMini(folder, signal, (step, detail) =>
          emit('appliance:progress', { recipe, step, detail }),
        );
        if (built.ok === 'cancelled') return refuse('cancelled', 'The build was cancelled.');
        if (!built.ok) return refuseWith(built.error);
        emit('appliance:progress', { recipe, step: 'machine', detail: '' });
        return await machines.add(built.value, start);
      } finally {
        build = null;
      }
    },
    'appliance:cancel': () => {
      build?.abort();
      return succeed(undefined);
    },
  };
}
