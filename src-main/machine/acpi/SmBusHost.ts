import type { BusDevice, DeviceState, InterruptLine } from '../BusDevice.ts';
import { checkVersion, readByte, readBytes } from '../snapshot.ts';

export const SM_BUS_PORTS = 16;

/** SMBHSTSTS, SMBHSTCNT and SMBSLVCNT (Intel 82371AB datasheet, order 290562, 7.3). */
const STATUS = 0,
  CONTROL = 2,
  SLAVE_CONTROL = 8;
/** Registers between these keep what is written: command, address, data. */
const FIRST_STORED = 3,
  LAST_STORED = 6;
const STORED_COUNT = LAST_STORED - FIRST_STORED + 1;
const DEVICE_ERROR = 0x04,
  FAILED = 0x10;
const STATUS_CLEARED_BY_ONES = 0x1e;
const INTERRUPT_ENABLE = 0x01,
  KILL = 0x02,
  START = 0x40;
const CONTROL_STORED = 0x1f,
  SLAVE_CONTROL_STORED = 0x0f;

/**
 * The PIIX4's SMBus host controller, on a bus with nobody on it: each transaction ends at once, without an answer. Offsets: 0
 * status (write ones to clear), 2 control, 3 command, 4 address, 5 and 6 data, 7 block data, 8 slave control. Memory
 * modules and sensors that software looks for are not there, and it finds that out by asking.
 */
export class SmBusHost implements BusDevice {
  readonly id: string;
  private readonly interrupt: InterruptLine;
  private isConnected = false;
  private status = 0;
  private control = 0;
  private slaveControl = 0;
  private readonly stored = new Uint8Array(STORED_COUNT);

  constructor(id: string, interrupt: InterruptLine) {
    this.id = id;
    this.interrupt = interrupt;
  }

  /** Whether configuration space leads the interrupt to its line. */
  connect(isConnected: boolean): void {
    this.isConnected = isConnected;
    this.drive();
  }

  read(offset: number): number {
    if (offset === STATUS) return this.status;
    if (offset === CONTROL) return this.control;
    if (offset === SLAVE_CONTROL) return this.slaveControl;
    return this.stored[offset - FIRST_STORED] ?? 0;
  }

  write(offset: number, _width: number, value: number): void {
    if (offset === STATUS) this.status &= ~(value & STATUS_CLEARED_BY_ONES);
    else if (offset === CONTROL) this.command(value);
    else if (offset === SLAVE_CONTROL) this.slaveControl = value & SLAVE_CONTROL_STORED;
    else if (offset >= FIRST_STORED && offset <= LAST_STORED) this.stored[offset - FIRST_STORED] = value;
    this.drive();
  }

  reset(): void {
    this.status = 0;
    this.control = 0;
    this.slaveControl = 0;
    this.stored.fill(0);
    this.drive();
  }

  save(): DeviceState {
    const { status, control, slaveControl } = this;
    return { version: 1, status, control, slaveControl, stored: [...this.stored] };
  }

  /** The line stays as it is until configuration space, restored next, says again whether it is connected. */
  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const stored = readBytes(state, 'stored', STORED_COUNT, STORED_COUNT);
    this.status = readByte(state, 'status') & STATUS_CLEARED_BY_ONES;
    this.control = readByte(state, 'control') & CONTROL_STORED;
    this.slaveControl = readByte(state, 'slaveControl') & SLAVE_CONTROL_STORED;
    this.stored.set(stored);
  }

  private command(value: number): void {
    this.control = value & CONTROL_STORED;
    if ((value & KILL) !== 0) this.status |= FAILED;
    else if ((value & START) !== 0) this.status |= DEVICE_ERROR;
  }

  /** Each bit of the status says why there is an interrupt. */
  private drive(): void {
    this.interrupt.set(this.isConnected && (this.control & INTERRUPT_ENABLE) !== 0 && this.status !== 0);
  }
}
