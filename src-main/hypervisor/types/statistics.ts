import type { ExitKind } from '../../engine/VirtualProcessor.ts';
import type { VmId } from './definition.ts';
import type { VmActivity, VmState } from './lifeCycle.ts';

/** Where a vCPU's time went, in milliseconds since the machine was started. */
export interface VcpuTimes {
  /** Held a pCPU. */
  readonly runMs: number;
  /** Of that, for how long the host ran something else than its thread; known on Linux, 0 elsewhere. */
  readonly stolenMs: number;
  /** Runnable, but every pCPU was taken (steal). */
  readonly readyMs: number;
  readonly haltedMs: number;
  readonly cappedMs: number;
  /** What weights and caps entitled it to of what the host gave, while it wanted to run or slept off what it had run: beside `runMs` less `stolenMs`. */
  readonly entitledMs: number;
  /** How often it was given a pCPU. */
  readonly slices: number;
}

export interface VmStatistics {
  readonly vmId: VmId;
  readonly state: VmState;
  readonly activity: VmActivity;
  /** Share of one pCPU, less what the host took of it, received over the last second, 0..1 (a vCPU that runs all the time has 1). */
  readonly receivedShare: number;
  /** Share of one pCPU that weights and caps entitled it to over the last second, for as long as it wanted to run; 0..1. */
  readonly entitledShare: number;
  /** Million guest instructions a second of host time over the last second. */
  readonly mips: number;
  readonly retiredInstructions: number;
  readonly vcpus: readonly VcpuTimes[];
  /** Exits since the start, and per second over the last second. */
  readonly exits: Readonly<Partial<Record<ExitKind, number>>>;
  readonly exitRates: Readonly<Partial<Record<ExitKind, number>>>;
  /** Page faults, reads and writes of drives, and network frames both ways, per second over the last second. */
  readonly pageFaultRate: number;
  readonly diskAccessRate: number;
  readonly networkFrameRate: number;
  readonly containmentCount: number;
}

export interface HypervisorStatistics {
  /** Milliseconds on the hypervisor's monotonic clock. */
  readonly at: number;
  readonly pcpuCount: number;
  readonly sliceMs: number;
  /** Busy fraction of all pCPUs over the last second, 0..1. */
  readonly load: number;
  readonly vms: readonly VmStatistics[];
}
