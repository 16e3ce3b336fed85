import { ByteQueue } from '../ByteQueue.ts';
import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readBytes } from '../snapshot.ts';
import { VIRTIO_TYPE, type VirtioFunction, type VirtioHost } from './VirtioFunction.ts';

const RECEIVE = 0, TRANSMIT = 1; // prettier-ignore
const QUEUE_ENTRIES = 128;
/** cols, rows, max_nr_ports, emerg_wr: all of features that are not offered. */
const CONFIGURATION_BYTES = 12;
/** What the guest has not read yet; beyond, bytes are refused. */
const MOST_WAITING = 4096;
/** Taken from one buffer at most, and in one notification. */
const CHUNK_BYTES = 0x1_0000;
const MOST_BYTES_AT_ONCE = 1024 * 1024;

/**
 * A virtio console with one port (Virtual I/O Device 1.2, 5.3): queue 0 takes buffers for input, queue 1 output. Size and
 * further ports are not offered.
 */
export class VirtioConsole implements VirtioFunction {
  readonly id: string;
  readonly type = VIRTIO_TYPE.console;
  readonly classCode = 0x07_8000;
  readonly features = 0;
  readonly queueSizes = [QUEUE_ENTRIES, QUEUE_ENTRIES];
  readonly configuration = new Uint8Array(CONFIGURATION_BYTES);
  private readonly sink: (bytes: Uint8Array) => void;
  private readonly input = new ByteQueue(MOST_WAITING);
  private host: VirtioHost | undefined;

  /** @param sink takes what the guest prints; the bytes are the receiver's to keep */
  constructor(id: string, sink: (bytes: Uint8Array) => void) {
    this.id = id;
    this.sink = sink;
  }

  attach(host: VirtioHost): void {
    this.host = host;
  }

  /** Bytes that `receive` would take at present. */
  get room(): number {
    return MOST_WAITING - this.input.length;
  }

  /** Input for the guest; returns how many bytes were taken. Offer the rest again later. */
  receive(bytes: ArrayLike<number>): number {
    let taken = 0;
    while (taken < bytes.length && this.input.push(bytes[taken] ?? 0)) taken++;
    this.deliver();
    return taken;
  }

  onNotify(queue: number): boolean {
    if (queue === TRANSMIT) return this.transmit();
    this.deliver();
    return false;
  }

  reset(): void {
    this.input.clear();
  }

  save(): DeviceState {
    return { version: 1, input: this.input.toArray() };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.input.replace(readBytes(state, 'input', MOST_WAITING));
  }

  private deliver(): void {
    const { host, input } = this;
    const queue = host?.queues[RECEIVE];
    if (host === undefined || queue === undefined || !host.isReady || input.length === 0) return;
    while (input.length > 0) {
      const chain = queue.take();
      if (chain === undefined) break;
      const bytes = Uint8Array.from({ length: Math.min(input.length, chain.writableBytes) }, () => input.shift() ?? 0);
      queue.giveBack(chain, chain.write(bytes));
    }
    host.signal(queue);
  }

  private transmit(): boolean {
    const { host } = this;
    const queue = host?.queues[TRANSMIT];
    if (host === undefined || queue === undefined) return false;
    let moved = 0;
    for (let count = 0; count < QUEUE_ENTRIES && moved < MOST_BYTES_AT_ONCE; count++) {
      const chain = queue.take();
      if (chain === undefined) {
        host.signal(queue);
        return false;
      }
      const bytes = new Uint8Array(Math.min(chain.readableBytes, CHUNK_BYTES));
      chain.read(bytes);
      if (bytes.length > 0) this.sink(bytes);
      moved += bytes.length;
      queue.giveBack(chain, 0);
    }
    host.signal(queue);
    return true;
  }
}
