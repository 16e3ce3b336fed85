import type { Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import type { ContainmentKind } from '../../../src-preload/contract/observation.ts';
import { useBreakpoints } from '../../stores/breakpoints.ts';
import { useContainment } from '../../stores/containment.ts';
import { useLayouts } from '../../stores/layouts.ts';
import { useMachines } from '../../stores/machines.ts';
import { pulseValue, useOverview } from '../../stores/overview.ts';
import { useView } from '../../stores/view.ts';
import { stacksOf, stackWith } from '../dock/layout.ts';
import { OFF, type Observation, type ObservedMachine } from './Observation.ts';
import type { TourSenses } from './TourSenses.ts';

/** The window and a tour's machines as they are now. `ids`: of the machines, by their parts. */
export function observe(ids: ReadonlyMap<string, string>, senses: TourSenses): Observation {
  const view = useView();
  const inView = view.page === 'machine' ? view.selectedId : null;
  return {
    page: view.page,
    inView: [...ids].find(([, id]) => id === inView)?.[0] ?? null,
    panels: inView === null ? [] : panelsInSight(inView),
    machines: Object.fromEntries([...ids].map(([part, id]) => [part, observeMachine(id, senses)])),
  };
}

function observeMachine(id: string, senses: TourSenses): ObservedMachine {
  const machine = useMachines().byId.get(id);
  if (!machine) return OFF;
  const { state, weight, capPercent, pauseReason } = machine;
  return {
    state,
    weight,
    capPercent,
    pauseReason,
    breakpoints: useBreakpoints().of(id).filter(({ enabled, problem }) => enabled && problem === null).length, // prettier-ignore
    mips: pulseValue(useOverview().pulseOf(id), 'mips'),
    contained: containedOf(id),
    ...senses.of(id),
  };
}

function containedOf(id: string): Partial<Record<ContainmentKind, number>> {
  const counts: Partial<Record<ContainmentKind, number>> = {};
  for (const { vmId, kind, count } of useContainment().entries) {
    if (vmId === id) counts[kind] = (counts[kind] ?? 0) + count;
  }
  return counts;
}

function panelsInSight(id: string): Panel[] {
  const layouts = useLayouts();
  const { maximised } = layouts;
  if (maximised !== null) return [stackWith(layouts.of(id), maximised).front];
  return stacksOf(layouts.of(id)).map(({ front }) => front);
}
