import type { VirtioFunction } from '../../../src-main/machine/virtio/VirtioFunction.ts';
import { VirtioMmio } from '../../../src-main/machine/virtio/VirtioMmio.ts';
import { VirtioPci } from '../../../src-main/machine/virtio/VirtioPci.ts';
import { ManualTime, RecordingLine } from './ManualTime.ts';
import { PciHost } from './PciHost.ts';
import { TestRam } from './TestRam.ts';

export const VIRTIO_TRANSPORTS = ['mmio', 'pci-modern', 'pci-legacy'] as const;
export type VirtioTransport = (typeof VIRTIO_TRANSPORTS)[number];

const PORTS = 0xc000;
const MEMORY = 0xe000_0000;
const QUEUE_AREA = 0x10_0000;
const QUEUE_AREA_BYTES = 0x4000;
const READY = 0x0f;
const EVENT_INDEX = 1 << 29;

export interface Buffer {
  readonly address: number;
  readonly byteLength: number;
  readonly isWritable?: boolean;
}

interface Registers {
  writeStatus(value: number): void;
  status(): number;
  features(): number;
  accept(features: number): void;
  placeQueue(index: number, size: number, places: readonly [number, number, number]): void;
  queueMost(index: number): number;
  notify(index: number): void;
  takeCause(): number;
  configuration(offset: number): number;
}

/** A driver for any virtio device by any transport: sets queues up in memory and puts buffers into them. */
export class VirtioDriver {
  readonly time = new ManualTime();
  readonly ram: TestRam;
  readonly irq: RecordingLine;
  readonly registers: Registers;
  /** What saves and restores the device. */
  readonly device: VirtioMmio | VirtioPci;
  private readonly queues: { size: number; next: number; available: number; seen: number }[] = [];

  constructor(transport: VirtioTransport, virtio: VirtioFunction) {
    if (transport === 'mmio') {
      this.ram = new TestRam(0x20_0000);
      this.irq = new RecordingLine();
      const device = new VirtioMmio(virtio, this.time.timers, this.ram, this.irq);
      this.device = device;
      this.registers = mmioRegisters(device);
    } else {
      const device = new VirtioPci(virtio, this.time.timers);
      const host = new PciHost(device);
      this.device = device;
      this.ram = host.ram;
      this.irq = host.lines[2];
      host.writeConfiguration(0x10, PORTS);
      host.enable(4, MEMORY);
      this.registers = transport === 'pci-modern' ? modernRegisters(host) : legacyRegisters(host);
    }
    this.device.reset();
  }

  /** Finds the device, accepts features and makes its queues ready. */
  start(features = 0xffff_ffff): void {
    const { registers } = this;
    registers.writeStatus(0);
    registers.writeStatus(3);
    registers.accept(registers.features() & features & ~EVENT_INDEX);
    registers.writeStatus(0x0b);
    for (let index = 0; registers.queueMost(index) > 0 && index < 8; index++) {
      const size = registers.queueMost(index);
      const { descriptors, available, used } = this.places(index, size);
      this.ram.bytes.fill(0, descriptors, used + 0x1000);
      registers.placeQueue(index, size, [descriptors, available, used]);
      this.queues[index] = { size, next: 0, available: 0, seen: 0 };
    }
    registers.writeStatus(READY);
  }

  /** Where a queue's parts lie; as old drivers place them. */
  places(index: number, size: number): { descriptors: number; available: number; used: number } {
    const descriptors = QUEUE_AREA + QUEUE_AREA_BYTES * index;
    const available = descriptors + 16 * size;
    return { descriptors, available, used: Math.ceil((available + 6 + 2 * size) / 4096) * 4096 };
  }

  /** Offers one chain of buffers. */
  offer(index: number, buffers: readonly Buffer[]): void {
    const queue = this.queues[index];
    if (queue === undefined) throw new Error('the queue is not ready');
    const { descriptors } = this.places(index, queue.size);
    const head = queue.next % queue.size;
    buffers.forEach(({ address, byteLength, isWritable = false }, position) => {
      const slot = (queue.next + position) % queue.size;
      const isLast = position === buffers.length - 1;
      const at = descriptors + 16 * slot;
      this.writeDescriptor(at, address, byteLength, (isLast ? 0 : 1) | (isWritable ? 2 : 0), (slot + 1) % queue.size);
    });
    queue.next += buffers.length;
    this.offerHead(index, head);
  }

