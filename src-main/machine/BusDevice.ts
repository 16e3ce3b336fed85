import type { AccessWidth } from '../engine/VirtualProcessor.ts';

/**
 * Something a guest reaches through port I/O or memory-mapped I/O.
 *
 * A device never learns where it is mapped: `offset` counts bytes from the start of the range the
 * bus gave it, so one class serves any address and any number of instances.
 */
export interface BusDevice {
  /** Stable key of this instance in snapshots and logs, e.g. `pit0`. */
  readonly id: string;
  /** Returns the value read. An unimplemented register reads as all ones; never throws. */
  read(offset: number, width: AccessWidth): number;
  write(offset: number, width: AccessWidth, value: number): void;
  /** What repeated string instructions move at once; see `ProcessorBus.portReadBlock`. Absent: one by one. */
  readBlock?(offset: number, width: AccessWidth, target: Uint8Array): number;
  writeBlock?(offset: number, width: AccessWidth, source: Uint8Array): number;
  /** Power-on state. */
  reset(): void;
  /** State for a snapshot: plain JSON data, named fields. */
  save(): DeviceState;
  /** Takes back what `save` returned; throws on a version it does not know, before changing anything. */
  restore(state: DeviceState): void;
}

/** Named, versioned snapshot state of one device. */
export interface DeviceState {
  readonly version: number;
  readonly [field: string]: unknown;
}

/** A wire to an interrupt controller's input. */
export interface InterruptLine {
  set(asserted: boolean): void;
}

/** Guest time for devices, in nanoseconds since power-on (a double; exact below 2^53). */
export interface TimerService {
  now(): number;
  /** Calls `onExpire` in the machine's thread once `deadline` has passed; returns a handle for `cancel`. */
  schedule(deadline: number, onExpire: () => void): TimerHandle;
}

/** Where every device gets its timers from, under its own id: by it a snapshot tells whose timers are pending. */
export interface TimerSource extends TimerService {
  of(owner: string): TimerService;
}

export interface TimerHandle {
  /** Guest time in nanoseconds. */
  readonly deadline: number;
  cancel(): void;
}
