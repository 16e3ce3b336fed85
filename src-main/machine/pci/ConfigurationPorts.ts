import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, readNumber, readObject } from '../snapshot.ts';
import type { PciBus } from './PciBus.ts';

const ENABLE = 0x8000_0000;
/** Enable, bus 23..16, device 15..11, function 10..8, register 7..2. */
const ADDRESS_MASK = 0x80ff_fffc;
/** Offset of the reset control register, which shares its port with a byte of CONFADD. */
const RESET_CONTROL = 1;

/**
 * Configuration mechanism 1 (PCI Local Bus Specification 3.0, 3.2.2.3.2; Intel 440FX datasheet, CONFADD, CONFDATA).
 *
 * Offset 0, 32 bits alone: CONFADD. Offsets 4..7: CONFDATA, any width. A byte at offset 1 (CF9h) is the ISA
 * bridge's reset control register (Intel 82371SB datasheet, RC); other narrow accesses below 4 find nobody.
 *
 * The bus behind it resets with it, and is part of its state.
 */
export class ConfigurationPorts implements BusDevice {
  readonly id: string;
  private readonly pci: PciBus;
  private readonly resetControl: BusDevice;
  private address = 0;

  constructor(id: string, pci: PciBus, resetControl: BusDevice) {
    this.id = id;
    this.pci = pci;
    this.resetControl = resetControl;
  }

  read(offset: number, width: AccessWidth): number {
    if (offset >= 4) {
      return this.isSelected ? this.pci.readConfiguration(this.function, this.register(offset), width) : 0xffff_ffff;
    }
    if (width === 4) return this.address;
    return offset === RESET_CONTROL && width === 1 ? this.resetControl.read(0, 1) : 0xffff_ffff;
  }

  write(offset: number, width: AccessWidth, value: number): void {
    if (offset >= 4) {
      if (this.isSelected) this.pci.writeConfiguration(this.function, this.register(offset), width, value);
    } else if (width === 4) this.address = (value & ADDRESS_MASK) >>> 0;
    else if (offset === RESET_CONTROL && width === 1) this.resetControl.write(0, 1, value);
  }

  reset(): void {
    this.address = 0;
    this.pci.reset();
  }

  save(): DeviceState {
    return { version: 1, address: this.address, bus: this.pci.save() };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const address = readNumber(state, 'address', 0, 0xffff_ffff);
    this.pci.restore(readObject(state, 'bus'));
    this.address = (address & ADDRESS_MASK) >>> 0;
  }

  /** Enabled, and on bus 0, the only one. */
  private get isSelected(): boolean {
    return (this.address & ENABLE) !== 0 && (this.address & 0x00ff_0000) === 0;
  }

  private get function(): number {
    return (this.address >>> 8) & 0xff;
  }

  private register(offset: number): number {
    return (this.address & 0xfc) + offset - 4;
  }
}
