import type { InterruptSource, ProcessorBus } from '../engine/VirtualProcessor.ts';
import { ApicBus, withLocalApic } from './apic/ApicBus.ts';
import type { ApicProcessor, LocalApic } from './apic/LocalApic.ts';
import type { BusDevice, DeviceState, InterruptLine, TimerService, TimerSource } from './BusDevice.ts';
import type { SystemBus } from './bus/SystemBus.ts';
import { descriptionOf } from './describe/descriptions.ts';
import type { InterruptRouting } from './describe/InterruptRouting.ts';
import type { DeviceGroup, RegisterReading } from './describe/RegisterReading.ts';
import type { DeviceMemory } from './DeviceMemory.ts';
import { DriveBay, type DriveOptions } from './drives/DriveBay.ts';
import { FwCfg } from './fwcfg/FwCfg.ts';
import type { AddressLine20, ShadowRam, VideoMemory } from './GuestMemory.ts';
import { Controller8042 } from './keyboard/Controller8042.ts';
import { Ps2Keyboard } from './keyboard/Ps2Keyboard.ts';
import { Ps2Mouse } from './keyboard/Ps2Mouse.ts';
import type { MachineSinks } from './MachineOptions.ts';
import { Ne2000 } from './network/Ne2000.ts';
import { type AdapterModel, adapterModels, type NetworkAdapter, type NetworkPort } from './network/NetworkPort.ts';
import { ParallelPort } from './parallel/ParallelPort.ts';
import { describeConfiguration } from './pci/describeConfiguration.ts';
import { type PlacedBytes, PciChipset } from './pci/PciChipset.ts';
import { InterruptController } from './pic/InterruptController.ts';
import { ELCR_MASTER, ELCR_SLAVE, Pic8259 } from './pic/Pic8259.ts';
import { Pit8254 } from './pit/Pit8254.ts';
import { A20Gate } from './platform/A20Gate.ts';
import { ByteSinkPort } from './platform/ByteSinkPort.ts';
import { CoprocessorLatch } from './platform/CoprocessorLatch.ts';
import { InterruptWires } from './platform/InterruptWires.ts';
import { Port61 } from './platform/Port61.ts';
import { Port92 } from './platform/Port92.ts';
import { PowerPort } from './platform/PowerPort.ts';
import { TestMemory } from './platform/TestMemory.ts';
import { TestPorts } from './platform/TestPorts.ts';
import type { MachineProfile, ProfileRow } from './profiles/MachineProfile.ts';
import { writeConfigurationBytes } from './rtc/configurationBytes.ts';
import { Mc146818 } from './rtc/Mc146818.ts';
import { makeSound } from './sound/makeSound.ts';
import { SnapshotError } from './snapshot.ts';
import type { VirtioConsole } from './virtio/VirtioConsole.ts';
import { makeVirtioDevices } from './virtio/virtioDevices.ts';
import { VirtioMmio } from './virtio/VirtioMmio.ts';
import { VirtioPci } from './virtio/VirtioPci.ts';
import { Uart16550 } from './uart/Uart16550.ts';
import { isRomOfVga } from './vga/PciVga.ts';
import { FRAME_BUFFER_ADDRESS, VgaAdapter } from './vga/VgaAdapter.ts';

/** The line of a device that the profile leaves out. */
const UNWIRED: InterruptLine = { set: () => undefined };

/** Firmware that shadows C0000h takes a ROM that is in no device from here (SeaBIOS, vgarom_setup). */
const VGA_BIOS_FILE = 'vgaroms/vgabios.bin';

/** Bochs' mark by which a guest finds the debug port. */
const DEBUG_PORT_MARK = 0xe9;

export interface ChipsetParts {
  readonly timers: TimerSource;
  readonly sinks: Partial<MachineSinks>;
  readonly memoryBytes: number;
  /** Guest memory as devices reach it. */
  readonly memory: DeviceMemory;
  readonly drives: DriveOptions;
  readonly fillRandom: ((into: Uint8Array) => void) | undefined;
  readonly vcpuCount: number;
  readonly wallClockMs: number;
  readonly addressLine20: AddressLine20 | undefined;
  readonly hasLocalApic: boolean;
  /** Of the network adapter, if there is to be one. */
  readonly macAddress: Uint8Array | undefined;
  readonly adapterModel: AdapterModel | undefined;
  /** There is a virtio console. */
  readonly hasConsole: boolean;
  /** A BIOS image runs first; else the machine starts in the state in which firmware leaves it. */
  readonly hasFirmware: boolean;
  /** The display adapter's firmware, beside a BIOS image. */
  readonly vgaBios: Uint8Array | undefined;
  readonly shadow: ShadowRam | undefined;
  /** By number; asked only once processors run. */
  readonly processor: (id: number) => ApicProcessor;
  readonly video: VideoMemory;
  /** RAM for devices that read and write it. */
  readonly ram: DeviceMemory;
  /** The guest asks for a reset or switches itself off; the machine stops after the instruction. */
  readonly onReset: (through: string) => void;
  /** The guest pulls the processor's reset pin alone. */
  readonly onProcessorReset: (through: string) => void;
  readonly onPowerOff: (through: string) => void;
}

