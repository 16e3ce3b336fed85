import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, InterruptLine, TimerService } from '../BusDevice.ts';
import { MsixTable } from '../pci/MsixTable.ts';
import type { PciBar, PciDevice, PciIdentity, PciRegister, PciSlot, PciWindow } from '../pci/PciDevice.ts';
import { registerRange } from '../pci/registerRange.ts';
import { readObject, readWords } from '../snapshot.ts';
import { ConfigurationAccess } from './ConfigurationAccess.ts';
import { partOf, readSpace, withHalf } from './configurationSpace.ts';
import { VIRTIO_TYPE, type VirtioFunction, type VirtioType } from './VirtioFunction.ts';
import { isQueueSize } from './VirtioMmio.ts';
import { type MessageSource, VirtioCore } from './VirtioCore.ts';

const VENDOR = 0x1af4;
/** Device ids that old drivers know (4.1.2.1). */
const TRANSITIONAL_IDS: Readonly<Record<VirtioType, number>> = {
  [VIRTIO_TYPE.network]: 0x1000,
  [VIRTIO_TYPE.block]: 0x1001,
  [VIRTIO_TYPE.console]: 0x1003,
  [VIRTIO_TYPE.entropy]: 0x1005,
};

const LEGACY_BAR = 0, LEGACY_BYTES = 0x80; // prettier-ignore
/** Where the device's own configuration begins for old drivers: behind the vectors, where there are some. */
const LEGACY_CONFIGURATION = 0x14, LEGACY_CONFIGURATION_MSIX = 0x18; // prettier-ignore
const LEGACY_VECTORS = 0x14;
const LEGACY_PAGE_BYTES = 4096;
const MSIX_BAR = 1;
const MODERN_BAR = 4, MODERN_BYTES = 0x4000; // prettier-ignore
/** Where the structures lie in the modern range. */
const COMMON = 0x0000, CAUSE = 0x1000, DEVICE = 0x2000, NOTIFY = 0x3000; // prettier-ignore
const NOTIFY_BYTES_PER_QUEUE = 4;
const COMMON_BYTES = 56;
const CAPABILITY_VENDOR = 0x09;
const STRUCTURE = { common: 1, notify: 2, cause: 3, device: 4 } as const;
const NO_VECTOR = 0xffff;
/** Where in configuration space: behind the structures' capabilities. */
const MSIX_CAPABILITY = 0xb0;

/**
 * Virtio over PCI (Virtual I/O Device 1.2, 4.1), for new drivers by memory-mapped structures and for old ones by ports
 * (4.1.4.8), with a shared interrupt line or with messages: a vector for each queue, and one for the configuration.
 *
 * Modern structures, each named by a capability: common (0), cause of the interrupt (1000h), the device's own
 * configuration (2000h), notification (3000h, four bytes a queue). {@link ConfigurationAccess} reaches them as well.
 */
export class VirtioPci implements PciDevice {
  readonly id: string;
  readonly identity: PciIdentity;
  readonly bars: readonly PciBar[];
  readonly interruptPin = 1;
  readonly capabilities: NonNullable<PciDevice['capabilities']>;
  readonly type: VirtioType;
  readonly registers: readonly PciRegister[];
  readonly window: PciWindow;
  private readonly core: VirtioCore;
  private readonly messages: MsixTable;
  /** By queue; the configuration's comes last. */
  private readonly vectors: number[];
  private slot: PciSlot | undefined;
  private isLineAsserted = false;

  constructor(virtio: VirtioFunction, timers: TimerService) {
    this.id = virtio.id;
    this.type = virtio.type;
    this.core = new VirtioCore(virtio, timers);
    this.identity = {
      vendorId: VENDOR,
      deviceId: TRANSITIONAL_IDS[virtio.type],
      classCode: virtio.classCode,
      subsystemVendorId: VENDOR,
      subsystemId: virtio.type,
    };
    const vectorCount = virtio.queueSizes.length + 1;
    this.vectors = Array.from({ length: vectorCount }, () => NO_VECTOR);
    this.messages = new MsixTable(this.id, MSIX_BAR, MSIX_CAPABILITY, vectorCount, () => this.applyLine());
    const access = new ConfigurationAccess(MODERN_BAR, MODERN_BYTES, this.range('modern'));
    this.registers = [...access.registers, ...this.messages.registers];
    this.window = access.window;
    this.bars = [
      { index: LEGACY_BAR, space: 'io', byteLength: LEGACY_BYTES, device: this.range('legacy'), width: 4 },
      { index: MODERN_BAR, space: 'memory', byteLength: MODERN_BYTES, device: this.range('modern'), width: 4 },
      this.messages.bar,
    ];
    this.capabilities = [
      { bytes: capability(STRUCTURE.common, COMMON, COMMON_BYTES) },
      { bytes: capability(STRUCTURE.cause, CAUSE, 1) },
      { bytes: capability(STRUCTURE.device, DEVICE, Math.max(4, virtio.configuration.length)) },
      {
        bytes: capability(
          STRUCTURE.notify,
          NOTIFY,
          NOTIFY_BYTES_PER_QUEUE * virtio.queueSizes.length,
          NOTIFY_BYTES_PER_QUEUE,
        ),
      },
      access.capability,
      this.messages.capability,
    ];
  }

