import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, readByte } from '../snapshot.ts';
import type { A20Gate } from './A20Gate.ts';

/**
 * System control port A of the PS/2 (IBM PS/2 Hardware Interface Technical Reference, "System Control Port A").
 * Bit 0: 0 -> 1 resets the processor; bit 1: A20 gate; bit 3: password lock; bits 7..6: disk activity light.
 */
export class Port92 implements BusDevice {
  readonly id: string;
  private readonly a20: A20Gate;
  private readonly requestReset: (through: string) => void;
  /** All bits but the gate's. */
  private latch = 0;

  constructor(id: string, a20: A20Gate, requestReset: (through: string) => void) {
    this.id = id;
    this.a20 = a20;
    this.requestReset = requestReset;
  }

  read(): number {
    return this.latch | (this.a20.isOpen ? 2 : 0);
  }

  write(_offset: number, _width: number, value: number): void {
    const wasResetting = (this.latch & 1) !== 0;
    this.latch = value & ~2;
    this.a20.set((value & 2) !== 0);
    if (value & 1 && !wasResetting) this.requestReset('port 92h');
  }

  reset(): void {
    this.latch = 0;
    this.a20.set(true);
  }

  save(): DeviceState {
    return { version: 1, latch: this.latch, a20: this.a20.isOpen ? 1 : 0 };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.latch = readByte(state, 'latch');
    this.a20.set(readByte(state, 'a20') !== 0);
  }
}