  writeDescriptor(at: number, address: number, byteLength: number, flags: number, next: number): void {
    const { view } = this.ram;
    view.setUint32(at, address % 2 ** 32, true);
    view.setUint32(at + 4, Math.floor(address / 2 ** 32), true);
    view.setUint32(at + 8, byteLength, true);
    view.setUint16(at + 12, flags, true);
    view.setUint16(at + 14, next, true);
  }

  /** Puts a chain that is in the table already into the available ring. */
  offerHead(index: number, head: number): void {
    const queue = this.queues[index];
    if (queue === undefined) throw new Error('the queue is not ready');
    const { available } = this.places(index, queue.size);
    this.ram.view.setUint16(available + 4 + 2 * (queue.available % queue.size), head, true);
    queue.available = (queue.available + 1) & 0xffff;
    this.ram.view.setUint16(available + 2, queue.available, true);
  }

  /** Lengths that the device says it has written, of the chains that came back since the last call. */
  takeUsed(index: number): number[] {
    const queue = this.queues[index];
    if (queue === undefined) throw new Error('the queue is not ready');
    const { used } = this.places(index, queue.size);
    const lengths: number[] = [];
    for (
      const end = this.ram.view.getUint16(used + 2, true);
      queue.seen !== end;
      queue.seen = (queue.seen + 1) & 0xffff
    )
      lengths.push(this.ram.view.getUint32(used + 4 + 8 * (queue.seen % queue.size) + 4, true));
    return lengths;
  }
}

function mmioRegisters(device: VirtioMmio): Registers {
  const read = (offset: number): number => device.read(offset, 4);
  const write = (offset: number, value: number): void => device.write(offset, 4, value);
  return {
    writeStatus: (value) => write(0x70, value),
    status: () => read(0x70),
    features: () => {
      write(0x14, 0);
      return read(0x10);
    },
    accept: (features) => {
      write(0x24, 1);
      write(0x20, 1);
      write(0x24, 0);
      write(0x20, features >>> 0);
    },
    placeQueue: (index, size, [descriptors, available, used]) => {
      write(0x30, index);
      write(0x38, size);
      write(0x80, descriptors);
      write(0x90, available);
      write(0xa0, used);
      write(0x44, 1);
    },
    queueMost: (index) => {
      write(0x30, index);
      return read(0x34);
    },
    notify: (index) => write(0x50, index),
    takeCause: () => {
      const cause = read(0x60);
      write(0x64, cause);
      return cause;
    },
    configuration: (offset) => device.read(0x100 + offset, 1),
  };
}

function modernRegisters({ bus }: PciHost): Registers {
  const write = (offset: number, width: 1 | 2 | 4, value: number): void => bus.mmioWrite(MEMORY + offset, width, value);
  return {
    writeStatus: (value) => write(20, 1, value),
    status: () => bus.mmioRead(MEMORY + 20, 1),
    features: () => {
      write(0, 4, 0);
      return bus.mmioRead(MEMORY + 4, 4);
    },
    accept: (features) => {
      write(8, 4, 1);
      write(12, 4, 1);
      write(8, 4, 0);
      write(12, 4, features >>> 0);
    },
    placeQueue: (index, size, places) => {
      write(22, 2, index);
      write(24, 2, size);
      places.forEach((place, part) => {
        write(32 + 8 * part, 4, place);
        write(36 + 8 * part, 4, 0);
      });
      write(28, 2, 1);
    },
    queueMost: (index) => {
      write(22, 2, index);
      return bus.mmioRead(MEMORY + 24, 2);
    },
    notify: (index) => write(0x3000 + 4 * index, 2, index),
    takeCause: () => bus.mmioRead(MEMORY + 0x1000, 1),
    configuration: (offset) => bus.mmioRead(MEMORY + 0x2000 + offset, 1),
  };
}

function legacyRegisters({ bus }: PciHost): Registers {
  const write = (offset: number, width: 1 | 2 | 4, value: number): void => bus.portWrite(PORTS + offset, width, value);
  return {
    writeStatus: (value) => write(0x12, 1, value),
    status: () => bus.portRead(PORTS + 0x12, 1),
    features: () => bus.portRead(PORTS, 4),
    accept: (features) => write(4, 4, features >>> 0),
    placeQueue: (index, _, [descriptors]) => {
      write(0x0e, 2, index);
      write(0x08, 4, descriptors / 4096);
    },
    queueMost: (index) => {
      write(0x0e, 2, index);
      return bus.portRead(PORTS + 0x0c, 2);
    },
    notify: (index) => write(0x10, 2, index),
    takeCause: () => bus.portRead(PORTS + 0x13, 1),
    configuration: (offset) => bus.portRead(PORTS + 0x14 + offset, 1),
  };
}
