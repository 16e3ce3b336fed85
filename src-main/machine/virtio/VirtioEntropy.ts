import type { DeviceState } from '../BusDevice.ts';
import { checkVersion } from '../snapshot.ts';
import { VIRTIO_TYPE, type VirtioFunction, type VirtioHost } from './VirtioFunction.ts';

const QUEUE_ENTRIES = 64;
/** A driver that wants more gets it by asking again. */
const MOST_BYTES = 4096;

/** Entropy for the guest (Virtual I/O Device 1.2, 5.4): one queue of buffers to fill. */
export class VirtioEntropy implements VirtioFunction {
  readonly id: string;
  readonly type = VIRTIO_TYPE.entropy;
  readonly classCode = 0x10_8000;
  readonly features = 0;
  readonly queueSizes = [QUEUE_ENTRIES];
  readonly configuration = new Uint8Array();
  private readonly fill: (into: Uint8Array) => void;
  private host: VirtioHost | undefined;

  /** @param fill where randomness comes from; the same each time in a machine that must repeat its run */
  constructor(id: string, fill: (into: Uint8Array) => void) {
    this.id = id;
    this.fill = fill;
  }

  attach(host: VirtioHost): void {
    this.host = host;
  }

  onNotify(): boolean {
    const { host } = this;
    const queue = host?.queues[0];
    if (host === undefined || queue === undefined) return false;
    for (let count = 0; count < QUEUE_ENTRIES; count++) {
      const chain = queue.take();
      if (chain === undefined) break;
      const bytes = new Uint8Array(Math.min(MOST_BYTES, chain.writableBytes));
      this.fill(bytes);
      chain.write(bytes);
      queue.giveBack(chain, bytes.length);
    }
    host.signal(queue);
    return false;
  }

  reset(): void {}

  save(): DeviceState {
    return { version: 1 };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
  }
}
