import type { AccessWidth } from '../../../src-main/engine/VirtualProcessor.ts';
import { PortTaps } from '../../../src-main/machine/bus/PortTaps.ts';
import { SystemBus } from '../../../src-main/machine/bus/SystemBus.ts';
import { ConfigurationPorts } from '../../../src-main/machine/pci/ConfigurationPorts.ts';
import { PciBus } from '../../../src-main/machine/pci/PciBus.ts';
import type { PciDevice } from '../../../src-main/machine/pci/PciDevice.ts';
import { RecordingLine } from './ManualTime.ts';
import { TestRam } from './TestRam.ts';

const nothing = {
  id: 'reset',
  read: () => 0,
  write: () => undefined,
  reset: () => undefined,
  save: () => ({ version: 1 }),
  restore: () => undefined,
};

/** A PCI bus with one device in slot 3, and the processor's side of it. */
export class PciHost {
  readonly bus = new SystemBus(
    { report: () => undefined },
    new PortTaps([], undefined, { log: () => 0, exit: () => 0 }),
  );
  readonly ram = new TestRam(0x20_0000);
  /** PIRQA# to PIRQD#; slot 3's INTA# is the third. */
  readonly lines = Array.from({ length: 4 }, () => new RecordingLine());
  readonly pci: PciBus;

  constructor(device: PciDevice) {
    this.pci = new PciBus({ bus: this.bus, memory: this.ram, interrupts: this.lines });
    this.pci.attach(device, 3);
    const ports = new ConfigurationPorts('pci0', this.pci, nothing);
    this.bus.mapPorts(ports, { first: 0xcf8, count: 8, width: 4 });
    ports.reset();
  }

  readConfiguration(register: number, width: AccessWidth = 4): number {
    this.bus.portWrite(0xcf8, 4, (0x8000_1800 | (register & ~3)) >>> 0);
    return this.bus.portRead(0xcfc + (register & 3), width);
  }

  writeConfiguration(register: number, value: number, width: AccessWidth = 4): void {
    this.bus.portWrite(0xcf8, 4, (0x8000_1800 | (register & ~3)) >>> 0);
    this.bus.portWrite(0xcfc + (register & 3), width, value);
  }

  /** Places a base address register and lets the device answer and be a bus master. */
  enable(bar: number, address: number): void {
    this.writeConfiguration(0x10 + 4 * bar, address);
    this.writeConfiguration(0x04, 0x07, 2);
  }
}
