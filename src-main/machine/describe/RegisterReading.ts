import type { DeviceState } from '../BusDevice.ts';

/** Bits of a register that mean something together. */
export interface RegisterField {
  readonly name: string;
  /** Bit numbers, both included. */
  readonly high: number;
  readonly low: number;
}

/** A register as it stands: a number of so many bits, or what is no number in the device either, in words. */
export type RegisterReading = {
  /** The datasheet's name. */
  readonly name: string;
  /** Of several alike, such as the counters of a timer: which one it belongs to. */
  readonly part?: string;
} & (
  | { readonly bits: number; readonly value: number; readonly fields: readonly RegisterField[] }
  | { readonly text: string }
);

/** What devices are for, by which they are listed. */
export type DeviceGroup =
  'interrupts' | 'timers' | 'storage' | 'display' | 'input' | 'ports' | 'network' | 'sound' | 'board';

/**
 * What a device's saved state says, in the words of its datasheet. It lies beside the device and reads what `save`
 * has returned, so that a snapshot's devices can be shown as well as those of a machine that runs.
 */
export interface DeviceDescription {
  /** What it is called on its package or in its specification: `8259A`. */
  readonly model: string;
  readonly group: DeviceGroup;
  registers(state: DeviceState): readonly RegisterReading[];
}

/** A field: `7 DLAB`, or `5..3 parity`. */
const FIELD = /^(\d+)(?:\.\.(\d+))? (.+)$/;
/** A register's fields are asked for again and again. */
const parsedFields = new Map<string, readonly RegisterField[]>();

function fieldsOf(notation: string): readonly RegisterField[] {
  const known = parsedFields.get(notation);
  if (known) return known;
  const fields = notation.split(', ').map((text): RegisterField => {
    const [, high, low = high, name] = FIELD.exec(text) ?? [];
    if (high === undefined || name === undefined) throw new Error(`not a field of a register: ${text}`);
    return { name, high: Number(high), low: Number(low) };
  });
  parsedFields.set(notation, fields);
  return fields;
}

/** @param fields as datasheets list them, such as `7 DLAB, 6 break, 5..3 parity`; none: the value says it all */
export function register(name: string, bits: number, value: number, fields = ''): RegisterReading {
  return { name, bits, value, fields: fields === '' ? [] : fieldsOf(fields) };
}

/** A latch of one bit that no register shows. */
export function latch(name: string, value: boolean): RegisterReading {
  return register(name, 1, Number(value));
}

export function words(name: string, text: string): RegisterReading {
  return { name, text };
}

export function partOf(part: string, readings: readonly RegisterReading[]): RegisterReading[] {
  return readings.map((reading) => ({ ...reading, part }));
}
