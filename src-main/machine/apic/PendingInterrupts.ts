import type { DeviceState } from '../BusDevice.ts';
import { readBytes } from '../snapshot.ts';
import { VectorSet } from './VectorSet.ts';

/** What is requested of a processor and what it services, and which request outranks the rest (SDM vol. 3A, 11.8). */
export class PendingInterrupts {
  readonly requested = new VectorSet();
  readonly inService = new VectorSet();
  /** Of those accepted last: whether they are level triggered. */
  readonly levelTriggered = new VectorSet();
  private readonly onDeliverable: () => void;
  private priority = 0;
  /** The request that outranks what is in service, or -1. */
  private best = -1;
  /** How often each vector was taken, for whoever looks: no part of the state. */
  readonly taken = new Float64Array(256);

  /** @param onDeliverable another request than before may be taken */
  constructor(onDeliverable: () => void) {
    this.onDeliverable = onDeliverable;
  }

  /** The vector that may be taken, or -1. */
  get deliverable(): number {
    return this.best;
  }

  get taskPriority(): number {
    return this.priority;
  }

  set taskPriority(value: number) {
    this.priority = value;
    this.update();
  }

  /** PPR: the task priority, or the class of what is in service when that is higher (11.8.3.1). */
  get processorPriority(): number {
    const inService = Math.max(0, this.inService.highest());
    return this.priority >>> 4 >= inService >>> 4 ? this.priority : inService & 0xf0;
  }

  /** APR. */
  get arbitrationPriority(): number {
    const requested = this.requested.highest();
    return Math.max(this.processorPriority, requested & 0xf0 & -(requested >= 0));
  }

  request(vector: number, isLevel: boolean): void {
    // It waits already.
    if (this.requested.has(vector) && this.levelTriggered.has(vector) === isLevel) return;
    this.requested.set(vector, true);
    this.levelTriggered.set(vector, isLevel);
    this.update();
  }

  /** The processor begins to service the deliverable request. */
  take(): number {
    const vector = this.best;
    this.taken[vector] = (this.taken[vector] ?? 0) + 1;
    this.requested.set(vector, false);
    this.inService.set(vector, true);
    this.update();
    return vector;
  }

  /** It has serviced the one of highest rank; returns its vector, or -1 when there was none. */
  end(): number {
    const vector = this.inService.highest();
    if (vector < 0) return vector;
    this.inService.set(vector, false);
    this.update();
    return vector;
  }

  reset(): void {
    this.requested.clear();
    this.inService.clear();
    this.levelTriggered.clear();
    this.taskPriority = 0;
  }

  /** All but the task priority. */
  save(): { readonly [Field in 'irr' | 'isr' | 'tmr']: readonly number[] } {
    return {
      irr: this.requested.toBytes(),
      isr: this.inService.toBytes(),
      tmr: this.levelTriggered.toBytes(),
    };
  }

  restore(state: DeviceState, taskPriority: number): void {
    for (const [set, field] of [
      [this.requested, 'irr'],
      [this.inService, 'isr'],
      [this.levelTriggered, 'tmr'],
    ] as const)
      set.fromBytes(readBytes(state, field, 32, 32));
    this.taskPriority = taskPriority;
  }

  private update(): void {
    const vector = this.requested.highest();
    const was = this.best;
    this.best = vector >= 0 && vector >>> 4 > this.processorPriority >>> 4 ? vector : -1;
    if (this.best >= 0 && this.best !== was) this.onDeliverable();
  }
}
