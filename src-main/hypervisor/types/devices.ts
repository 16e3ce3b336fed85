import type { DevicePlace } from '../../machine/bus/SystemBus.ts';
import type { ListedDevice } from '../../machine/Chipset.ts';
import type { InterruptRouting } from '../../machine/describe/InterruptRouting.ts';
import type { RegisterReading } from '../../machine/describe/RegisterReading.ts';

export type { DevicePlace, InterruptRouting, ListedDevice, RegisterReading };

/** A device of a machine that is on, and how often the guest has reached it since the machine was made. */
export interface DeviceUse extends ListedDevice {
  readonly places: readonly Omit<DevicePlace, 'id'>[];
  readonly reads: number;
  readonly writes: number;
}

/** Guest-physical addresses by what answers them; `none`: nobody does. */
export interface PhysicalUse {
  readonly first: number;
  readonly byteLength: number;
  readonly kind: 'ram' | 'rom' | 'video' | 'device' | 'none';
  /** Of a device. */
  readonly device: string | null;
}

/** Where a guest writes bytes one after the other that somebody may want to read later. */
export const LOGGED_OUTPUTS = ['com1', 'com2', 'com3', 'com4', 'debug', 'post', 'lpt1', 'lpt2', 'lpt3'] as const;
export type LoggedOutput = (typeof LOGGED_OUTPUTS)[number];

/** The newest bytes of an output, each with the guest's time, in nanoseconds since power-on. */
export interface OutputLog {
  readonly output: LoggedOutput;
  /** All that were written; those that are no longer here come first. */
  readonly total: number;
  readonly bytes: Uint8Array;
  readonly timesNs: Float64Array;
}