  attach(slot: PciSlot): void {
    this.slot = slot;
    this.messages.attach(slot.memory);
    const line: InterruptLine = {
      set: (isAsserted) => {
        this.isLineAsserted = isAsserted;
        this.applyLine();
      },
    };
    this.core.connect(slot.memory, line, (source) => this.sendMessage(source));
  }

  reset(): void {
    this.messages.reset();
    this.writeStatus(0);
  }

  save(): DeviceState {
    return { ...this.core.save(), vectors: [...this.vectors], messages: this.messages.save() };
  }

  restore(state: DeviceState): void {
    // Snapshots from before there were messages have none.
    const hasMessages = 'messages' in state;
    const vectors = hasMessages ? readWords(state, 'vectors', this.vectors.length) : [];
    this.messages.reset();
    if (hasMessages) this.messages.restore(readObject(state, 'messages'));
    this.vectors.forEach((_, source) => this.setVector(source, vectors[source] ?? NO_VECTOR));
    this.core.restore(state);
  }

  /** While there are messages the pin is not used. */
  private applyLine(): void {
    this.slot?.interrupt.set(this.isLineAsserted && !this.messages.isEnabled);
  }

  private sendMessage(source: MessageSource): boolean {
    if (!this.messages.isEnabled) return false;
    this.messages.signal(this.vectorOf(source));
    return true;
  }

  private vectorOf(source: MessageSource): number {
    return (source === 'configuration' ? this.vectors.at(-1) : this.vectors[source]) ?? NO_VECTOR;
  }

  /** A vector that the table does not have is none (4.1.5.1.2): the driver reads what became of it. */
  private setVector(source: number, vector: number): void {
    if (source < this.vectors.length) this.vectors[source] = this.messages.has(vector) ? vector : NO_VECTOR;
  }

  private get queueVector(): number {
    return this.core.selectedQueue ? this.vectorOf(this.core.queueSelect) : NO_VECTOR;
  }

  private setQueueVector(vector: number): void {
    if (this.core.selectedQueue) this.setVector(this.core.queueSelect, vector);
  }

  private setConfigurationVector(vector: number): void {
    this.setVector(this.vectors.length - 1, vector);
  }

  private writeStatus(value: number): void {
    if (value === 0) this.vectors.fill(NO_VECTOR);
    this.core.writeStatus(value);
  }

  /** One of the two ranges as the bus reaches it. */
  private range(kind: 'legacy' | 'modern'): BusDevice {
    const isLegacy = kind === 'legacy';
    return registerRange(this.id, {
      read: (offset, width) => (isLegacy ? this.readLegacy(offset, width) : this.readModern(offset, width)),
      write: (offset, width, value) =>
        isLegacy ? this.writeLegacy(offset, value) : this.writeModern(offset, width, value),
    });
  }

  private takeCause(): number {
    const cause = this.core.interruptCause;
    this.core.acknowledge(cause);
    return cause;
  }

  private readModern(offset: number, width: AccessWidth): number {
    const { core } = this;
    if (offset >= NOTIFY) return 0;
    if (offset >= DEVICE) return readSpace(core.function.configuration, offset - DEVICE, width);
    if (offset >= CAUSE) return offset === CAUSE ? this.takeCause() : 0;
    return partOf(this.commonRegister(offset & ~3), offset, width);
  }

  /** 32 bits of the common structure (4.1.4.3). */
  private commonRegister(offset: number): number {
    const { core } = this;
    const queue = core.selectedQueue;
    const half = (address: number | undefined): number =>
      (offset & 4 ? Math.floor((address ?? 0) / 2 ** 32) : (address ?? 0) % 2 ** 32) >>> 0;
    switch (offset) {
      case 0:
        return core.deviceFeatureSelect;
      case 4:
        return core.offeredFeatures(core.deviceFeatureSelect);
      case 8:
        return core.driverFeatureSelect;
      case 12:
        return core.acceptedFeatures(core.driverFeatureSelect);
      case 16:
        return (this.vectorOf('configuration') | (core.queues.length << 16)) >>> 0;
      case 20:
        return (core.status | (core.generation << 8) | (core.queueSelect << 16)) >>> 0;
      case 24:
        return ((queue?.size ?? 0) | (this.queueVector << 16)) >>> 0;
      case 28:
        return ((queue?.isEnabled === true ? 1 : 0) | (core.queueSelect << 16)) >>> 0;
      case 32:
      case 36:
        return half(queue?.addresses.descriptors);
      case 40:
      case 44:
        return half(queue?.addresses.available);
      case 48:
      case 52:
        return half(queue?.addresses.used);
      default:
        return 0;
    }
  }

