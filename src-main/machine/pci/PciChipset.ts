import { acpiTables, placeAcpiTables } from '../acpi/AcpiTables.ts';
import { ApmPorts, Piix4Pm, SCI_IRQ } from '../acpi/Piix4Pm.ts';
import { acpiFiles } from '../acpi/tableLoader.ts';
import type { ApicBus } from '../apic/ApicBus.ts';
import { withInterruptMessages } from '../apic/interruptMessages.ts';
import { IoApic } from '../apic/IoApic.ts';
import type { BusDevice, TimerSource } from '../BusDevice.ts';
import type { SystemBus } from '../bus/SystemBus.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import type { BootDevice } from '../drives/DriveSlot.ts';
import { bootOrderFile } from '../fwcfg/bootOrder.ts';
import type { FirmwareFile } from '../fwcfg/FwCfg.ts';
import type { ShadowRam } from '../GuestMemory.ts';
import { Hpet } from '../hpet/Hpet.ts';
import type { IdeChannel } from '../ide/IdeChannel.ts';
import { PiixIde } from '../ide/PiixIde.ts';
import type { NetworkAdapter, NetworkPort } from '../network/NetworkPort.ts';
import { Rtl8029 } from '../network/Rtl8029.ts';
import type { InterruptWires } from '../platform/InterruptWires.ts';
import { placeSmbios, smbios } from '../smbios/smbios.ts';
import { PciVga } from '../vga/PciVga.ts';
import { FRAME_BUFFER_ADDRESS, type VgaAdapter } from '../vga/VgaAdapter.ts';
import { VIRTIO_TYPE } from '../virtio/VirtioFunction.ts';
import type { VirtioPci } from '../virtio/VirtioPci.ts';
import { ConfigurationPorts } from './ConfigurationPorts.ts';
import { I440fx } from './I440fx.ts';
import { mpTables, routingTable } from './interruptTables.ts';
import { PciBus } from './PciBus.ts';
import type { PciDevice } from './PciDevice.ts';
import { Piix3, ResetControl, ROUTABLE, USUAL_ROUTES } from './Piix3.ts';

/** The display comes first: programs that look for no PCI expect the frame buffer there. */
const FIRST_MEMORY = FRAME_BUFFER_ADDRESS;
/** Where the ISA bridge, the power management function, and with them the IDE controller sit, as on i440FX boards. */
const ISA_BRIDGE = 1;
const IDE_FUNCTION = 1;
const PM_FUNCTION = 3;
const DISPLAY = 2;
const NETWORK = 3;
const SOUND = 4;
/** The slots below are the chipset's, the display's, the network's and the sound card's. */
const FIRST_VIRTIO_SLOT = 5;
/** Tables of a machine without firmware: between video memory and the BIOS; the SMBIOS anchor must lie from F0000h on. */
const RSDP_ADDRESS = 0xe_0000;
const ACPI_ADDRESS = 0xe_0040;
const SMBIOS_ADDRESS = 0xe_8000;
const MP_TABLE_ADDRESS = 0xe_9000;
const SMBIOS_ANCHOR_ADDRESS = 0xf_0000;
const MP_POINTER_ADDRESS = 0xf_0020;
/** Of the $PIR table. */
export const ROUTING_ADDRESS = 0xf_0040;

export interface PciChipsetParts {
  readonly bus: SystemBus;
  readonly memory: DeviceMemory;
  readonly timers: TimerSource;
  readonly wires: InterruptWires;
  readonly apics: ApicBus;
  readonly shadow: ShadowRam | undefined;
  readonly memoryBytes: number;
  readonly vcpuCount: number;
  readonly hasLocalApic: boolean;
  readonly hasFirmware: boolean;
  readonly onReset: (through: string) => void;
  readonly onPowerOff: (through: string) => void;
  /** The ids of the rows that map these. */
  readonly ids: { readonly host: string; readonly ioApic: string; readonly hpet: string; readonly apm: string };
}

/** Bytes that stand in a machine's memory from the start. */
export interface PlacedBytes {
  readonly physicalAddress: number;
  readonly bytes: Uint8Array;
}

/** The 8254's and the RTC's, which the HPET can take over. */
const LEGACY_TIMER_IRQS: readonly number[] = [0, 8];

/** What makes a PC a PCI machine: host bridge, PCI bus, ISA bridge, power management, I/O APIC, HPET, and their tables. */
export class PciChipset {
  readonly pci: PciBus;
  readonly power: Piix4Pm;
  readonly bridge: Piix3;
  readonly ioApic: IoApic | undefined;
  /** To be mapped as their rows say. */
  readonly devices: readonly BusDevice[];
  private readonly parts: PciChipsetParts;
  private nextVirtioSlot = FIRST_VIRTIO_SLOT;
  private virtioDiskSlot: number | undefined;
  /** Made once: a machine may be reset often. */
  private placed: readonly PlacedBytes[] | undefined;

