import type { DeviceState, InterruptLine, TimerHandle, TimerService } from '../BusDevice.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { checkVersion, readNumber, readObject, readOptionalTime } from '../snapshot.ts';
import type { VirtioFunction, VirtioHost } from './VirtioFunction.ts';
import { Virtqueue } from './Virtqueue.ts';

/** Device status (Virtual I/O Device 1.2, 2.1). */
export const VIRTIO_STATUS = { driverOk: 4, featuresOk: 8, needsReset: 0x40 } as const;
const FEATURE_INDIRECT = 1 << 28;
const FEATURE_EVENT_INDEX = 1 << 29;
const FEATURE_ANY_LAYOUT = 1 << 27;
/** Bit 32, so bit 0 of the upper half: not a legacy device. */
const FEATURE_VERSION_1 = 1;
export const ISR = { queue: 1, configuration: 2 } as const;
/** When a function has more to do than fits into one notification, it goes on after so long. */
const CONTINUE_NS = 1000;

/** What an interrupt is about: a queue, or the configuration. */
export type MessageSource = number | 'configuration';
/** Tells the driver by a message of its own; false: it is to be told by cause and line. */
export type SendMessage = (source: MessageSource) => boolean;

/**
 * What all transports of virtio share: status, features, queues and the interrupt's cause (Virtual I/O Device 1.2,
 * 2 and 3). Transports lay it out as registers.
 */
export class VirtioCore implements VirtioHost {
  readonly function: VirtioFunction;
  queues: readonly Virtqueue[] = [];
  /** Whose feature words and queue the registers show. */
  deviceFeatureSelect = 0;
  driverFeatureSelect = 0;
  queueSelect = 0;
  private readonly timers: TimerService;
  private irq: InterruptLine = { set: () => undefined };
  private sendMessage: SendMessage = () => false;
  private driverFeatures: [number, number] = [0, 0];
  private statusByte = 0;
  private isr = 0;
  /** Changes with each change of the configuration. */
  private generationByte = 0;
  /** Bit per queue that is to be looked at again. */
  private unfinished = 0;
  private timer: TimerHandle | undefined;

  constructor(virtio: VirtioFunction, timers: TimerService) {
    this.function = virtio;
    this.timers = timers;
  }

  connect(memory: DeviceMemory, irq: InterruptLine, sendMessage: SendMessage = () => false): void {
    this.irq = irq;
    this.sendMessage = sendMessage;
    this.queues = this.function.queueSizes.map((most) => new Virtqueue(memory, most));
    this.function.attach(this);
  }

  get features(): number {
    return this.driverFeatures[0];
  }

  /** 32 feature bits that the driver has accepted. */
  acceptedFeatures(half: number): number {
    return half <= 1 ? this.driverFeatures[half as 0 | 1] : 0;
  }

  get isModern(): boolean {
    return (this.driverFeatures[1] & FEATURE_VERSION_1) !== 0;
  }

  get isReady(): boolean {
    return (this.statusByte & VIRTIO_STATUS.driverOk) !== 0;
  }

  get status(): number {
    return this.statusByte;
  }

  get generation(): number {
    return this.generationByte;
  }

  get interruptCause(): number {
    return this.isr;
  }

  get selectedQueue(): Virtqueue | undefined {
    return this.queues[this.queueSelect];
  }

  /** 32 feature bits that the device offers. */
  offeredFeatures(half: number): number {
    const low = this.function.features | FEATURE_INDIRECT | FEATURE_EVENT_INDEX | FEATURE_ANY_LAYOUT;
    return half === 0 ? low >>> 0 : half === 1 ? FEATURE_VERSION_1 : 0;
  }

  /** Bits that the driver accepts; what was not offered does not count. */
  acceptFeatures(half: number, value: number): void {
    if (half <= 1 && (this.statusByte & VIRTIO_STATUS.featuresOk) === 0)
      this.driverFeatures[half as 0 | 1] = (value & this.offeredFeatures(half)) >>> 0;
  }

