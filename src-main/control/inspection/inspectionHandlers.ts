import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { Handlers } from '../handlers.ts';
import type { Inspection } from './Inspection.ts';
import type { ProcessorInspection } from './ProcessorInspection.ts';

type InspectionCall = Extract<CallName, `inspect:${string}`>;

export function inspectionHandlers(inspection: Inspection, processor: ProcessorInspection): Handlers<InspectionCall> {
  return {
    'inspect:translation': ({ id, vcpu, linearAddress, linesBefore, lines }) =>
      inspection.translation(id, vcpu, linearAddress, linesBefore, lines),
    'inspect:vectors': ({ id, vcpu }) => processor.vectors(id, vcpu),
    'inspect:descriptors': ({ id, vcpu, table }) => processor.descriptors(id, vcpu, table),
    'inspect:taskState': ({ id, vcpu }) => processor.taskState(id, vcpu),
    'inspect:pageTable': ({ id, vcpu, path }) => processor.pageTable(id, vcpu, path),
    'inspect:linearMap': ({ id, vcpu }) => processor.linearMap(id, vcpu),
    'inspect:access': ({ id, vcpu, linearAddress, kind, isUser }) =>
      processor.access(id, vcpu, linearAddress, { kind, isUser }),
    'inspect:region': ({ id, vcpu, number }) => inspection.region(id, vcpu, number),
  };
}
