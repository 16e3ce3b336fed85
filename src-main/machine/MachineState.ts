import type { ExitKind } from '../engine/VirtualProcessor.ts';
import type { DeviceState } from './BusDevice.ts';
import type { DeviceAccesses } from './bus/SystemBus.ts';

/** State of all devices, by their ids, and of the clock; processors and RAM are kept by their owners. */
export interface MachineState {
  readonly version: 1;
  readonly profile: string;
  /** Guest time in nanoseconds. */
  readonly guestTimeNs: number;
  readonly devices: Readonly<Record<string, DeviceState>>;
}

/** Counted since the machine was made, over all resets. */
export interface MachineStatistics {
  readonly retiredInstructions: number;
  readonly guestTimeNs: number;
  /** Intercepted events by kind, of all vCPUs. */
  readonly exits: Readonly<Record<ExitKind, number>>;
  readonly devices: readonly DeviceAccesses[];
  readonly containmentCount: number;
}
