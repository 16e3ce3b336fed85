import { parseProcessorState, type ProcessorState, ProcessorStateError } from '../engine/ProcessorState.ts';
import type { ExitKind } from '../engine/VirtualProcessor.ts';
import type { DeviceState } from './BusDevice.ts';
import type { DeviceAccesses } from './bus/SystemBus.ts';
import type { MachineExit } from './MachineExit.ts';
import { SnapshotError } from './snapshot.ts';
import type { ClockState } from './timers/GuestClock.ts';
import type { PendingTimer } from './timers/TimerQueue.ts';

/**
 * Everything of a machine but its memories (RAM, the display adapter's), its media, and the program that the next reset
 * loads: plain JSON data, a named and versioned part for each device.
 */
export interface MachineState {
  readonly version: 1;
  readonly profile: string;
  readonly clock: ClockState;
  readonly processors: readonly ProcessorState[];
  /** By their ids. */
  readonly devices: Readonly<Record<string, DeviceState>>;
  /** The machine's own BIOS; null without one. */
  readonly firmware: DeviceState | null;
  readonly typist: DeviceState;
  readonly entropy: DeviceState | null;
  /** In the order in which they will expire; each is part of its device's state as well. */
  readonly timers: readonly PendingTimer[];
  /** Why the machine does not run any more before a reset; null: it does. */
  readonly end: MachineExit | null;
  /** Retired before the processors' last reset. */
  readonly instructionsBefore: number;
  /** Delivered since the machine was made, see `MachinePosition`. */
  readonly interrupts: number;
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

/**
 * The processors of a state that is for such a machine, checked, so that nothing has been touched when it is not.
 * Throws {@link SnapshotError}.
 */
export function readProcessors(
  state: MachineState,
  machine: { readonly profile: string; readonly count: number },
): readonly ProcessorState[] {
  if (state.profile !== machine.profile) {
    throw new SnapshotError(`the snapshot is of a ${state.profile} machine; this is ${machine.profile}`);
  }
  if (state.processors.length !== machine.count) {
    throw new SnapshotError(
      `the snapshot's machine has ${state.processors.length} processors, this one ${machine.count}`,
    );
  }
  try {
    return state.processors.map((each) => parseProcessorState(each));
  } catch (error) {
    if (error instanceof ProcessorStateError) throw new SnapshotError(error.message);
    throw error;
  }
}
