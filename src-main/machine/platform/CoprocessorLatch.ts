import type { BusDevice, DeviceState, InterruptLine } from '../BusDevice.ts';
import { checkVersion } from '../snapshot.ts';

/**
 * The AT's latch between the coprocessor's error output and IRQ 13: set by an error, cleared by any write to
 * F0h, or to F1h, which resets a coprocessor that is a chip of its own (IBM PC AT Technical Reference, "Coprocessor").
 */
export class CoprocessorLatch implements BusDevice {
  readonly id: string;
  private readonly irq13: InterruptLine;
  private isSet = false;

  constructor(id: string, irq13: InterruptLine) {
    this.id = id;
    this.irq13 = irq13;
  }

  /** FERR# was asserted. */
  signalError(): void {
    this.set(true);
  }

  read(): number {
    return 0xff;
  }

  write(): void {
    this.set(false);
  }

  reset(): void {
    this.set(false);
  }

  save(): DeviceState {
    return { version: 1, isSet: this.isSet };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.set(state['isSet'] === true);
  }

  private set(isSet: boolean): void {
    this.isSet = isSet;
    this.irq13.set(isSet);
  }
}