  private writeModern(offset: number, width: AccessWidth, value: number): void {
    const { core } = this;
    if (offset >= NOTIFY) {
      core.notify((offset - NOTIFY) / NOTIFY_BYTES_PER_QUEUE);
      return;
    }
    if (offset >= COMMON_BYTES) return;
    const queue = core.selectedQueue;
    switch (offset) {
      case 0:
        core.deviceFeatureSelect = value;
        return;
      case 8:
        core.driverFeatureSelect = value;
        return;
      case 12:
        core.acceptFeatures(core.driverFeatureSelect, value);
        return;
      case 16:
        this.setConfigurationVector(value & 0xffff);
        return;
      case 20:
        this.writeStatus(value & 0xff);
        return;
      case 22:
        core.queueSelect = value & 0xffff;
        return;
      case 24:
        if (queue && !queue.isEnabled && isQueueSize(value, queue.most)) queue.size = value;
        return;
      case 26:
        this.setQueueVector(value & 0xffff);
        return;
      case 28:
        if (queue && value === 1) queue.isEnabled = true;
        return;
    }
    const part = (['descriptors', 'available', 'used'] as const)[(offset - 32) >> 3];
    if (queue === undefined || queue.isEnabled || width !== 4 || offset < 32 || part === undefined) return;
    const { addresses } = queue;
    queue.addresses = { ...addresses, [part]: withHalf(addresses[part], (offset & 4) !== 0, value) };
  }

  private readLegacy(offset: number, width: AccessWidth): number {
    const { core } = this;
    const configuration = this.messages.isEnabled ? LEGACY_CONFIGURATION_MSIX : LEGACY_CONFIGURATION;
    if (offset >= configuration) return readSpace(core.function.configuration, offset - configuration, width);
    if (offset >= LEGACY_VECTORS)
      return partOf(this.vectorOf('configuration') | (this.queueVector << 16), offset, width);
    // The cause alone falls when it is read.
    if (offset === 0x13) return this.takeCause();
    const queue = core.selectedQueue;
    const registers = [
      core.offeredFeatures(0),
      core.features,
      queue?.isEnabled === true ? queue.addresses.descriptors / LEGACY_PAGE_BYTES : 0,
      (queue?.most ?? 0) | (core.queueSelect << 16),
      core.status << 16,
    ];
    return partOf((registers[offset >> 2] ?? 0) >>> 0, offset, width);
  }

  private writeLegacy(offset: number, value: number): void {
    const { core } = this;
    switch (offset) {
      case 0x04:
        core.acceptFeatures(0, value);
        return;
      case 0x08:
        this.placeLegacyQueue(value);
        return;
      case 0x0e:
        core.queueSelect = value & 0xffff;
        return;
      case 0x10:
        core.notify(value & 0xffff);
        return;
      case 0x12:
        this.writeStatus(value & 0xff);
        return;
      case 0x14:
        if (this.messages.isEnabled) this.setConfigurationVector(value & 0xffff);
        return;
      case 0x16:
        if (this.messages.isEnabled) this.setQueueVector(value & 0xffff);
        return;
    }
  }

  /** Old drivers name one page; the rings lie behind the descriptors, the used ring on a page of its own (2.7.2). */
  private placeLegacyQueue(page: number): void {
    const queue = this.core.selectedQueue;
    if (queue === undefined) return;
    if (page === 0) {
      queue.reset();
      return;
    }
    const descriptors = page * LEGACY_PAGE_BYTES;
    const available = descriptors + 16 * queue.most;
    const end = available + 6 + 2 * queue.most;
    const used = Math.ceil(end / LEGACY_PAGE_BYTES) * LEGACY_PAGE_BYTES;
    queue.addresses = { descriptors, available, used };
    queue.isEnabled = true;
  }
}

/** Names a structure in the modern range (4.1.4). The notification's says how far queues lie apart, too. */
function capability(kind: number, offset: number, byteLength: number, multiplier?: number): Uint8Array {
  const bytes = new Uint8Array(multiplier === undefined ? 16 : 20);
  const view = new DataView(bytes.buffer);
  bytes.set([CAPABILITY_VENDOR, 0, bytes.length, kind, MODERN_BAR]);
  view.setUint32(8, offset, true);
  view.setUint32(12, byteLength, true);
  if (multiplier !== undefined) view.setUint32(16, multiplier, true);
  return bytes;
}
