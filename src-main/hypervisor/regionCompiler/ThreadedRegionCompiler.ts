import { MessageChannel, type MessagePort, Worker, receiveMessageOnPort } from 'node:worker_threads';
import {
  type CompileOutcome,
  type RegionCompiler,
  type RegionJob,
  compileRegion,
  packJob,
} from '../../engine/accelerators/translate/index.ts';
import { builtFile } from '../builtFile.ts';
import { type CompilerConnection, type JobMessage, type OutcomeMessage, SIGNAL } from './connection.ts';

const FILE_NAME = 'compilerThread.cjs';
/** JavaScript heap of the thread, in MiB. */
const THREAD_HEAP_MIB = 128;
/** Before so much time has gone into regions, in milliseconds, a thread costs more than it saves. */
const START_AFTER_MS = 30;
/** A thread that has work and says nothing for so long, in milliseconds, has died: of memory, say, without a word. */
const LONGEST_SILENCE_MS = 10_000;
/** A vCPU whose threads keep dying does without. */
const MOST_STARTS = 3;

interface CompilerOptions {
  /** Spent on regions in place before the thread is started. */
  readonly startAfterMs?: number;
  readonly longestSilenceMs?: number;
}

/**
 * Compiles regions in a thread of its own, so that the guest runs on in the threaded tier meanwhile. Each vCPU has
 * one, started when there is enough to compile: machines share nothing, and the thread ends with the one that made it.
 * Until it is ready, and where there is none, regions are compiled in place.
 *
 * The vCPU's thread need not return to its event loop: outcomes are looked for when the shared count says so.
 */
export class ThreadedRegionCompiler implements RegionCompiler {
  readonly #script: string;
  #port: MessagePort | undefined;
  #worker: Worker | undefined;
  #words: Int32Array = new Int32Array(SIGNAL.words);
  #taken = 0;
  readonly #startAfterMs: number;
  readonly #longestSilenceMs: number;
  #spentMs = 0;
  #starts = 0;
  /** Numbers of the jobs that the thread has. */
  readonly #pending = new Set<number>();
  /** Those that a thread had which is gone. */
  readonly #lost: number[] = [];
  /** When the thread got its first job, or finished one last. */
  #heardMs = 0;

  /** undefined where the program runs from its sources and the thread's script has not been built. */
  static find(): ThreadedRegionCompiler | undefined {
    const script = builtFile(FILE_NAME);
    return script === undefined ? undefined : new ThreadedRegionCompiler(script);
  }

  constructor(script: string, options: CompilerOptions = {}) {
    this.#script = script;
    this.#startAfterMs = options.startAfterMs ?? START_AFTER_MS;
    this.#longestSilenceMs = options.longestSilenceMs ?? LONGEST_SILENCE_MS;
  }

  compile(number: number, job: RegionJob): CompileOutcome | undefined {
    if (this.#port && Atomics.load(this.#words, SIGNAL.isReady) === 1) {
      if (this.#pending.size === 0) this.#heardMs = performance.now();
      this.#pending.add(number);
      this.#port.postMessage({ number, job: packJob(job) } satisfies JobMessage);
      return undefined;
    }
    const outcome = compileRegion(job, () => performance.now());
    if (outcome.kind === 'compiled') this.#spentMs += outcome.compileMs;
    if (!this.#port && this.#spentMs >= this.#startAfterMs && this.#starts < MOST_STARTS) this.#start();
    return outcome;
  }

  take(): OutcomeMessage | undefined {
    const lost = this.#lost.pop();
    if (lost !== undefined) {
      return { number: lost, outcome: { kind: 'failed', message: 'the thread that was to compile it has died' } };
    }
    if (!this.#port || this.#pending.size === 0) return undefined;
    if (Atomics.load(this.#words, SIGNAL.finished) === this.#taken) {
      // Events of the thread's end do not reach a vCPU's thread, which never returns to its event loop.
      if (performance.now() - this.#heardMs > this.#longestSilenceMs) this.#lose();
      return undefined;
    }
    const received = receiveMessageOnPort(this.#port) as { message: OutcomeMessage } | undefined;
    if (!received) return undefined;
    this.#taken = (this.#taken + 1) | 0;
    this.#pending.delete(received.message.number);
    this.#heardMs = performance.now();
    return received.message;
  }

  /** The thread is gone, or as good as: its jobs fail, and the next ones are done in place. */
  #lose(): void {
    void this.#worker?.terminate();
    this.#port?.close();
    this.#worker = undefined;
    this.#port = undefined;
    this.#lost.push(...this.#pending);
    this.#pending.clear();
  }

  #start(): void {
    this.#starts++;
    const { port1, port2 } = new MessageChannel();
    const signal = new SharedArrayBuffer(4 * SIGNAL.words);
    const connection: CompilerConnection = { port: port2, signal };
    let worker: Worker;
    try {
      worker = new Worker(this.#script, {
        name: 'regions',
        workerData: connection,
        transferList: [port2],
        resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MIB },
      });
    } catch {
      // The host has no threads left: what is compiled in place runs as well.
      port1.close();
      return;
    }
    this.#words = new Int32Array(signal);
    this.#port = port1;
    this.#taken = 0;
    this.#worker = worker;
    // Neither keeps a program alive whose guest has ended.
    worker.unref();
    port1.unref();
    const end = (): void => {
      if (this.#worker === worker) this.#lose();
    };
    worker.on('error', end);
    worker.on('exit', end);
  }
}
