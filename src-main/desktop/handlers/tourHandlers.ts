import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { TourStage } from '../../../src-preload/contract/tours.ts';
import type { Handlers } from '../../control/handlers.ts';
import { definedOnly } from '../../control/definedOnly.ts';
import { succeed } from '../../control/outcomes.ts';
import type { TemporaryMachines } from '../temporary/TemporaryMachines.ts';

export function tourHandlers(tour: TemporaryMachines<string>): Handlers<Extract<CallName, `tour:${string}`>> {
  const stage = (): TourStage => ({ state: tour.current.state, machines: [...tour.current.machines] });
  return {
    'tour:begin': async ({ machines }) => {
      const wanted = machines.map(({ settings, ...rest }) => ({ ...rest, settings: definedOnly(settings) }));
      const made = await tour.make(wanted, { start: false, replace: true });
      return made.ok ? succeed(stage()) : made;
    },
    'tour:end': async () => {
      await tour.clear();
      return succeed(stage());
    },
    'tour:get': () => succeed(stage()),
  };
}
