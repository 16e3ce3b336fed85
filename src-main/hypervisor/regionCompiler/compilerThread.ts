/** The script of a thread that compiles regions for one vCPU. */
import { workerData } from 'node:worker_threads';
import { type CompileOutcome, compileRegionApart, unpackJob } from '../../engine/accelerators/translate/index.ts';
import { type CompilerConnection, type JobMessage, type OutcomeMessage, SIGNAL } from './connection.ts';

// The vCPU's thread starts this one with nothing else.
const { port, signal } = workerData as CompilerConnection;
const words = new Int32Array(signal);

async function compile({ number, job }: JobMessage): Promise<void> {
  // Whatever goes wrong is an answer: a job without one would wait for ever.
  const outcome = await Promise.resolve(job)
    .then((packed) => compileRegionApart(unpackJob(packed), () => performance.now()))
    .catch((thrown: unknown): CompileOutcome => ({ kind: 'failed', message: String(thrown) }));
  port.postMessage({ number, outcome } satisfies OutcomeMessage);
  Atomics.add(words, SIGNAL.finished, 1);
}

port.on('message', (message: JobMessage) => void compile(message));
Atomics.store(words, SIGNAL.isReady, 1);
