import type { Breakpoints } from '../debug/Breakpoints.ts';
import type { HypervisorService } from '../hypervisor/types.ts';
import { debugHandlers } from './debugHandlers.ts';
import type { Debugging } from './Debugging.ts';
import type { FileGrants } from './files/FileGrants.ts';
import { gdbHandlers, type GdbServers } from './GdbServers.ts';
import type { Handlers } from './handlers.ts';
import { deviceHandlers } from './inspection/deviceHandlers.ts';
import { Inspection } from './inspection/Inspection.ts';
import { inspectionHandlers } from './inspection/inspectionHandlers.ts';
import { ProcessorInspection } from './inspection/ProcessorInspection.ts';
import { machineHandlers } from './machineHandlers.ts';
import type { Machines } from './Machines.ts';
import { MemoryComparisons } from './memory/MemoryComparisons.ts';
import { memoryHandlers } from './memory/memoryHandlers.ts';
import type { MemoryRanges } from './memory/MemoryRanges.ts';
import { MemorySearches } from './memory/MemorySearches.ts';
import { snapshotHandlers } from './snapshotHandlers.ts';
import { statisticsHandlers } from './statisticsHandlers.ts';
import { symbolHandlers } from './symbolHandlers.ts';
import { timeTravelHandlers } from './timeTravelHandlers.ts';
import { traceHandlers } from './traceHandlers.ts';

export interface ControlParts {
  readonly hypervisor: HypervisorService;
  readonly machines: Machines;
  readonly breakpoints: Breakpoints;
  readonly debugging: Debugging;
  readonly ranges: MemoryRanges;
  readonly gdb: GdbServers;
  readonly grants: FileGrants;
}

/** Answers all that the contract asks of machines, with a window and without one. */
export function controlHandlers({ hypervisor, machines, breakpoints, debugging, ranges, gdb, grants }: ControlParts) {
  return {
    ...machineHandlers(hypervisor, machines),
    ...snapshotHandlers(hypervisor, machines),
    ...statisticsHandlers(hypervisor),
    ...debugHandlers(hypervisor, debugging, breakpoints),
    ...timeTravelHandlers(hypervisor, machines, grants),
    ...gdbHandlers(gdb),
    ...symbolHandlers({ hypervisor, symbols: machines.symbols, breakpoints, grants }),
    ...traceHandlers(hypervisor.traces, grants),
    ...memoryHandlers(new MemorySearches(hypervisor), new MemoryComparisons(hypervisor), ranges),
    ...deviceHandlers(hypervisor.inspection),
    ...inspectionHandlers(new Inspection(hypervisor, debugging), new ProcessorInspection(hypervisor, debugging)),
  } satisfies Partial<Handlers>;
}
