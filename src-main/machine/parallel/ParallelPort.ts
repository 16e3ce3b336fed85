import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, InterruptLine } from '../BusDevice.ts';
import { checkVersion, readByte } from '../snapshot.ts';

const DATA = 0, STATUS = 1, CONTROL = 2; // prettier-ignore
/** Ready, acknowledge idle, paper in, selected, no error; bits 2..0 are not connected. */
const STATUS_READY = 0xdf;
const CONTROL_STROBE = 0x01, CONTROL_INTERRUPT = 0x10, CONTROL_INPUT = 0x20; // prettier-ignore
/** Bits 7 and 6 are not there. */
const CONTROL_WRITABLE = 0x3f;
const CONTROL_ABSENT = 0xc0;
/** As after power-on: initialise released. */
const CONTROL_RESET = 0x0c;

/**
 * A parallel port with a printer that takes everything at once (IBM PC AT Technical Reference, "Parallel Port"; the
 * data direction bit is the PS/2's).
 *
 * - 0 data: what the pins carry; reads ones while the pins are inputs (control bit 5)
 * - 1 status, read: 7 ready, 6 acknowledge (low when a byte is taken, which is over at once), 5 out of paper, 4 selected,
 *   3 no error
 * - 2 control: 0 strobe (rising: the printer takes the data), 1 auto feed, 2 initialise (low), 3 select, 4 interrupt with
 *   each acknowledge, 5 pins are inputs
 */
export class ParallelPort implements BusDevice {
  readonly id: string;
  private readonly irq: InterruptLine;
  private readonly print: (byte: number) => void;
  private data = 0;
  private control = CONTROL_RESET;

  constructor(id: string, irq: InterruptLine, print: (byte: number) => void) {
    this.id = id;
    this.irq = irq;
    this.print = print;
  }

  read(offset: number, _width: AccessWidth): number {
    switch (offset) {
      case DATA:
        return this.control & CONTROL_INPUT ? 0xff : this.data;
      case STATUS:
        return STATUS_READY;
      case CONTROL:
        return this.control | CONTROL_ABSENT;
      default:
        return 0xff;
    }
  }

  write(offset: number, _width: AccessWidth, value: number): void {
    if (offset === DATA) this.data = value;
    if (offset !== CONTROL) return;
    const isStrobe = (value & ~this.control & CONTROL_STROBE) !== 0;
    this.control = value & CONTROL_WRITABLE;
    if (!isStrobe) return;
    this.print(this.data);
    if ((this.control & CONTROL_INTERRUPT) === 0) return;
    this.irq.set(true);
    this.irq.set(false);
  }

  reset(): void {
    this.data = 0;
    this.control = CONTROL_RESET;
    this.irq.set(false);
  }

  save(): DeviceState {
    return { version: 1, data: this.data, control: this.control };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const control = readByte(state, 'control');
    this.data = readByte(state, 'data');
    this.control = control & CONTROL_WRITABLE;
  }
}
