import type { BusDevice, DeviceState, TimerService, InterruptLine } from '../BusDevice.ts';
import type { MovableRange, SystemBus } from '../bus/SystemBus.ts';
import { checkVersion, readByte, readObject } from '../snapshot.ts';
import type { PciDevice, PciRegister } from '../pci/PciDevice.ts';
import { AcpiPm, PM_BLOCK_BYTES } from './AcpiPm.ts';

/** Where the block lies in a machine without firmware; SeaBIOS chooses the same. */
export const PM_BASE = 0x600;
/** The interrupt that announces ACPI events. */
export const SCI_IRQ = 9;
/** What software writes to the APM command port to switch ACPI mode on and off, as the FADT tells. */
export const ACPI_ENABLE = 0xf1,
  ACPI_DISABLE = 0xf0;
export const APM_COMMAND_PORT = 0xb2;

const PM_BASE_ADDRESS = 0x40;
const PM_MISCELLANEOUS = 0x80;
const IO_ENABLE = 1;

/**
 * The PIIX4's power management function (Intel 82371AB datasheet, order 290562, chapter 7): PMBA at 40h places the
 * fixed ACPI registers, PMREGMISC (80h) bit 0 enables them. There is no SMBus host controller behind 90h.
 */
export class Piix4Pm implements PciDevice {
  readonly id: string;
  readonly identity = {
    vendorId: 0x8086,
    deviceId: 0x7113,
    classCode: 0x06_8000,
    revision: 3,
    subsystemVendorId: 0x1af4,
    subsystemId: 0x1100,
  };
  readonly interruptPin = 1;
  readonly registers: readonly PciRegister[];
  readonly pm: AcpiPm;
  private readonly range: MovableRange;
  private base = 0;
  private isEnabled = false;

  constructor(
    id: string,
    parts: {
      readonly bus: SystemBus;
      readonly timers: TimerService;
      readonly sci: InterruptLine;
      readonly onPowerOff: (through: string) => void;
      readonly hasFirmware: boolean;
    },
  ) {
    this.id = id;
    this.pm = new AcpiPm(`${id}-registers`, parts.timers, parts.sci, parts.onPowerOff, !parts.hasFirmware);
    this.range = parts.bus.addMovablePorts(this.pm, PM_BLOCK_BYTES, 4);
    const base = parts.hasFirmware ? 0 : PM_BASE;
    this.registers = [
      {
        offset: PM_BASE_ADDRESS,
        reset: (base & 0xc0) | 1,
        writable: 0xc0,
        onChange: (value) => this.place((this.base & 0xff00) | (value & 0xc0)),
      },
      {
        offset: PM_BASE_ADDRESS + 1,
        reset: base >>> 8,
        writable: 0xff,
        onChange: (value) => this.place((this.base & 0xff) | (value << 8)),
      },
      {
        offset: PM_MISCELLANEOUS,
        reset: parts.hasFirmware ? 0 : IO_ENABLE,
        writable: IO_ENABLE,
        onChange: (value) => this.setEnabled((value & IO_ENABLE) !== 0),
      },
      // Bit 25 of DEVACTB: what the APM command port does is set up already. Firmware then leaves SMM alone, which is not there.
      { offset: 0x5b, reset: 0x02, writable: 0xff },
      // SMBus base and configuration, general-purpose and activity registers that firmware writes: stored only.
      ...[0x58, 0x59, 0x5a, 0x90, 0x91, 0xd2].map((offset) => ({ offset, writable: 0xff })),
    ];
  }

  reset(): void {
    this.pm.reset();
  }

  save(): DeviceState {
    return { version: 1, pm: this.pm.save() };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.pm.restore(readObject(state, 'pm'));
  }

  private place(base: number): void {
    this.base = base;
    this.apply();
  }

  private setEnabled(isEnabled: boolean): void {
    this.isEnabled = isEnabled;
    this.apply();
  }

  private apply(): void {
    this.range.moveTo(this.isEnabled && this.base !== 0 ? this.base : undefined);
  }
}

/**
 * Advanced power management ports (Intel 82371AB datasheet, 8.5): B2h command, B3h status, both stored. The SMI that
 * the command would raise is what firmware serves: here it switches ACPI mode.
 */
export class ApmPorts implements BusDevice {
  readonly id: string;
  private readonly setAcpiMode: (isOn: boolean) => void;
  private command = 0;
  private status = 0;

  constructor(id: string, setAcpiMode: (isOn: boolean) => void) {
    this.id = id;
    this.setAcpiMode = setAcpiMode;
  }

  read(offset: number): number {
    return offset === 0 ? this.command : this.status;
  }

  write(offset: number, _width: number, value: number): void {
    if (offset !== 0) this.status = value;
    else {
      this.command = value;
      if (value === ACPI_ENABLE || value === ACPI_DISABLE) this.setAcpiMode(value === ACPI_ENABLE);
    }
  }

  reset(): void {
    this.command = 0;
    this.status = 0;
  }

  save(): DeviceState {
    return { version: 1, command: this.command, status: this.status };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const status = readByte(state, 'status');
    this.command = readByte(state, 'command');
    this.status = status;
  }
}
