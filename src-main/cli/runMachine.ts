import { listRegion } from '../debug/RegionListing.ts';
import type { FirmwareImages } from '../hypervisor/FirmwareShadow.ts';
import { compileThreadedHandlers } from '../hypervisor/threadedHandlers.ts';
import { createTranslatedMachine, REGION_THRESHOLDS, type TranslatedMachine } from '../hypervisor/TranslatedMachine.ts';
import type { DriveOptions } from '../machine/drives/DriveBay.ts';
import type { HostTime, MachineSinks } from '../machine/MachineOptions.ts';
import { withTestDevices } from '../machine/profiles/testDevices.ts';
import { UsageError } from './ExitStatus.ts';
import type { NetworkCable } from './NetworkCable.ts';
import type { RunOptions } from './RunOptions.ts';
import type { Terminal } from './Terminal.ts';

/** The deterministic clock starts here: 2000-01-01 00:00:00 UTC. */
const DETERMINISTIC_EPOCH_MS = Date.UTC(2000, 0, 1);

export const hostTime: HostTime = { monotonicNs: () => performance.now() * 1e6 };

interface MachineParts {
  readonly firmware: FirmwareImages | undefined;
  readonly cable: NetworkCable | undefined;
  readonly drives: DriveOptions;
  readonly terminal: Terminal;
}

/** The machine of a run. Throws {@link UsageError} when there can be none. */
export async function makeRunMachine(
  options: RunOptions,
  { firmware, cable, drives, terminal }: MachineParts,
  sinks: Partial<MachineSinks>,
): Promise<TranslatedMachine> {
  const handlers = await compileThreadedHandlers();
  try {
    return createTranslatedMachine({
      memoryBytes: options.memoryBytes,
      regionThreshold: REGION_THRESHOLDS[options.tier],
      ...(options.trace === 'regions' && { onRegion: (made) => terminal.complain(listRegion(made)) }),
      handlers,
      hostTime,
      clock: { kind: options.clock },
      wallClockMs: options.clock === 'host' ? Date.now() : DETERMINISTIC_EPOCH_MS,
      sinks,
      drives,
      logPorts: options.logPorts.map(({ port }) => port),
      ...(options.exitPort !== undefined && { exitPort: options.exitPort }),
      ...(cable && { macAddress: cable.macAddress }),
      ...(options.adapterModel !== undefined && { adapterModel: options.adapterModel }),
      hasConsole: options.console === 'virtio',
      profile: options.hasTestDevices ? withTestDevices(options.profile) : options.profile,
      ...(options.hasLocalApic !== undefined && { hasLocalApic: options.hasLocalApic }),
      ...firmware,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`The machine cannot be made: ${error.message}.`);
  }
}
