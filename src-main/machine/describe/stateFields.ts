import type { DeviceState } from '../BusDevice.ts';
import { readBytes, readFlag, readNumber, readObject, SnapshotError } from '../snapshot.ts';

/** Reads the fields of one state; each throws {@link SnapshotError} where the field is missing or something else. */
export interface StateFields {
  number(field: string): number;
  flag(field: string): boolean;
  bytes(field: string): readonly number[];
  /** A nested state; undefined: there is none. */
  part(field: string): StateFields | undefined;
  /** A nested state that is always there. */
  nested(field: string): StateFields;
  has(field: string): boolean;
}

export function fieldsIn(state: DeviceState): StateFields {
  return {
    number: (field) => readNumber(state, field, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    flag: (field) => readFlag(state, field),
    bytes: (field) => readBytes(state, field, 0x1_0000),
    part: (field) => (state[field] === undefined ? undefined : fieldsIn(readObject(state, field))),
    nested: (field) => fieldsIn(readObject(state, field)),
    has: (field) => state[field] !== undefined && state[field] !== null,
  };
}

/** A double word of a list of bytes, lowest first. */
export function wordAt(bytes: readonly number[], at: number): number {
  const [a, b, c, d] = bytes.slice(at, at + 4);
  if (a === undefined || b === undefined || c === undefined || d === undefined)
    throw new SnapshotError(`a list of ${bytes.length} bytes has no word at ${at}`);
  return ((d << 24) | (c << 16) | (b << 8) | a) >>> 0;
}
