import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readByte } from '../snapshot.ts';

/** Registers that hold two bytes: the one written last and the one before, which LBA48 commands use (ATA/ATAPI-7, 6.20). */
const FIELDS = ['features', 'count', 'lbaLow', 'lbaMid', 'lbaHigh'] as const;
export type TaskField = (typeof FIELDS)[number];

/** Device register: 6 LBA, 4 drive 1, 3..0 head or LBA bits 27..24. */
export const DEVICE_LBA = 0x40;

/** The command block registers of one drive. The low byte is the present value, the next one the previous. */
export class TaskFile {
  features = 0;
  count = 0;
  lbaLow = 0;
  lbaMid = 0;
  lbaHigh = 0;
  device = 0;
  error = 0;
  status = 0;

  push(field: TaskField, value: number): void {
    this[field] = ((this[field] & 0xff) << 8) | value;
  }

  /** Replaces what an LBA28 command reads, as drives do for results. */
  set(field: TaskField, value: number): void {
    this[field] = (this[field] & 0xff00) | (value & 0xff);
  }

  low(field: TaskField): number {
    return this[field] & 0xff;
  }

  high(field: TaskField): number {
    return this[field] >> 8;
  }

  /** The 48 bits of an LBA48 command's address; below 2^48, exact. */
  get lba48(): number {
    const low = this.low('lbaLow') + this.low('lbaMid') * 0x100 + this.low('lbaHigh') * 0x1_0000;
    const high = this.high('lbaLow') + this.high('lbaMid') * 0x100 + this.high('lbaHigh') * 0x1_0000;
    return high * 0x100_0000 + low;
  }

  set lba48(value: number) {
    const low = value % 0x100_0000;
    const high = Math.floor(value / 0x100_0000);
    this.lbaLow = (low & 0xff) | ((high & 0xff) << 8);
    this.lbaMid = ((low >> 8) & 0xff) | (high & 0xff00);
    this.lbaHigh = ((low >> 16) & 0xff) | ((high >> 8) & 0xff00);
  }

  get lba28(): number {
    return this.low('lbaLow') | (this.low('lbaMid') << 8) | (this.low('lbaHigh') << 16) | ((this.device & 0x0f) << 24);
  }

  set lba28(value: number) {
    this.set('lbaLow', value);
    this.set('lbaMid', value >> 8);
    this.set('lbaHigh', value >> 16);
    this.device = (this.device & 0xf0) | ((value >>> 24) & 0x0f);
  }

  save(): DeviceState {
    const { features, count, lbaLow, lbaMid, lbaHigh, device, error, status } = this;
    const words = Object.fromEntries(
      Object.entries({ features, count, lbaLow, lbaMid, lbaHigh }).flatMap(([name, value]) => [
        [name, value & 0xff],
        [`${name}Before`, value >> 8],
      ]),
    );
    return { version: 1, ...words, device, error, status };
  }

  restore(state: DeviceState): void {
    checkVersion('task file', state, 1);
    for (const field of FIELDS) this[field] = readByte(state, field) | (readByte(state, `${field}Before`) << 8);
    this.device = readByte(state, 'device');
    this.error = readByte(state, 'error');
    this.status = readByte(state, 'status');
  }
}
