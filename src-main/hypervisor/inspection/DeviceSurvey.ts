import type { DeviceAccesses, DevicePlace } from '../../machine/bus/SystemBus.ts';
import type { TranslatedMachine } from '../TranslatedMachine.ts';
import {
  type DeviceUse,
  type InterruptRouting,
  LOGGED_OUTPUTS,
  type LoggedOutput,
  type OutputLog,
  type PhysicalUse,
  type RegisterReading,
} from '../types/devices.ts';
import { TimedBytes } from './TimedBytes.ts';

/** Bytes of each output that are kept: some pages of text. */
const LOG_BYTES = 4096;

/** What a machine's thread tells of its devices. To look changes nothing in them. */
export class DeviceSurvey {
  readonly #parts: TranslatedMachine;
  readonly #logs = new Map<LoggedOutput, TimedBytes>();

  constructor(parts: TranslatedMachine) {
    this.#parts = parts;
  }

  /** The guest has written a byte to one of its outputs. */
  note(output: LoggedOutput, byte: number): void {
    let log = this.#logs.get(output);
    if (!log) this.#logs.set(output, (log = new TimedBytes(LOG_BYTES)));
    log.add(byte, this.#parts.machine.guestTimeNs);
  }

  list(): DeviceUse[] {
    const { machine } = this.#parts;
    const places = machine.devicePlaces();
    const { devices } = machine.statistics();
    return machine.chipset.list().map((device) => {
      const own = places.filter(({ id }) => isPartOf(id, device.id));
      return {
        ...device,
        places: own.map(({ id: _, ...place }) => place),
        ...sumOf(devices.filter(({ id }) => isPartOf(id, device.id))),
      };
    });
  }

  /** Null: there is no such device. */
  registers(id: string): readonly RegisterReading[] | null {
    return this.#parts.machine.chipset.describe(id) ?? null;
  }

  interrupts(): InterruptRouting {
    return this.#parts.machine.chipset.interruptRouting();
  }

  /** Of those that something was written to. */
  outputs(): OutputLog[] {
    return LOGGED_OUTPUTS.flatMap((output) => {
      const log = this.#logs.get(output);
      return log ? [{ output, total: log.total, ...log.newest() }] : [];
    });
  }

  /** All of the 4 GiB that a processor without PAE reaches. */
  memoryMap(): PhysicalUse[] {
    const { machine, memory } = this.#parts;
    const apics = machine.chipset.localApics.slice(0, 1).map(({ id, baseAddress }): DevicePlace => ({
      id,
      space: 'memory',
      first: baseAddress,
      byteLength: 0x1000,
    }));
    // A processor's own APIC lies over whatever else is there.
    const places = [...apics, ...machine.devicePlaces().filter(({ space }) => space === 'memory')];
    return memory.ranges().flatMap(({ first, byteLength, kind }): PhysicalUse[] => {
      if (kind !== 'bus') return [{ first, byteLength, kind, device: null }];
      return divide(first, first + byteLength, places);
    });
  }
}

/** `vga0-memory` is a part of `vga0`. */
function isPartOf(id: string, device: string): boolean {
  return id === device || id.startsWith(`${device}-`);
}

function sumOf(accesses: readonly DeviceAccesses[]): { readonly reads: number; readonly writes: number } {
  const sum = (of: 'reads' | 'writes'): number => accesses.reduce((total, each) => total + each[of], 0);
  return { reads: sum('reads'), writes: sum('writes') };
}

/** A range that the bus answers, cut where devices begin and end; of several at one address the first counts. */
function divide(start: number, end: number, places: readonly DevicePlace[]): PhysicalUse[] {
  const within = places.filter(({ first, byteLength }) => first < end && first + byteLength > start);
  const edges = within.flatMap(({ first, byteLength }) => [Math.max(first, start), Math.min(first + byteLength, end)]);
  const cuts = [...new Set([start, ...edges, end])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((first, index): PhysicalUse => {
    const device = within.find((place) => first >= place.first && first < place.first + place.byteLength)?.id ?? null;
    return { first, byteLength: (cuts[index + 1] ?? end) - first, kind: device === null ? 'none' : 'device', device };
  });
}
