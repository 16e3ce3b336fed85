import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { Handlers } from '../../control/handlers.ts';
import type { Inspection } from '../Inspection.ts';

type InspectionCall = Extract<CallName, `inspect:${string}`>;

export function inspectionHandlers(inspection: Inspection): Handlers<InspectionCall> {
  return {
    'inspect:translation': ({ id, vcpu, linearAddress, linesBefore, lines }) =>
      inspection.translation(id, vcpu, linearAddress, linesBefore, lines),
    'inspect:region': ({ id, vcpu, number }) => inspection.region(id, vcpu, number),
  };
}