  constructor(parts: PciChipsetParts) {
    this.parts = parts;
    const { wires, timers, hasFirmware, ids } = parts;
    const isaLines = Array.from({ length: 16 }, (_, irq) => wires.line(irq, 'pirq'));
    const bridge = new Piix3('piix3', isaLines, hasFirmware);
    this.bridge = bridge;
    this.pci = new PciBus({
      bus: parts.bus,
      memory: parts.hasLocalApic ? withInterruptMessages(parts.memory, parts.apics) : parts.memory,
      interrupts: bridge.lines,
    });
    this.power = new Piix4Pm('pm0', {
      bus: parts.bus,
      timers: timers.of('pm'),
      sci: wires.line(SCI_IRQ, 'sci'),
      smBusInterrupt: wires.line(SCI_IRQ, 'smbus'),
      onPowerOff: parts.onPowerOff,
      hasFirmware,
    });
    this.pci.attach(new I440fx('i440fx', parts.shadow, hasFirmware), 0);
    this.pci.attach(bridge, ISA_BRIDGE, 0, true);
    this.pci.attach(this.power, ISA_BRIDGE, PM_FUNCTION);
    const ioApic = parts.hasLocalApic ? new IoApic(ids.ioApic, parts.apics) : undefined;
    this.ioApic = ioApic;
    if (ioApic) wires.connect(ioApic);
    const hpetLines = new Map(LEGACY_TIMER_IRQS.map((irq) => [irq, wires.line(irq, ids.hpet)]));
    const hpet = new Hpet(
      ids.hpet,
      timers.of(ids.hpet),
      (pin) => hpetLines.get(pin) ?? ioApicPin(ioApic, pin),
      (isOn) => LEGACY_TIMER_IRQS.forEach((irq) => wires.leaveTo(isOn ? ids.hpet : undefined, irq)),
    );
    this.devices = [
      ...(ioApic ? [ioApic] : []),
      hpet,
      new ApmPorts(ids.apm, (isOn) => this.power.pm.setAcpiMode(isOn)),
      new ConfigurationPorts(ids.host, this.pci, new ResetControl('reset-control', parts.onReset)),
    ];
  }

  /** @param rom its firmware, which is then found in its expansion ROM */
  attachVga(vga: VgaAdapter, rom: Uint8Array | undefined): void {
    this.pci.attach(new PciVga('pci-vga', vga, rom), DISPLAY);
  }

  /** The IDE channels get their bus master. */
  attachIde(channels: readonly [IdeChannel, IdeChannel]): void {
    this.pci.attach(new PiixIde('piix-ide', channels), ISA_BRIDGE, IDE_FUNCTION);
  }

  /** Virtio devices, one slot after the other. */
  attachVirtio(device: VirtioPci): void {
    if (device.type === VIRTIO_TYPE.block) this.virtioDiskSlot = this.nextVirtioSlot;
    this.pci.attach(device, this.nextVirtioSlot++);
  }

  attachNetwork(macAddress: Uint8Array, cable: NetworkPort): NetworkAdapter {
    const adapter = new Rtl8029('net0', macAddress, cable);
    this.pci.attach(adapter, NETWORK);
    return adapter;
  }

  attachSound(card: PciDevice): void {
    this.pci.attach(card, SOUND);
  }

  /** After a reset: what firmware would do for PCI devices, where there is none. */
  configure(): void {
    if (!this.parts.hasFirmware) this.pci.assignAddresses(FIRST_MEMORY);
  }

  /** What firmware finds through fw_cfg. */
  firmwareFiles(bootOrder: readonly BootDevice[]): readonly FirmwareFile[] {
    const { anchor, structures } = smbios(this.parts.memoryBytes, this.parts.vcpuCount);
    return [
      ...acpiFiles(acpiTables(this.parts)),
      bootOrderFile(bootOrder, this.virtioDiskSlot),
      { name: 'etc/e820', contents: availableMemory(this.parts.memoryBytes) },
      { name: 'etc/smbios/smbios-anchor', contents: anchor },
      { name: 'etc/smbios/smbios-tables', contents: structures },
    ];
  }

  /** Tables that stand in memory when no firmware puts them there. */
  tables(): readonly PlacedBytes[] {
    return (this.placed ??= this.placeTables());
  }

  private placeTables(): readonly PlacedBytes[] {
    if (this.parts.hasFirmware) return [];
    const names = smbios(this.parts.memoryBytes, this.parts.vcpuCount);
    return [
      ...placeAcpiTables(acpiTables(this.parts), RSDP_ADDRESS, ACPI_ADDRESS),
      { physicalAddress: SMBIOS_ADDRESS, bytes: names.structures },
      { physicalAddress: SMBIOS_ANCHOR_ADDRESS, bytes: placeSmbios(names, SMBIOS_ADDRESS) },
      ...this.placeInterruptTables(),
    ];
  }

  /** For kernels without ACPI. */
  private placeInterruptTables(): readonly PlacedBytes[] {
    const pins = this.pci.interruptPins();
    const routing = { physicalAddress: ROUTING_ADDRESS, bytes: routingTable(pins, ISA_BRIDGE, ROUTABLE) };
    if (!this.parts.hasLocalApic) return [routing];
    const { vcpuCount } = this.parts;
    const mp = mpTables({ vcpuCount, pins, routes: USUAL_ROUTES, sciIrq: SCI_IRQ }, MP_TABLE_ADDRESS);
    return [
      routing,
      { physicalAddress: MP_POINTER_ADDRESS, bytes: mp.pointer },
      { physicalAddress: MP_TABLE_ADDRESS, bytes: mp.table },
    ];
  }
}

/** One entry of INT 15h E820h, for RAM; firmware makes its own holes in it. */
function availableMemory(memoryBytes: number): Uint8Array {
  const entry = new DataView(new ArrayBuffer(20));
  entry.setBigUint64(8, BigInt(memoryBytes), true);
  entry.setUint32(16, 1, true);
  return new Uint8Array(entry.buffer);
}

function ioApicPin(ioApic: IoApic | undefined, pin: number): { set(isAsserted: boolean): void } | undefined {
  // Below 16 the wires drive the pins.
  return ioApic && pin >= 16 ? { set: (isAsserted) => ioApic.setPin(pin, isAsserted) } : undefined;
}
