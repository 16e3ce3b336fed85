import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, InterruptLine } from '../BusDevice.ts';
import type { MovableRange, SystemBus } from '../bus/SystemBus.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { checkVersion, readBytes, readFlag, readObject } from '../snapshot.ts';
import type { PciPin } from './interruptTables.ts';
import type { PciBar, PciDevice } from './PciDevice.ts';
import { COMMAND, CONFIGURATION_BYTES, PciFunction } from './PciFunction.ts';
import { USUAL_ROUTES } from './Piix3.ts';

const DEVICE_COUNT = 32;
const FUNCTION_COUNT = 8;

/** Registers, and room for ranges, that `assignAddresses` uses. */
const COMMAND_REGISTER = 0x04,
  BASE_ADDRESS = 0x10,
  INTERRUPT_LINE = 0x3c;
const FIRST_PORT = 0xc000,
  PORT_COUNT = 0x1_0000;
/** Below the I/O APIC. */
const MEMORY_END = 0xfec0_0000;

export interface PciBusWiring {
  readonly bus: SystemBus;
  readonly memory: DeviceMemory;
  /** The four lines PIRQA# to PIRQD#, shared by all pins that are routed to them. */
  readonly interrupts: readonly InterruptLine[];
}

/**
 * PCI bus 0: finds functions by device and function number, and puts what their base addresses reach on the
 * machine's bus (PCI Local Bus Specification 3.0).
 *
 * Interrupt pins are wired as on i440FX boards, where firmware expects them: INTA# of device n goes to line
 * (n - 1) mod 4, the next pin to the next line.
 */
export class PciBus {
  private readonly wiring: PciBusWiring;
  /** By device number times 8 plus function number. */
  private readonly functions = new Map<number, PciFunction>();
  /** Pins asserted on each line. */
  private readonly asserted = [0, 0, 0, 0];

  constructor(wiring: PciBusWiring) {
    this.wiring = wiring;
  }

  /** Plugs a device in. Throws when the place is taken: a mistake of the program's, not of the guest's. */
  attach(device: PciDevice, deviceNumber: number, functionNumber = 0, isMultifunction = functionNumber > 0): void {
    const key = deviceNumber * FUNCTION_COUNT + functionNumber;
    if (deviceNumber >= DEVICE_COUNT || functionNumber >= FUNCTION_COUNT || this.functions.has(key))
      throw new Error(`PCI ${deviceNumber}.${functionNumber} is taken or does not exist, wanted by ${device.id}`);
    const bars = new Map<PciBar, MovableRange>();
    for (const bar of device.bars ?? []) {
      if (!('device' in bar)) continue;
      const { byteLength, width = 4 } = bar;
      bars.set(
        bar,
        bar.space === 'io'
          ? this.wiring.bus.addMovablePorts(bar.device, byteLength, width)
          : this.wiring.bus.addMovableMmio(bar.device, byteLength, width),
      );
    }
    const { rom } = device;
    const places = new Map<PciBar, number | undefined>();
    let romPlace: number | undefined;
    const line = lineOf(deviceNumber, device.interruptPin ?? 1);
    const pciFunction: PciFunction = new PciFunction(device, isMultifunction, {
      onBarMoved: (bar, address) => {
        if (places.get(bar) === address) return;
        places.set(bar, address);
        bars.get(bar)?.moveTo(address);
        if ('onPlaced' in bar) bar.onPlaced(address);
      },
      onRomMoved: (address) => {
        if (romPlace === address) return;
        romPlace = address;
        romRange?.moveTo(address);
      },
      onInterrupt: (isAsserted) => this.setLine(line, isAsserted),
    });
    const romRange = rom && this.wiring.bus.addMovableMmio(new ExpansionRom(device.id, rom), pciFunction.romBytes, 4);
    this.functions.set(key, pciFunction);
    device.attach?.({
      interrupt: { set: (isAsserted) => pciFunction.setInterrupt(isAsserted) },
      memory: masteredMemory(this.wiring.memory, pciFunction),
    });
  }

  /** All ones where no function is (6.1): that is how software finds what is there. */
  readConfiguration(deviceAndFunction: number, offset: number, width: AccessWidth): number {
    const found = this.functions.get(deviceAndFunction);
    if (found !== undefined) return found.read(offset, width);
    return width === 4 ? 0xffff_ffff : width === 2 ? 0xffff : 0xff;
  }

  writeConfiguration(deviceAndFunction: number, offset: number, width: AccessWidth, value: number): void {
    this.functions.get(deviceAndFunction)?.write(offset, width, value);
  }

