import type { BusDevice, DeviceState, TimerService, InterruptLine } from '../BusDevice.ts';
import type { MovableRange, SystemBus } from '../bus/SystemBus.ts';
import { checkVersion, readByte, readObject } from '../snapshot.ts';
import type { PciDevice, PciRegister } from '../pci/PciDevice.ts';
import { AcpiPm, PM_BLOCK_BYTES } from './AcpiPm.ts';
import { SM_BUS_PORTS, SmBusHost } from './SmBusHost.ts';

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
/** Where SeaBIOS puts the SMBus host controller too, with the same interrupt. */
const SM_BUS_BASE = 0x700;
const SM_BUS_BASE_ADDRESS = 0x90,
  SM_BUS_CONFIGURATION = 0xd2;
/** SMBHSTCFG's field for where the interrupt goes, and its value for IRQ 9; 0 is an SMI, which is not there. */
const SM_BUS_INTERRUPT = 0x0e,
  SM_BUS_IRQ_9 = 0x08;
const IO_ENABLE = 1;
/** Reads as one in a base address of ports. */
const IO_SPACE = 1;

/**
 * The PIIX4's power management function (Intel 82371AB datasheet, order 290562, chapter 7): PMBA at 40h places the
 * fixed ACPI registers, PMREGMISC (80h) bit 0 enables them; SMBBA at 90h and SMBHSTCFG (D2h) do so with the SMBus host controller.
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
  private readonly smBus: SmBusHost;
  private readonly pmPorts: PlacedPorts;
  private readonly smBusPorts: PlacedPorts;

  constructor(
    id: string,
    parts: {
      readonly bus: SystemBus;
      readonly timers: TimerService;
      readonly sci: InterruptLine;
      /** The SMBus host controller's own driver of the same wire. */
      readonly smBusInterrupt: InterruptLine;
      readonly onPowerOff: (through: string) => void;
      readonly hasFirmware: boolean;
    },
  ) {
    this.id = id;
    this.pm = new AcpiPm(`${id}-registers`, parts.timers, parts.sci, parts.onPowerOff, !parts.hasFirmware);
    this.smBus = new SmBusHost(`${id}-smbus`, parts.smBusInterrupt);
    this.pmPorts = new PlacedPorts(parts.bus.addMovablePorts(this.pm, PM_BLOCK_BYTES, 4));
    this.smBusPorts = new PlacedPorts(parts.bus.addMovablePorts(this.smBus, SM_BUS_PORTS, 1));
    const base = parts.hasFirmware ? 0 : PM_BASE;
    this.registers = [
      ...this.pmPorts.registers(PM_BASE_ADDRESS, base, 0xc0),
      {
        offset: PM_MISCELLANEOUS,
        reset: parts.hasFirmware ? 0 : IO_ENABLE,
        writable: IO_ENABLE,
        onChange: (value) => this.pmPorts.setEnabled((value & IO_ENABLE) !== 0),
      },
      ...this.smBusPorts.registers(SM_BUS_BASE_ADDRESS, parts.hasFirmware ? 0 : SM_BUS_BASE, 0xf0),
      {
        offset: SM_BUS_CONFIGURATION,
        reset: parts.hasFirmware ? 0 : SM_BUS_IRQ_9 | IO_ENABLE,
        writable: 0x0f,
        onChange: (value) => {
          this.smBusPorts.setEnabled((value & IO_ENABLE) !== 0);
          this.smBus.connect((value & SM_BUS_INTERRUPT) === SM_BUS_IRQ_9);
        },
      },
      // Bit 25 of DEVACTB: what the APM command port does is set up already. Firmware then leaves SMM alone, which is not there.
      { offset: 0x5b, reset: 0x02, writable: 0xff },
      // General-purpose and activity registers that firmware writes: stored only.
      ...[0x58, 0x59, 0x5a].map((offset) => ({ offset, writable: 0xff })),
    ];
  }

  reset(): void {
    this.pm.reset();
    this.smBus.reset();
  }

  save(): DeviceState {
    return { version: 1, pm: this.pm.save(), smBus: this.smBus.save() };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.pm.restore(readObject(state, 'pm'));
    // Snapshots from before there was a controller know nothing of it.
    if ('smBus' in state) this.smBus.restore(readObject(state, 'smBus'));
    else this.smBus.reset();
  }
}

/** Ports at an address that two bytes of configuration space hold, while a bit elsewhere enables them. */
class PlacedPorts {
  private readonly range: MovableRange;
  private base = 0;
  private isEnabled = false;

  constructor(range: MovableRange) {
    this.range = range;
  }

  /** @param low bits of the lower byte that belong to the address */
  registers(offset: number, base: number, low: number): PciRegister[] {
    const place = (bits: number): void => {
      this.base = bits;
      this.apply();
    };
    return [
      {
        offset,
        reset: (base & low) | IO_SPACE,
        writable: low,
        onChange: (value) => place((this.base & 0xff00) | (value & low)),
      },
      {
        offset: offset + 1,
        reset: base >>> 8,
        writable: 0xff,
        onChange: (value) => place((this.base & 0xff) | (value << 8)),
      },
    ];
  }

  setEnabled(isEnabled: boolean): void {
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
