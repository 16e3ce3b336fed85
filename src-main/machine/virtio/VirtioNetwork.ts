import type { DeviceState } from '../BusDevice.ts';
import { FRAME_BYTES, MAC_BYTES, type NetworkAdapter, type NetworkPort } from '../network/NetworkPort.ts';
import { checkVersion, readBytes } from '../snapshot.ts';
import { VIRTIO_TYPE, type VirtioFunction, type VirtioHost } from './VirtioFunction.ts';

const RECEIVE = 0, TRANSMIT = 1; // prettier-ignore
const QUEUE_ENTRIES = 256;
const FEATURE = { macAddress: 1 << 5, status: 1 << 16 } as const;
const LINK_UP = 1;
const CONFIGURATION_BYTES = 8;
/** In front of each frame; without `num_buffers` for drivers from before virtio 1 (5.1.6.1). */
const HEADER_BYTES = 12, LEGACY_HEADER_BYTES = 10; // prettier-ignore
const NUM_BUFFERS = 10;
/** Frames that wait until the driver has buffers for them; what comes then is lost. */
const MOST_WAITING = 256;
/** Sent in one notification; the rest waits until the processor has run again. */
const MOST_FRAMES_AT_ONCE = 256;

/**
 * A virtio network adapter (Virtual I/O Device 1.2, 5.1): queue 0 takes buffers for frames that come, queue 1 frames
 * to send. It offers its address and the state of the link; no checksums or segments are left to it, and there is no
 * control queue, so the driver sees every frame of its segment.
 *
 * Configuration: 0 address, 6 status (bit 0 link up).
 */
export class VirtioNetwork implements VirtioFunction, NetworkAdapter {
  readonly id: string;
  readonly type = VIRTIO_TYPE.network;
  readonly classCode = 0x02_0000;
  readonly features = FEATURE.macAddress | FEATURE.status;
  readonly queueSizes = [QUEUE_ENTRIES, QUEUE_ENTRIES];
  readonly configuration = new Uint8Array(CONFIGURATION_BYTES);
  readonly macAddress: Uint8Array;
  private readonly port: NetworkPort;
  private waiting: Uint8Array[] = [];
  private host: VirtioHost | undefined;

  constructor(id: string, macAddress: Uint8Array, port: NetworkPort) {
    this.id = id;
    this.macAddress = macAddress;
    this.port = port;
    this.configuration.set(macAddress.subarray(0, MAC_BYTES));
    this.configuration[MAC_BYTES] = LINK_UP;
  }

  attach(host: VirtioHost): void {
    this.host = host;
  }

  receive(frame: Uint8Array): boolean {
    const isFrame = frame.length >= FRAME_BYTES.header && frame.length <= FRAME_BYTES.most;
    if (!isFrame || this.waiting.length >= MOST_WAITING || this.host?.isReady !== true) return false;
    this.waiting.push(frame);
    this.deliver();
    return true;
  }

  onNotify(queue: number): boolean {
    if (queue === TRANSMIT) return this.transmit();
    this.deliver();
    return false;
  }

  reset(): void {
    this.waiting = [];
  }

  save(): DeviceState {
    return { version: 1, waiting: this.waiting.map((frame) => [...frame]) };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const frames: readonly unknown[] = Array.isArray(state['waiting']) ? state['waiting'] : [];
    this.waiting = frames
      .slice(0, MOST_WAITING)
      .map((bytes) => Uint8Array.from(readBytes({ version: 1, frame: bytes }, 'frame', FRAME_BYTES.most)));
  }

  private get headerBytes(): number {
    return this.host?.isModern === true ? HEADER_BYTES : LEGACY_HEADER_BYTES;
  }

  private deliver(): void {
    const { host, headerBytes } = this;
    const queue = host?.queues[RECEIVE];
    if (host === undefined || queue === undefined || this.waiting.length === 0) return;
    while (this.waiting.length > 0) {
      const chain = queue.take();
      if (chain === undefined) break;
      const frame = this.waiting.shift();
      if (frame === undefined) break;
      const bytes = new Uint8Array(headerBytes + frame.length);
      if (headerBytes > NUM_BUFFERS) bytes[NUM_BUFFERS] = 1;
      bytes.set(frame, headerBytes);
      // A buffer that is too small for the frame comes back empty, and the frame is lost.
      queue.giveBack(chain, chain.writableBytes < bytes.length ? 0 : chain.write(bytes));
    }
    host.signal(queue);
  }

  private transmit(): boolean {
    const { host, headerBytes } = this;
    const queue = host?.queues[TRANSMIT];
    if (host === undefined || queue === undefined) return false;
    let count = 0;
    for (; count < MOST_FRAMES_AT_ONCE; count++) {
      const chain = queue.take();
      if (chain === undefined) break;
      const bytes = new Uint8Array(Math.min(chain.readableBytes, headerBytes + FRAME_BYTES.most + 1));
      chain.read(bytes);
      const length = bytes.length - headerBytes;
      // One that is too long for the wire is dropped, and so is what is no frame.
      if (length >= FRAME_BYTES.header && length <= FRAME_BYTES.most) this.port.send(bytes.slice(headerBytes));
      queue.giveBack(chain, 0);
    }
    host.signal(queue);
    return count === MOST_FRAMES_AT_ONCE;
  }
}
