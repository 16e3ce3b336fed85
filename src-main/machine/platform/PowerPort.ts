import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, readNumber } from '../snapshot.ts';

/** PM1a control (ACPI specification 6.5, 4.8.3.2.1): SLP_EN with SLP_TYP 0, which is S5 for QEMU and Bochs. */
const SLEEP_ENABLE = 0x2000;
const SLEEP_TYPE = 0x1c00;
/** Written byte by byte to Bochs' port 8900h (bochs/iodev/unmapped.cc documents the protocol). */
const SHUTDOWN_WORD = 'Shutdown';

/**
 * Ways to switch the machine off without ACPI tables.
 * Offset 0, 16 bits: PM1a control; SLP_EN with SLP_TYP 0 powers off. Reads 0: SCI_EN clear.
 * Offset 2, 8 bits: the letters of "Shutdown", in sequence.
 */
export class PowerPort implements BusDevice {
  readonly id: string;
  private readonly powerOff: (through: string) => void;
  private matched = 0;

  constructor(id: string, powerOff: (through: string) => void) {
    this.id = id;
    this.powerOff = powerOff;
  }

  read(offset: number): number {
    return offset === 0 || offset === 1 ? 0 : 0xffff_ffff;
  }

  write(offset: number, width: number, value: number): void {
    if (offset === 2) this.spell(value);
    else if (offset === 0 && width === 2 && value & SLEEP_ENABLE && (value & SLEEP_TYPE) === 0) {
      this.powerOff('PM1a control');
    }
  }

  reset(): void {
    this.matched = 0;
  }

  save(): DeviceState {
    return { version: 1, matched: this.matched };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.matched = readNumber(state, 'matched', 0, SHUTDOWN_WORD.length - 1);
  }

  private spell(code: number): void {
    if (code === SHUTDOWN_WORD.charCodeAt(this.matched)) this.matched++;
    else this.matched = code === SHUTDOWN_WORD.charCodeAt(0) ? 1 : 0;
    if (this.matched < SHUTDOWN_WORD.length) return;
    this.matched = 0;
    this.powerOff('shutdown port');
  }
}