/** A device that has something to show. */
export interface ListedDevice {
  readonly id: string;
  readonly model: string;
  readonly group: DeviceGroup;
  /** Of a PCI function: bus, device and function. */
  readonly pciPlace: string | null;
}

/** All devices of a machine, made and wired as its profile says. */
export class Chipset {
  readonly interrupts: InterruptController;
  readonly pit: Pit8254;
  readonly rtc: Mc146818;
  readonly keyboard = new Ps2Keyboard();
  readonly mouse = new Ps2Mouse();
  readonly keyboardController: Controller8042;
  readonly vga: VgaAdapter;
  readonly coprocessor: CoprocessorLatch;
  readonly virtioConsole: VirtioConsole | undefined;
  /** Only in machines that are on a network. */
  readonly network: NetworkAdapter | undefined;
  /** By number: 0 is COM1. */
  readonly uarts: readonly Uart16550[];
  /** LPT1 first. */
  readonly parallelPorts: readonly ParallelPort[];
  readonly drives: DriveBay;
  /** By the number of the processor; empty in machines without. */
  readonly localApics: readonly LocalApic[];
  /** Present in machines with PCI. */
  readonly pci: PciChipset | undefined;
  private readonly vcpuCount: number;
  private readonly apics = new ApicBus();
  private readonly wires: InterruptWires;
  private readonly devices: readonly BusDevice[];

