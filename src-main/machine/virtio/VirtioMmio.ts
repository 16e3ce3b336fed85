import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, InterruptLine, TimerService } from '../BusDevice.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { partOf, readSpace, withHalf } from './configurationSpace.ts';
import { VirtioCore } from './VirtioCore.ts';
import type { VirtioFunction } from './VirtioFunction.ts';

const MAGIC = 0x7472_6976;
const VERSION = 2;
/** "VIVA", as nobody else is registered under. */
const VENDOR = 0x4156_4956;
export const VIRTIO_MMIO_BYTES = 0x200;
const CONFIGURATION = 0x100;

/**
 * Virtio over memory-mapped registers (Virtual I/O Device 1.2, 4.2.2), version 2.
 *
 * | offset | register | offset | register |
 * |---|---|---|---|
 * | 000h | "virt" | 050h | notify: queue number |
 * | 004h | version, 2 | 060h, 064h | interrupt cause, acknowledge |
 * | 008h, 00Ch | type, vendor | 070h | status; 0 resets |
 * | 010h, 014h | offered features, selector | 080h, 084h | descriptors, 64 bits |
 * | 020h, 024h | accepted features, selector | 090h, 094h | available ring |
 * | 030h | queue selector | 0A0h, 0A4h | used ring |
 * | 034h, 038h | most entries, entries | 0FCh | configuration's generation |
 * | 044h | queue ready | 100h.. | configuration |
 */
export class VirtioMmio implements BusDevice {
  readonly id: string;
  private readonly core: VirtioCore;

  constructor(virtio: VirtioFunction, timers: TimerService, memory: DeviceMemory, irq: InterruptLine) {
    this.id = virtio.id;
    this.core = new VirtioCore(virtio, timers);
    this.core.connect(memory, irq);
  }

  read(offset: number, width: AccessWidth): number {
    if (offset >= CONFIGURATION) return readSpace(this.core.function.configuration, offset - CONFIGURATION, width);
    return partOf(this.register(offset & ~3), offset, width);
  }

  /** Registers are written as 32 bits (4.2.2.2); other widths reach nothing. */
  write(offset: number, width: AccessWidth, value: number): void {
    const { core } = this;
    const queue = core.selectedQueue;
    if (width !== 4 || offset >= CONFIGURATION) return;
    switch (offset) {
      case 0x014:
        core.deviceFeatureSelect = value;
        return;
      case 0x020:
        core.acceptFeatures(core.driverFeatureSelect, value);
        return;
      case 0x024:
        core.driverFeatureSelect = value;
        return;
      case 0x030:
        core.queueSelect = value & 0xffff;
        return;
      case 0x038:
        if (queue && !queue.isEnabled && isQueueSize(value, queue.most)) queue.size = value;
        return;
      case 0x044:
        if (queue) queue.isEnabled = value === 1;
        return;
      case 0x050:
        core.notify(value & 0xffff);
        return;
      case 0x064:
        core.acknowledge(value);
        return;
      case 0x070:
        core.writeStatus(value & 0xff);
        return;
    }
    const part = ADDRESS_PARTS[offset & ~0x07];
    if (queue === undefined || queue.isEnabled || part === undefined) return;
    const { addresses } = queue;
    queue.addresses = { ...addresses, [part]: withHalf(addresses[part], (offset & 4) !== 0, value) };
  }

  reset(): void {
    this.core.reset();
  }

  save(): DeviceState {
    return this.core.save();
  }

  restore(state: DeviceState): void {
    this.core.restore(state);
  }

  private register(offset: number): number {
    const { core } = this;
    const queue = core.selectedQueue;
    switch (offset) {
      case 0x000:
        return MAGIC;
      case 0x004:
        return VERSION;
      case 0x008:
        return core.function.type;
      case 0x00c:
        return VENDOR;
      case 0x010:
        return core.offeredFeatures(core.deviceFeatureSelect);
      case 0x034:
        return queue?.most ?? 0;
      case 0x044:
        return queue?.isEnabled === true ? 1 : 0;
      case 0x060:
        return core.interruptCause;
      case 0x070:
        return core.status;
      case 0x0fc:
        return core.generation;
      default:
        return 0;
    }
  }
}

const ADDRESS_PARTS: Readonly<Record<number, 'descriptors' | 'available' | 'used'>> = {
  0x080: 'descriptors',
  0x090: 'available',
  0x0a0: 'used',
};

/** A power of two, and not more than the device offers (2.7). */
export function isQueueSize(value: number, most: number): boolean {
  return value >= 1 && value <= most && (value & (value - 1)) === 0;
}
