import type { VcpuFrame } from '../../../src-preload/contract/layouts/MachineViewFrame.ts';
import type { MachineFeed } from '../machine/MachineFeed.ts';

/** Ten times a second is as fast as a reader follows a running machine. */
const RUNNING_INTERVAL_MS = 100;

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
  #toldAt = 0;

  constructor(feed: MachineFeed, isStopped: () => boolean) {
    this.#isStopped = isStopped;
    this.#dispose = feed.on('vcpus', (vcpus) => {
      this.#vcpus = vcpus;
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
      // Repeats of one stop (an edit, a change of state) keep comparing with the stop before.
      const isSameStop = this.#lastStop !== null && retired(this.#lastStop) === retired(vcpus);
      const baseline = isSameStop ? (this.#reading?.baseline ?? vcpus) : (this.#lastStop ?? vcpus);
      this.#lastStop = vcpus;
      this.#reading = { vcpus, baseline };
    } else {
      this.#reading = { vcpus, baseline: null };
    }
    for (const listener of this.#listeners) listener(this.#reading);
  }
}

function retired(vcpus: readonly VcpuFrame[]): number {
  return vcpus.reduce((sum, vcpu) => sum + vcpu.retiredInstructions, 0);
}