  /**
   * What firmware does at power-on: gives each base address register a place, enables it, and says which interrupt a
   * pin is routed to. Nothing is placed that does not fit.
   */
  assignAddresses(memoryStart: number): void {
    let [port, memory] = [FIRST_PORT, memoryStart];
    for (const [key, each] of this.functions) {
      const largestFirst = [...(each.device.bars ?? [])].sort((a, b) => b.byteLength - a.byteLength);
      for (const { space, byteLength, index } of largestFirst) {
        const at = Math.ceil((space === 'io' ? port : memory) / byteLength) * byteLength;
        if (at + byteLength > (space === 'io' ? PORT_COUNT : MEMORY_END)) continue;
        each.write(BASE_ADDRESS + 4 * index, 4, at);
        if (space === 'io') port = at + byteLength;
        else memory = at + byteLength;
      }
      each.write(COMMAND_REGISTER, 2, COMMAND.io | COMMAND.memory);
      const { interruptPin } = each.device;
      if (interruptPin !== undefined) {
        each.write(INTERRUPT_LINE, 1, USUAL_ROUTES[lineOf(key >>> 3, interruptPin)] ?? 0);
      }
    }
  }

  /** Functions that have an interrupt pin, and the line, 0 for PIRQA#, that it is wired to. */
  interruptPins(): (PciPin & { readonly id: string; readonly isAsserted: boolean })[] {
    return [...this.functions].flatMap(([key, { device, interruptLevel }]) => {
      const { id, interruptPin: pin } = device;
      const deviceNumber = key >>> 3;
      if (pin === undefined) return [];
      return [{ id, deviceNumber, pin, line: lineOf(deviceNumber, pin), isAsserted: interruptLevel }];
    });
  }

  /** Ids of the functions, in the order of their places. */
  ids(): string[] {
    return [...this.functions].sort(([a], [b]) => a - b).map(([, { device }]) => device.id);
  }

  /** Where a function is, as lspci writes it: `00:1f.3`. Undefined: there is none of that id. */
  placeOf(id: string): string | undefined {
    const found = this.find(id);
    return found && `00:${(found.key >>> 3).toString(16).padStart(2, '0')}.${found.key & 7}`;
  }

  /** What `save` holds of a function. */
  look(id: string): { readonly configuration: readonly number[]; readonly state: DeviceState } | undefined {
    const found = this.find(id)?.function;
    return found && { configuration: found.save(), state: found.device.save() };
  }

  private find(id: string): { readonly key: number; readonly function: PciFunction } | undefined {
    for (const [key, each] of this.functions) if (each.device.id === id) return { key, function: each };
    return undefined;
  }

  /** Devices first, so that they let go of their interrupt pins. */
  reset(): void {
    for (const each of this.functions.values()) {
      each.device.reset();
      each.reset();
    }
  }

  /** Configuration space and the state of each device, by its id. */
  save(): DeviceState {
    const functions = [...this.functions.values()].map((each) => [
      each.device.id,
      { version: 1, configuration: each.save(), isAsserted: each.interruptLevel, device: each.device.save() },
    ]);
    return { version: 1, ...Object.fromEntries(functions) };
  }

  restore(state: DeviceState): void {
    checkVersion('the PCI bus', state, 1);
    const restored = [...this.functions.values()].map((each) => {
      const own = readObject(state, each.device.id);
      checkVersion(each.device.id, own, 1);
      return {
        each,
        configuration: readBytes(own, 'configuration', CONFIGURATION_BYTES, CONFIGURATION_BYTES),
        isAsserted: readFlag(own, 'isAsserted'),
        device: readObject(own, 'device'),
      };
    });
    for (const { each, configuration, isAsserted, device } of restored) {
      each.device.restore(device);
      each.restore(configuration, isAsserted);
    }
  }

  private setLine(line: number, isAsserted: boolean): void {
    const count = (this.asserted[line] ?? 0) + (isAsserted ? 1 : -1);
    this.asserted[line] = count;
    this.wiring.interrupts[line]?.set(count > 0);
  }
}

/** INTA# of device 1 is wired to line 0. */
function lineOf(deviceNumber: number, pin: number): number {
  return (deviceNumber + pin + 2) & 3;
}

function masteredMemory(memory: DeviceMemory, pciFunction: PciFunction): DeviceMemory {
  return {
    size: memory.size,
    read: (address, target) => {
      if (pciFunction.isBusMaster) memory.read(address, target);
      else target.fill(0xff);
    },
    write: (address, source) => {
      if (pciFunction.isBusMaster) memory.write(address, source);
    },
  };
}

/** An expansion ROM where its base address register puts it. Behind the image's end the chip is empty. */
class ExpansionRom implements BusDevice {
  readonly id: string;
  private readonly image: Uint8Array;

  constructor(id: string, image: Uint8Array) {
    this.id = id;
    this.image = image;
  }

  read(offset: number, width: AccessWidth): number {
    let value = 0;
    for (let i = 0; i < width; i++) value += (this.image[offset + i] ?? 0xff) * 2 ** (8 * i);
    return value;
  }

  write(): void {}
  reset(): void {}

  save(): DeviceState {
    return { version: 1 };
  }

  restore(): void {}
}
