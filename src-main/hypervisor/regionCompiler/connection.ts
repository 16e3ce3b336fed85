import type { MessagePort } from 'node:worker_threads';
import type { CompileOutcome, PackedJob } from '../../engine/accelerators/translate/index.ts';

/** What joins a vCPU's thread to the one that compiles for it. */
export interface CompilerConnection {
  readonly port: MessagePort;
  /** SIGNAL, each an int32. */
  readonly signal: SharedArrayBuffer;
}

/** Words of the shared signal: whether jobs are taken, and how many have been finished. */
export const SIGNAL = { isReady: 0, finished: 1, words: 2 } as const;

export interface JobMessage {
  readonly number: number;
  readonly job: PackedJob;
}

export interface OutcomeMessage {
  readonly number: number;
  readonly outcome: CompileOutcome;
}
