import type { VcpuFrame } from '../../../src-preload/contract/layouts/MachineViewFrame.ts';
import type { MachineFeed } from '../machine/MachineFeed.ts';

/** The part of a feed that registers come from. */
type RegisterFeed = Pick<MachineFeed, 'on'>;

/** Ten times a second is as fast as a reader follows a running machine. */
const RUNNING_INTERVAL_MS = 100;
/** The last frames of a run may come after the news of its end. */
const SETTLING_MS = 150;

/** Registers as they are to be shown now. */
export interface RegisterReading {
  readonly vcpus: readonly VcpuFrame[];
  /** The reading at the stop before this one: what differs stands out. Null while the machine runs. */
  readonly baseline: readonly VcpuFrame[] | null;
}

/** Turns the feed's registers into readings: calm while the machine runs, complete and compared at each stop. */
export class RegisterReadings {
  readonly #listeners = new Set<(reading: RegisterReading) => void>();
  readonly #isStopped: () => boolean;
  readonly #dispose: () => void;
  #vcpus: readonly VcpuFrame[] | null = null;
  #lastStop: readonly VcpuFrame[] | null = null;
  #reading: RegisterReading | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wasStopped = false;
  /** Until then, frames still belong to the stop that began last. */
  #settlesAt = 0;
  #baseline: readonly VcpuFrame[] | null = null;
  #toldAt = 0;

  constructor(feed: RegisterFeed, isStopped: () => boolean) {
    this.#isStopped = isStopped;
    this.#dispose = feed.on('vcpus', (vcpus) => {
      // Off: nothing is known any more, and nothing to compare with.
      if (vcpus === null) this.#lastStop = this.#baseline = null;
      this.#vcpus = vcpus ?? [];
      this.#schedule();
    });
  }

  /** Tells at once, if anything is known, and at every reading; returns its disposer. */
  on(listener: (reading: RegisterReading) => void): () => void {
    this.#listeners.add(listener);
    if (this.#reading) listener(this.#reading);
    return () => this.#listeners.delete(listener);
  }

  /** The machine stopped or went on: what is known is to be shown differently. */
  stateChanged(): void {
    const isStopped = this.#isStopped();
    if (isStopped && !this.#wasStopped) {
      this.#settlesAt = performance.now() + SETTLING_MS;
      this.#baseline = this.#lastStop;
    }
    this.#wasStopped = isStopped;
    if (this.#vcpus) this.#tell();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#dispose();
  }

  #schedule(): void {
    if (this.#isStopped()) {
      this.#tell();
      return;
    }
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#toldAt + RUNNING_INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => this.#tell(), wait);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldAt = performance.now();
    const vcpus = this.#vcpus;
    if (!vcpus) return;
    if (this.#isStopped()) {
      // Repeats of one stop (an edit, its last frames) keep comparing with the stop before.
      const isSameStop = this.#lastStop !== null && retired(this.#lastStop) === retired(vcpus);
      if (!isSameStop && performance.now() >= this.#settlesAt) this.#baseline = this.#lastStop;
      this.#lastStop = vcpus;
      this.#reading = { vcpus, baseline: this.#baseline ?? vcpus };
    } else {
      this.#reading = { vcpus, baseline: null };
    }
    for (const listener of this.#listeners) listener(this.#reading);
  }
}

function retired(vcpus: readonly VcpuFrame[]): number {
  return vcpus.reduce((sum, vcpu) => sum + vcpu.retiredInstructions, 0);
}
