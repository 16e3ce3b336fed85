import type { ProcessorState } from '../engine/ProcessorState.ts';
import type { VirtualProcessor } from '../engine/VirtualProcessor.ts';
import type { Chipset } from './Chipset.ts';
import type { EntropySource } from './EntropySource.ts';
import type { Firmware } from './firmware/Firmware.ts';
import type { Typist } from './keyboard/Typist.ts';
import type { MachineState } from './MachineState.ts';
import type { ProcessorCounts } from './ProcessorCounts.ts';
import type { HostClock, InstructionClock } from './timers/GuestClock.ts';
import type { TimerQueue } from './timers/TimerQueue.ts';

/** What of a machine has state of its own, but for its memories and media. */
export interface StatefulParts {
  readonly processors: readonly VirtualProcessor[];
  readonly counts: ProcessorCounts;
  readonly clock: HostClock | InstructionClock;
  readonly timers: TimerQueue;
  readonly chipset: Chipset;
  readonly firmware: Firmware | undefined;
  readonly typist: Typist;
  readonly entropy: EntropySource | undefined;
}

/** Always in the same order: digests of a machine's state are taken of its JSON text. */
export function saveParts(parts: StatefulParts, end: MachineState['end']): Omit<MachineState, 'version' | 'profile'> {
  return {
    clock: parts.clock.save(),
    processors: parts.processors.map((processor) => processor.save()),
    devices: parts.chipset.save(),
    firmware: parts.firmware?.port.save() ?? null,
    typist: parts.typist.save(),
    entropy: parts.entropy?.save() ?? null,
    timers: parts.timers.pending(),
    end,
    ...parts.counts.save(),
  };
}

/**
 * Throws {@link SnapshotError}. Each part may arm its timers anew, and the clock by instructions counts what processors
 * have retired: hence the order.
 */
export function restoreParts(
  parts: StatefulParts,
  state: MachineState,
  processorStates: readonly ProcessorState[],
): void {
  parts.timers.clear();
  parts.counts.carryOver();
  parts.processors.forEach((processor, id) => {
    const saved = processorStates[id];
    if (saved) processor.restore(saved);
  });
  parts.counts.restore(state);
  parts.clock.restore(state.clock);
  parts.chipset.restore(state.devices);
  if (parts.firmware && state.firmware) parts.firmware.port.restore(state.firmware);
  parts.typist.restore(state.typist);
  if (state.entropy) parts.entropy?.restore(state.entropy);
  parts.timers.restoreOrder(state.timers);
}
