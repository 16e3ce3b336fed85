import type { DeviceState } from '../BusDevice.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { checkVersion, readFlag, readNumber } from '../snapshot.ts';
import { type DescriptorChain, readChain } from './DescriptorChain.ts';

const AVAILABLE_NO_INTERRUPT = 1;
/** Flags and index in front of both rings. */
const RING_HEADER_BYTES = 4;
const USED_ELEMENT_BYTES = 8;

/** Where the driver has put a queue's parts. */
export interface QueueAddresses {
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
}

/**
 * A split virtqueue (Virtual I/O Device 1.2, 2.7), the device's side of it: takes chains of descriptors from
 * the available ring and returns them by the used ring. All of it lies in guest memory, where nothing can be trusted:
 * a queue that makes no sense is broken, and stays so until the driver resets the device.
 */
export class Virtqueue {
  /** The most entries that the device offers. */
  readonly most: number;
  private readonly memory: DeviceMemory;
  private readonly word = new Uint8Array(2);
  private readonly element = new Uint8Array(USED_ELEMENT_BYTES);
  private readonly elementView = new DataView(this.element.buffer);

  size: number;
  isEnabled = false;
  /** VIRTIO_F_EVENT_IDX was negotiated. */
  hasEventIndex = false;
  addresses: QueueAddresses = { descriptors: 0, available: 0, used: 0 };
  private broken = false;
  /** The available ring's entry that comes next, and the used ring's; both wrap at 65536. */
  private nextAvailable = 0;
  private nextUsed = 0;
  /** `nextUsed` when the driver was last considered for an interrupt. */
  private lastSignalled = 0;

  constructor(memory: DeviceMemory, most: number) {
    this.memory = memory;
    this.most = most;
    this.size = most;
  }

  get isBroken(): boolean {
    return this.broken;
  }

  /** The next chain that the driver offers; undefined when there is none, or when the queue is broken. */
  take(): DescriptorChain | undefined {
    if (!this.isEnabled || this.broken) return undefined;
    const waiting = (this.readWord(this.addresses.available + 2) - this.nextAvailable) & 0xffff;
    if (waiting === 0) return undefined;
    if (waiting > this.size) return this.fail();
    const slot = this.nextAvailable % this.size;
    const head = this.readWord(this.addresses.available + RING_HEADER_BYTES + 2 * slot);
    const chain = readChain(this.memory, this.addresses.descriptors, this.size, head);
    if (chain === undefined) return this.fail();
    this.nextAvailable = (this.nextAvailable + 1) & 0xffff;
    // Asks to be notified of anything that comes after what was taken.
    if (this.hasEventIndex) this.writeWord(this.eventAddress, this.nextAvailable);
    return chain;
  }

  /** Gives a chain back, of which the device has written so many bytes. */
  giveBack(chain: DescriptorChain, bytesWritten: number): void {
    const slot = this.nextUsed % this.size;
    this.elementView.setUint32(0, chain.head, true);
    this.elementView.setUint32(4, bytesWritten, true);
    this.memory.write(this.addresses.used + RING_HEADER_BYTES + USED_ELEMENT_BYTES * slot, this.element);
    this.nextUsed = (this.nextUsed + 1) & 0xffff;
    this.writeWord(this.addresses.used + 2, this.nextUsed);
  }

  /** Whether the driver wants an interrupt for what was given back since the last call (2.7.7). */
  takeInterruptWish(): boolean {
    const [last, next] = [this.lastSignalled, this.nextUsed];
    this.lastSignalled = next;
    if (last === next) return false;
    if (!this.hasEventIndex) return (this.readWord(this.addresses.available) & AVAILABLE_NO_INTERRUPT) === 0;
    const event = this.readWord(this.addresses.available + RING_HEADER_BYTES + 2 * this.size);
    return ((next - event - 1) & 0xffff) < ((next - last) & 0xffff);
  }

  reset(): void {
    this.size = this.most;
    this.isEnabled = false;
    this.hasEventIndex = false;
    this.addresses = { descriptors: 0, available: 0, used: 0 };
    this.broken = false;
    this.nextAvailable = 0;
    this.nextUsed = 0;
    this.lastSignalled = 0;
  }

  save(): DeviceState {
    const { size, isEnabled, hasEventIndex, addresses, broken, nextAvailable, nextUsed, lastSignalled } = this;
    return { version: 1, size, isEnabled, hasEventIndex, ...addresses, broken, nextAvailable, nextUsed, lastSignalled };
  }

  restore(state: DeviceState): void {
    checkVersion('virtqueue', state, 1);
    const address = (field: string): number => readNumber(state, field, 0, Number.MAX_SAFE_INTEGER);
    const index = (field: string): number => readNumber(state, field, 0, 0xffff);
    const size = readNumber(state, 'size', 1, this.most);
    if ((size & (size - 1)) !== 0) checkVersion('virtqueue', { version: -1 }, 1);
    const addresses = { descriptors: address('descriptors'), available: address('available'), used: address('used') };
    const [nextAvailable, nextUsed, lastSignalled] = [
      index('nextAvailable'),
      index('nextUsed'),
      index('lastSignalled'),
    ];
    this.isEnabled = readFlag(state, 'isEnabled');
    this.hasEventIndex = readFlag(state, 'hasEventIndex');
    this.broken = readFlag(state, 'broken');
    this.size = size;
    this.addresses = addresses;
    this.nextAvailable = nextAvailable;
    this.nextUsed = nextUsed;
    this.lastSignalled = lastSignalled;
  }

  /** `avail_event`, behind the used ring. */
  private get eventAddress(): number {
    return this.addresses.used + RING_HEADER_BYTES + USED_ELEMENT_BYTES * this.size;
  }

  private fail(): undefined {
    this.broken = true;
  }

  private readWord(address: number): number {
    this.memory.read(address, this.word);
    return (this.word[0] ?? 0) | ((this.word[1] ?? 0) << 8);
  }

  private writeWord(address: number, value: number): void {
    this.word[0] = value & 0xff;
    this.word[1] = value >> 8;
    this.memory.write(address, this.word);
  }
}
