import { Worker } from 'node:worker_threads';
import type { VmId, VmNetwork } from '../types.ts';
import { makeCable, type CableEndParts } from './CableEnd.ts';
import type { PatchbayCommand } from './Patchbay.ts';
import type { SharedWord } from './SharedWord.ts';

/** JavaScript heap of the thread, in MiB: it keeps addresses and what is under way. */
const THREAD_HEAP_MIB = 128;
/** A thread that has died is followed by another after this long, so that one that keeps dying costs little. */
const RESTART_MS = 1000;

/** A machine that is on, in a thread of its own. */
export interface CabledMachine {
  readonly id: VmId;
  readonly name: string;
  readonly network: VmNetwork;
  /** Of the machine's thread: see `PatchbayCommand`. */
  readonly wake: SharedWord;
  readonly owed: SharedWord;
  /** Hands the machine's thread its end of a cable, in place of one that it may have had. */
  connect(cable: CableEndParts): void;
}

export interface NetworkThreadOptions {
  /** The built script, `patchbayThread`. */
  readonly entry: string;
  /** The thread has died; there will be another, and machines keep their addresses. */
  readonly onDeath: (error: unknown) => void;
}

/**
 * The network of the machines of one hypervisor, in a thread of its own: main hears of no frame. The thread starts
 * with the first machine that is plugged in. Should it die, machines are cut off for a moment, as by a switch without power.
 */
export class NetworkThread {
  private readonly options: NetworkThreadOptions;
  private readonly machines = new Map<VmId, CabledMachine>();
  private worker: Worker | undefined;
  private startedAtMs = -Infinity;
  private restart: NodeJS.Timeout | undefined;

  constructor(options: NetworkThreadOptions) {
    this.options = options;
  }

  plug(machine: CabledMachine): void {
    this.machines.set(machine.id, machine);
    if (this.worker) this.cable(machine);
    else if (this.restart === undefined) this.start();
  }

  /** Its neighbours ask for it by its new name. */
  rename(id: VmId, name: string): void {
    const machine = this.machines.get(id);
    if (machine === undefined) return;
    this.machines.set(id, { ...machine, name });
    this.post({ kind: 'rename', id, name });
  }

  unplug(id: VmId): void {
    if (this.machines.delete(id)) this.post({ kind: 'unplug', id });
  }

  async close(): Promise<void> {
    clearTimeout(this.restart);
    this.machines.clear();
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private start(): void {
    this.startedAtMs = performance.now();
    let worker: Worker;
    try {
      worker = new Worker(this.options.entry, {
        name: 'network',
        resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MIB },
      });
    } catch (error) {
      // The host has no threads left, perhaps for a moment.
      this.onDeath(error);
      return;
    }
    this.worker = worker;
    worker.unref();
    let error: unknown;
    worker.on('error', (thrown) => (error = thrown));
    worker.on('exit', () => {
      if (this.worker === worker) this.onDeath(error);
    });
    for (const machine of this.machines.values()) this.cable(machine);
  }

  private onDeath(error: unknown): void {
    this.worker = undefined;
    this.options.onDeath(error);
    const wait = Math.max(0, this.startedAtMs + RESTART_MS - performance.now());
    this.restart = setTimeout(() => {
      this.restart = undefined;
      if (this.machines.size > 0) this.start();
    }, wait);
  }

  private cable({ id, name, network, wake, owed, connect }: CabledMachine): void {
    const [theirs, ours] = makeCable();
    connect(theirs);
    this.worker?.postMessage({ kind: 'plug', id, name, network, cable: ours, wake, owed } satisfies PatchbayCommand, [
      ours.port,
    ]);
  }

  private post(command: PatchbayCommand): void {
    this.worker?.postMessage(command);
  }
}
