import type { EventPayload } from '../../src-preload/contract/contract.ts';
import type { VmSummary } from '../../src-preload/contract/machines.ts';
import { Breakpoints } from '../debug/Breakpoints.ts';
import type { Disposer, HypervisorService, VmSummary as HypervisorSummary } from '../hypervisor/types.ts';
import type { ControlEvent, ControlHandlers } from './Control.ts';
import { controlHandlers } from './controlHandlers.ts';
import { Debugging } from './Debugging.ts';
import { FileGrants } from './files/FileGrants.ts';
import { GdbServers } from './GdbServers.ts';
import { ProgramSources } from './files/ProgramSources.ts';
import type { SampleCatalogue } from './files/SampleCatalogue.ts';
import { Machines } from './Machines.ts';
import { MemoryRanges } from './memory/MemoryRanges.ts';

/** What an owner of machines offers to those who control it. */
export interface ControlService {
  readonly hypervisor: HypervisorService;
  readonly handlers: ControlHandlers;
  readonly grants: FileGrants;
  toSummary(vm: HypervisorSummary): VmSummary;
}

/** The service of a hypervisor without a window: no recent files, no demonstration, and breakpoints for as long as it lives. */
export function makeControlService(hypervisor: HypervisorService, samples: SampleCatalogue): ControlService {
  const grants = new FileGrants();
  const breakpoints = new Breakpoints({}, () => undefined);
  const machines = new Machines(
    hypervisor,
    grants,
    new ProgramSources(grants, samples),
    { add: () => undefined },
    breakpoints,
    () => 'none',
  );
  const debugging = new Debugging(hypervisor, breakpoints, machines.symbols);
  return {
    hypervisor,
    grants,
    handlers: controlHandlers({
      hypervisor,
      machines,
      breakpoints,
      debugging,
      ranges: new MemoryRanges(hypervisor, debugging, grants),
      gdb: new GdbServers(hypervisor),
      grants,
    }),
    toSummary: (vm) => machines.toSummary(vm),
  };
}

/** Passes on what happens to machines, in the contract's terms. */
export function forwardMachineEvents(
  { hypervisor, toSummary }: Pick<ControlService, 'hypervisor' | 'toSummary'>,
  emit: <Name extends ControlEvent>(name: Name, payload: EventPayload<Name>) => void,
): Disposer {
  const onChanged = (vm: HypervisorSummary): void => emit('vm:changed', toSummary(vm));
  const disposers = [
    hypervisor.on('vm-added', onChanged),
    hypervisor.on('vm-changed', onChanged),
    hypervisor.on('vm-removed', ({ id }) => emit('vm:removed', { id })),
  ];
  return () => disposers.forEach((dispose) => dispose());
}