  /** Throws on a profile that is not a PC: a mistake of the program's, not of the guest's. */
  constructor(profile: MachineProfile, bus: SystemBus, parts: ChipsetParts) {
    const { timers, sinks } = parts;
    this.vcpuCount = parts.vcpuCount;
    const row = (kind: ProfileRow['kind']): ProfileRow => {
      const found = profile.devices.find((each) => each.kind === kind);
      if (found === undefined) throw new Error(`profile ${profile.name} has no ${kind}`);
      return found;
    };
    const rows = (kind: ProfileRow['kind']): ProfileRow[] => profile.devices.filter((each) => each.kind === kind);
    /** A device that the profile may leave out: it is made all the same, and nobody reaches it. */
    const optional = (kind: ProfileRow['kind']): ProfileRow => rows(kind)[0] ?? { kind, id: kind, ports: [], irqs: [] };
    const hasRow = ({ id }: BusDevice): boolean => profile.devices.some((each) => each.id === id);
    const a20 = new A20Gate(parts.addressLine20);

    const master = new Pic8259(row('pic-master').id, ELCR_MASTER);
    const slave = new Pic8259(row('pic-slave').id, ELCR_SLAVE);
    this.interrupts = new InterruptController(master, slave);
    const wires = new InterruptWires(this.interrupts);
    this.wires = wires;
    const irq = (from: ProfileRow, index = 0): InterruptLine => {
      const number = from.irqs?.[index];
      return number === undefined ? UNWIRED : wires.line(number, from.id);
    };
    this.pit = new Pit8254(row('pit').id, timers.of(row('pit').id), irq(row('pit')));
    this.rtc = new Mc146818(row('rtc').id, timers.of('rtc'), irq(row('rtc')), parts.wallClockMs / 1000);
    this.drives = new DriveBay({
      timers,
      memory: parts.memory,
      options: parts.drives,
      rows,
      irq,
      hasBusMaster: rows('pci-host').length > 0,
      onProblem: (slot, message) => sinks.driveProblem?.(slot, message),
      onAccess: (slot, kind) => sinks.driveActivity?.(slot, kind),
    });
    writeConfigurationBytes(this.rtc, parts.memoryBytes, parts.vcpuCount, this.drives.equipment);
    this.vga = new VgaAdapter({
      ids: {
        registers: optional('vga-registers').id,
        memory: optional('vga-memory').id,
        vbe: optional('vbe').id,
      },
      timers: timers.of('vga'),
      video: parts.video,
      ram: parts.ram,
    });
    this.uarts = rows('uart').map(
      (uart, port) => new Uart16550(uart.id, timers.of(uart.id), irq(uart), (byte) => sinks.serial?.(port, byte)),
    );
    this.parallelPorts = rows('parallel').map(
      (each, port) => new ParallelPort(each.id, irq(each), (byte) => sinks.parallel?.(port, byte)),
    );
    this.keyboardController = new Controller8042(optional('keyboard-controller').id, {
      timers: rows('keyboard-controller').length > 0 ? timers.of('keyboard-controller') : stopped(timers.of('none')),
      irq1: irq(optional('keyboard-controller'), 0),
      irq12: irq(optional('keyboard-controller'), 1),
      keyboard: this.keyboard,
      aux: this.mouse,
      a20,
      requestReset: parts.onProcessorReset,
    });
    this.coprocessor = new CoprocessorLatch(optional('coprocessor').id, irq(optional('coprocessor')));
    const processors = parts.hasLocalApic ? parts.vcpuCount : 0;
    this.localApics = Array.from({ length: processors }, (_, id) =>
      this.apics.addLocalApic(id, timers.of(`apic${id}`), this.interrupts, {
        notifyInterrupt: () => parts.processor(id).notifyInterrupt(),
        requestNmi: () => parts.processor(id).requestNmi(),
      }),
    );
    const { macAddress } = parts;
    const cable: NetworkPort = { send: (frame) => sinks.frame?.(frame) };
    const adapterModel = parts.adapterModel ?? adapterModels(profile)[0];
    const isaAdapters =
      macAddress && adapterModel === 'ne2000'
        ? rows('ne2000').map((each) => new Ne2000(each.id, macAddress, irq(each), cable))
        : [];
    const host = rows('pci-host')[0];
    this.pci =
      host &&
      new PciChipset({
        ...parts,
        bus,
        wires,
        apics: this.apics,
        ids: { host: host.id, ioApic: row('io-apic').id, hpet: row('hpet').id, apm: row('apm').id },
      });
    const { vgaBios } = parts;
    const isInRom = this.pci !== undefined && vgaBios !== undefined && isRomOfVga(vgaBios);
    if (this.pci) this.pci.attachVga(this.vga, isInRom ? vgaBios : undefined);
    else this.vga.placeFrameBuffer(FRAME_BUFFER_ADDRESS);
    const { ideChannels } = this.drives;
    if (ideChannels) this.pci?.attachIde(ideChannels);
    const virtio = makeVirtioDevices({
      disk: this.drives.virtioDisk,
      fillRandom: parts.fillRandom,
      network: macAddress && adapterModel === 'virtio' ? { macAddress, cable } : undefined,
      console: parts.hasConsole ? (bytes) => sinks.console?.(bytes) : undefined,
    });
    this.virtioConsole = virtio.console;
    const isPciAdapter = macAddress !== undefined && adapterModel === 'ne2000' && this.pci !== undefined;
    this.network = isPciAdapter ? this.pci.attachNetwork(macAddress, cable) : (virtio.network ?? isaAdapters[0]);
    for (const each of virtio.functions) this.pci?.attachVirtio(new VirtioPci(each, timers.of(each.id)));
    const port61 = rows('port61').map(({ id }) => new Port61(id, timers.of(id), this.pit))[0];
    const mixer = sinks.sound && makeSound({ timers, pit: this.pit, port61, pci: this.pci, sink: sinks.sound });
    this.devices = [
      wires,
      ...this.localApics,
      master,
      slave,
      this.pit,
      this.rtc,
      ...[this.keyboardController, this.vga.registers, this.vga.memory, this.vga.vbe, this.coprocessor].filter(hasRow),
      ...(this.pci?.devices ?? []),
      ...this.uarts,
      ...this.parallelPorts,
      ...isaAdapters,
      ...this.drives.devices,
      ...rows('virtio-mmio').flatMap((each) =>
        virtio.functions
          .filter(({ id }) => id === each.id)
          .map((one) => new VirtioMmio(one, timers.of(one.id), parts.memory, irq(each))),
      ),
      ...(port61 ? [port61] : []),
      ...(mixer ? [mixer] : []),
      ...rows('port92').map(({ id }) => new Port92(id, a20, parts.onProcessorReset)),
      ...rows('post').map(({ id }) => new ByteSinkPort(id, (code) => sinks.post?.(code))),
      ...rows('debug-port').map(({ id }) => new ByteSinkPort(id, (byte) => sinks.debug?.(byte), DEBUG_PORT_MARK)),
      ...rows('fw-cfg').map(
        ({ id }) =>
          new FwCfg(id, parts.memory, {
            ramBytes: parts.memoryBytes,
            cpuCount: parts.vcpuCount,
            files: [
              ...(this.pci?.firmwareFiles(this.drives.equipment.bootOrder) ?? []),
              ...(vgaBios && !isInRom ? [{ name: VGA_BIOS_FILE, contents: vgaBios }] : []),
            ],
          }),
      ),
      ...rows('power-port').map(({ id }) => new PowerPort(id, parts.onPowerOff)),
      ...rows('test-ports').map(
        (each) =>
          new TestPorts(
            each.id,
            (each.irqs ?? []).map((_, line) => irq(each, line)),
          ),
      ),
      ...rows('test-memory').map(({ id }) => new TestMemory(id)),
    ];
    for (const device of this.devices) {
      const found = profile.devices.find(({ id }) => id === device.id);
      for (const range of found?.ports ?? []) bus.mapPorts(device, range);
      for (const range of found?.memory ?? []) bus.mapMmio(device, range);
    }
  }

