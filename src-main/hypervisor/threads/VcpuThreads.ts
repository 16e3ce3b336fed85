import { freemem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ThreadStart } from './protocol.ts';

/** JavaScript heap of one thread, in MiB: what is beyond ends this thread, not the process. */
const THREAD_HEAP_MIB = 512;
/** A spare thread takes some 30 MiB: a host with less to spare than this needs them more for something else. */
const LEAST_FREE_BYTES = 512 * 2 ** 20;
/** What is under way now comes before a thread that nobody needs yet. */
const CALM_MS = 1000;

export interface VcpuThreadsOptions {
  /** The built script that calls `runVcpuThread`. */
  readonly entry: string;
  readonly handlers: WebAssembly.Module | null;
  /** A thread is kept started ahead of its need. */
  readonly keepsSpare: boolean;
}

/**
 * Threads for vCPUs. Half of what the start of a machine takes, or a restore into a new thread, is its thread's start:
 * one is kept that has loaded its script, has rehearsed, and waits for its machine.
 */
export class VcpuThreads {
  readonly #options: VcpuThreadsOptions;
  #spare: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #forgetSpare = (): void => {
    this.#spare = undefined;
  };

  constructor(options: VcpuThreadsOptions) {
    this.#options = options;
    this.#prepareLater();
  }

  /** A thread that waits for a `ThreadData`; whoever takes it looks after it. Throws when the host starts no more. */
  take(): Worker {
    const spare = this.#spare;
    this.#spare = undefined;
    this.#prepareLater();
    if (spare === undefined) return this.#start(false);
    spare.off('error', this.#forgetSpare).off('exit', this.#forgetSpare);
    spare.ref();
    return spare;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#spare?.terminate();
  }

  #prepareLater(): void {
    clearTimeout(this.#timer);
    if (!this.#options.keepsSpare || this.#isClosed) return;
    this.#timer = setTimeout(() => this.#prepare(), CALM_MS);
    // Nothing that has ended waits for it.
    this.#timer.unref();
  }

  #prepare(): void {
    if (this.#spare || freemem() < LEAST_FREE_BYTES) return;
    // Why it could not be started is told by the next that somebody takes.
    let spare: Worker;
    try {
      spare = this.#start(true);
    } catch {
      return;
    }
    this.#spare = spare;
    spare.unref();
    spare.once('error', this.#forgetSpare).once('exit', this.#forgetSpare);
  }

  #start(isSpare: boolean): Worker {
    const { entry, handlers } = this.#options;
    const start: ThreadStart = { handlers, isSpare };
    return new Worker(entry, {
      name: 'vcpu',
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MIB },
    });
  }
}
