import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, fromHex, SnapshotError, toHex } from '../snapshot.ts';

export const TEST_MEMORY_BYTES = 0x1_0000;

/** Memory that a device answers for, byte by byte: what a test program reads and writes to be sure of an MMIO access. */
export class TestMemory implements BusDevice {
  readonly id: string;
  private readonly bytes = new Uint8Array(TEST_MEMORY_BYTES);

  constructor(id: string) {
    this.id = id;
  }

  read(offset: number, width: number): number {
    let value = 0;
    for (let byte = width; byte-- > 0;) value = (value << 8) | (this.bytes[offset + byte] ?? 0xff);
    return value >>> 0;
  }

  write(offset: number, width: number, value: number): void {
    for (let byte = 0; byte < width; byte++) this.bytes[offset + byte] = value >>> (8 * byte);
  }

  reset(): void {
    this.bytes.fill(0);
  }

  save(): DeviceState {
    return { version: 1, bytes: toHex(this.bytes) };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const text = state['bytes'];
    const bytes = typeof text === 'string' ? fromHex(text) : undefined;
    if (bytes?.length !== TEST_MEMORY_BYTES) throw new SnapshotError(`${this.id}: its memory is missing`);
    this.bytes.set(bytes);
  }
}