  /** What processor `id` takes interrupts from. */
  interruptSource(id: number): InterruptSource {
    return this.localApics[id] ?? this.interrupts;
  }

  /** Some device could still interrupt processor `id`. */
  canInterrupt(id: number): boolean {
    const apic = this.localApics[id];
    if (apic === undefined) return this.interrupts.canInterrupt();
    return apic.takesInterrupts || (apic.acceptsPic && this.interrupts.canInterrupt());
  }

  /** The machine's bus as processor `id` sees it. */
  busOf(id: number, bus: SystemBus): ProcessorBus {
    const apic = this.localApics[id];
    return apic === undefined ? bus : withLocalApic(bus, apic);
  }

  /** Pulls every device's reset pin. Interrupt controllers come last: the others let go of their lines first. */
  reset(): void {
    for (const device of this.devices.toReversed()) device.reset();
    this.pci?.configure();
  }

  /** Bytes that firmware would have left in memory. */
  tables(): readonly PlacedBytes[] {
    return this.pci?.tables() ?? [];
  }

  /** Devices whose registers `describe` knows. */
  list(): ListedDevice[] {
    const ids = [...this.devices.map(({ id }) => id), ...(this.pci?.pci.ids() ?? [])];
    return ids.flatMap((id) => {
      const description = descriptionOf(id);
      const pciPlace = this.pci?.pci.placeOf(id) ?? null;
      return description ? [{ id, model: description.model, group: description.group, pciPlace }] : [];
    });
  }

  /** A device's registers as they stand, which changes nothing in it; undefined: no such device is listed. */
  describe(id: string): readonly RegisterReading[] | undefined {
    const description = descriptionOf(id);
    const pciFunction = this.pci?.pci.look(id);
    const state = pciFunction?.state ?? this.devices.find((each) => each.id === id)?.save();
    if (!description || !state) return undefined;
    const own = description.registers(state);
    return pciFunction ? [...own, ...describeConfiguration(pciFunction.configuration)] : own;
  }

  interruptRouting(): InterruptRouting {
    const { wires, interrupts, pci } = this;
    const pins = pci?.pci.interruptPins() ?? [];
    return {
      routes: wires.wires().map((wire) => ({
        ...wire,
        pic: interrupts.input(wire.irq),
        ioApic: pci?.ioApic?.pin(wire.ioApicPin) ?? null,
      })),
      pciLines: (pci?.bridge.routed ?? []).map((irq, line) => ({
        name: `PIRQ${'ABCD'[line] ?? ''}#`,
        irq: irq ?? null,
        functions: pins.filter((pin) => pin.line === line).map(({ id, isAsserted }) => ({ id, isAsserted })),
      })),
      processors: Array.from({ length: this.vcpuCount }, (_, vcpu) => {
        const apic = this.localApics[vcpu];
        if (!apic) return { vcpu, localApic: null };
        const taken = [...apic.taken.entries()].filter(([, count]) => count > 0);
        return {
          vcpu,
          localApic: {
            isEnabled: apic.takesInterrupts,
            acceptsPic: apic.acceptsPic,
            taken: taken.map(([vector, count]) => ({ vector, count })),
          },
        };
      }),
    };
  }

  save(): Record<string, DeviceState> {
    return Object.fromEntries(this.devices.map((device) => [device.id, device.save()]));
  }

  /** Throws {@link SnapshotError} when a device's state is missing or unknown; the machine is then to be reset. */
  restore(states: Readonly<Record<string, DeviceState>>): void {
    for (const { id } of this.devices) {
      if (states[id] === undefined) throw new SnapshotError(`the snapshot holds no state of ${id}`);
    }
    // Interrupt controllers come last: what the others do to their lines meanwhile is overwritten.
    for (const device of this.devices.toReversed()) {
      const state = states[device.id];
      if (state !== undefined) device.restore(state);
    }
  }
}

/** Timers of a device that nobody reaches: they never expire. */
function stopped(timers: TimerService): TimerService {
  return { now: () => timers.now(), schedule: (deadline) => ({ deadline, cancel: () => undefined }) };
}
