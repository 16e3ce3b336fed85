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
  #words: Int32Array = new Int32Array(SIGNAL.words);
  #taken = 0;
  readonly #startAfterMs: number;
  #spentMs = 0;

  /** undefined where the program runs from its sources and the thread's script has not been built. */
  static find(): ThreadedRegionCompiler | undefined {
    const script = builtFile(FILE_NAME);
    return script === undefined ? undefined : new ThreadedRegionCompiler(script);
  }

  /** @param startAfterMs spent on regions in place before the thread is started */
  constructor(script: string, startAfterMs = START_AFTER_MS) {
    this.#script = script;
    this.#startAfterMs = startAfterMs;
  }

  compile(number: number, job: RegionJob): CompileOutcome | undefined {
    if (this.#port && Atomics.load(this.#words, SIGNAL.isReady) === 1) {
      this.#port.postMessage({ number, job: packJob(job) } satisfies JobMessage);
      return undefined;
    }
    const outcome = compileRegion(job, () => performance.now());
    if (outcome.kind === 'compiled') this.#spentMs += outcome.compileMs;
    if (!this.#port && this.#spentMs >= this.#startAfterMs) this.#start();
    return outcome;
  }

  take(): OutcomeMessage | undefined {
    if (!this.#port || Atomics.load(this.#words, SIGNAL.finished) === this.#taken) return undefined;
    const received = receiveMessageOnPort(this.#port) as { message: OutcomeMessage } | undefined;
    if (received) this.#taken = (this.#taken + 1) | 0;
    return received?.message;
  }

  #start(): void {
    const { port1, port2 } = new MessageChannel();
    const signal = new SharedArrayBuffer(4 * SIGNAL.words);
    this.#words = new Int32Array(signal);
    this.#port = port1;
    const connection: CompilerConnection = { port: port2, signal };
    const worker = new Worker(this.#script, {
      name: 'regions',
      workerData: connection,
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MIB },
    });
    // Neither keeps a program alive whose guest has ended. Without the thread, its jobs stay undone and new ones are done in place.
    worker.unref();
    port1.unref();
    const end = (): void => void Atomics.store(this.#words, SIGNAL.isReady, 0);
    worker.on('error', end);
    worker.on('exit', end);
  }
}