  /** Writing 0 resets the device. */
  writeStatus(value: number): void {
    if (value === 0) {
      this.reset();
      return;
    }
    this.statusByte = (this.statusByte & VIRTIO_STATUS.needsReset) | value;
    for (const queue of this.queues) queue.hasEventIndex = (this.features & FEATURE_EVENT_INDEX) !== 0;
  }

  /** The driver says that a queue has something for the device. */
  notify(index: number): void {
    if (!this.isReady || this.queues[index] === undefined) return;
    if (this.function.onNotify(index)) this.continueLater(1 << index);
    this.noteBroken();
  }

  signal(queue: Virtqueue): void {
    if (queue.takeInterruptWish()) this.interrupt(ISR.queue, this.queues.indexOf(queue));
  }

  signalConfiguration(): void {
    this.generationByte = (this.generationByte + 1) & 0xff;
    if (this.statusByte & VIRTIO_STATUS.driverOk) this.interrupt(ISR.configuration, 'configuration');
  }

  acknowledge(causes: number): void {
    this.isr &= ~causes;
    this.irq.set(this.isr !== 0);
  }

  reset(): void {
    this.timer?.cancel();
    this.unfinished = 0;
    this.deviceFeatureSelect = 0;
    this.driverFeatureSelect = 0;
    this.queueSelect = 0;
    this.driverFeatures = [0, 0];
    this.statusByte = 0;
    this.acknowledge(0xff);
    for (const queue of this.queues) queue.reset();
    this.function.reset();
  }

  save(): DeviceState {
    return {
      version: 2,
      deviceFeatureSelect: this.deviceFeatureSelect,
      driverFeatureSelect: this.driverFeatureSelect,
      queueSelect: this.queueSelect,
      features: this.driverFeatures[0],
      featuresHigh: this.driverFeatures[1],
      status: this.statusByte,
      isr: this.isr,
      generation: this.generationByte,
      unfinished: this.unfinished,
      continuesAt: this.unfinished === 0 ? null : (this.timer?.deadline ?? null),
      ...Object.fromEntries(this.queues.map((queue, index) => [`queue${index}`, queue.save()])),
      function: this.function.save(),
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.function.id, state, 2);
    const word = (field: string, most = 0xffff_ffff): number => readNumber(state, field, 0, most);
    const features: [number, number] = [word('features'), word('featuresHigh')];
    const [status, isr, generation] = [word('status', 0xff), word('isr', 3), word('generation', 0xff)];
    const unfinished = word('unfinished', 0xff);
    const continuesAt = readOptionalTime(state, 'continuesAt');
    this.deviceFeatureSelect = word('deviceFeatureSelect');
    this.driverFeatureSelect = word('driverFeatureSelect');
    this.queueSelect = word('queueSelect', 0xffff);
    this.queues.forEach((queue, index) => queue.restore(readObject(state, `queue${index}`)));
    this.driverFeatures = features;
    this.function.restore(readObject(state, 'function'));
    this.statusByte = status;
    this.isr = isr;
    this.generationByte = generation;
    this.irq.set(isr !== 0);
    this.timer?.cancel();
    this.unfinished = unfinished;
    if (unfinished !== 0) this.timer = this.timers.schedule(continuesAt ?? this.timers.now(), () => this.goOn());
  }

  private interrupt(cause: number, source: MessageSource): void {
    if (this.sendMessage(source)) return;
    this.isr |= cause;
    this.irq.set(true);
  }

  /** A queue that makes no sense: the driver is told to reset the device (2.1.2). */
  private noteBroken(): void {
    if (this.statusByte & VIRTIO_STATUS.needsReset || !this.queues.some(({ isBroken }) => isBroken)) return;
    this.statusByte |= VIRTIO_STATUS.needsReset;
    this.signalConfiguration();
  }

  private continueLater(queues: number): void {
    const isWaiting = this.unfinished !== 0;
    this.unfinished |= queues;
    if (!isWaiting) this.timer = this.timers.schedule(this.timers.now() + CONTINUE_NS, () => this.goOn());
  }

  private goOn(): void {
    const queues = this.unfinished;
    this.unfinished = 0;
    for (let index = 0; index < this.queues.length; index++) if (queues & (1 << index)) this.notify(index);
  }
}
