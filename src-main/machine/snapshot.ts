import type { DeviceState } from './BusDevice.ts';

/** A snapshot that does not fit: an unknown version, or a field that is missing or out of range. */
export class SnapshotError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SnapshotError';
  }
}

/** Devices call it first, so that a state they do not know changes nothing. */
export function checkVersion(id: string, state: DeviceState, known: number): void {
  if (state.version !== known) {
    throw new SnapshotError(`${id}: the snapshot's version is ${String(state.version)}, this program knows ${known}`);
  }
}

/** A whole number within bounds. */
export function readNumber(state: DeviceState, field: string, least: number, most: number): number {
  const value = state[field];
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new SnapshotError(`${field} is ${String(value)} in the snapshot, expected ${least}..${most}`);
}

export function readByte(state: DeviceState, field: string): number {
  return readNumber(state, field, 0, 0xff);
}

/** Guest time in nanoseconds, or any other safe integer from 0. */
export function readTime(state: DeviceState, field: string): number {
  return readNumber(state, field, 0, Number.MAX_SAFE_INTEGER);
}

/** The same, or null for none. */
export function readOptionalTime(state: DeviceState, field: string): number | undefined {
  return state[field] === null ? undefined : readTime(state, field);
}

export function readFlag(state: DeviceState, field: string): boolean {
  const value = state[field];
  if (typeof value === 'boolean') return value;
  throw new SnapshotError(`${field} is ${String(value)} in the snapshot, expected true or false`);
}

/** Bytes, at most `most` of them; `exactly` that many when given. */
export function readBytes(state: DeviceState, field: string, most: number, exactly?: number): number[] {
  const value = state[field];
  if (!Array.isArray(value) || value.length > most || (exactly !== undefined && value.length !== exactly)) {
    throw new SnapshotError(`${field} is no list of bytes of the right length in the snapshot`);
  }
  return value.map((_, index) => {
    const byte: unknown = value[index];
    if (typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte <= 0xff) return byte;
    throw new SnapshotError(`${field} holds something else than bytes in the snapshot`);
  });
}

/** `count` words of 16 bits. */
export function readWords(state: DeviceState, field: string, count: number): number[] {
  const value = state[field];
  const isList = Array.isArray(value) && value.length === count;
  const words: unknown[] = isList ? value : [];
  if (isList && words.every((word) => Number.isInteger(word) && Number(word) >= 0 && Number(word) <= 0xffff)) {
    return words.map(Number);
  }
  throw new SnapshotError(`${field} is no list of ${count} words in the snapshot`);
}

/** Bytes as hexadecimal text, two digits each. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes that `toHex` made a text of; undefined for any other text. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** A nested state. */
export function readObject(state: DeviceState, field: string): DeviceState {
  const value = state[field];
  // The nested reader checks each field; here only the shape matters.
  if (typeof value === 'object' && value !== null && 'version' in value) return value as DeviceState;
  throw new SnapshotError(`${field} is missing in the snapshot`);
}
