import type { DeviceState } from '../BusDevice.ts';
import type { Virtqueue } from './Virtqueue.ts';

/** Device types (Virtual I/O Device 1.2, 5). */
export const VIRTIO_TYPE = { network: 1, block: 2, console: 3, entropy: 4 } as const;
export type VirtioType = (typeof VIRTIO_TYPE)[keyof typeof VIRTIO_TYPE];

/** What a function gets of the device that carries it. */
export interface VirtioHost {
  /** The queues, in the order of `queueSizes`. */
  readonly queues: readonly Virtqueue[];
  /** Bits 31..0 of the features that were negotiated. */
  readonly features: number;
  /** VIRTIO_F_VERSION_1 was negotiated: not a driver from before virtio 1. */
  readonly isModern: boolean;
  /** The driver has set the device up; queues may be used. */
  readonly isReady: boolean;
  /** Chains were given back: interrupts the driver if it wants that. */
  signal(queue: Virtqueue): void;
  /** The configuration changed: interrupts the driver. */
  signalConfiguration(): void;
}

/** What a virtio device does, whatever it is connected by: one per type. */
export interface VirtioFunction {
  /** Stable key in snapshots and logs. */
  readonly id: string;
  readonly type: VirtioType;
  /** Class code for PCI, three bytes. */
  readonly classCode: number;
  /** Bits 31..0 of the features of its own. */
  readonly features: number;
  /** Most entries of each queue, powers of two. */
  readonly queueSizes: readonly number[];
  /** The device-specific configuration, little-endian. */
  readonly configuration: Uint8Array;
  /** Called once, before anything else. */
  attach(host: VirtioHost): void;
  /**
   * The driver has put something into a queue.
   * @returns true when there is more to do than should be done at once; it is called again soon
   */
  onNotify(queue: number): boolean;
  reset(): void;
  save(): DeviceState;
  restore(state: DeviceState): void;
}
