import type { MessagePort, Worker } from 'node:worker_threads';
import type { SharedWord } from '../network/SharedWord.ts';
import { done, messageOf, refused } from '../results.ts';
import type { Scheduler } from '../scheduler/Scheduler.ts';
import type { VcpuSlot } from '../scheduler/SchedulerState.ts';
import type { Result } from '../types.ts';
import { BATCH_COUNTER_BYTES, BATCH_TAKEN_WORD } from './protocol.ts';
import type { ThreadBatch, ThreadCommandName, ThreadCommands, ThreadData, ThreadMessage } from './protocol.ts';
import type { ThreadMachineDefinition } from './ThreadMachine.ts';

/** A thread looks at its messages every millisecond; one that is silent for so long is hung, or the host is. */
const REPLY_TIMEOUT_MS = 5000;

/** How a thread ended that nobody ended. */
export interface ThreadDeath {
  readonly isOutOfMemory: boolean;
  readonly message: string;
  readonly detail: string;
}

export interface VcpuWorkerEvents {
  onReady(message: Extract<ThreadMessage, { kind: 'ready' }>): void;
  onRefused(message: Extract<ThreadMessage, { kind: 'refused' }>): void;
  /** The thread waits for those that are not dealt with when many are under way. */
  onBatch(batch: ThreadBatch): Promise<void> | undefined;
  /** Not called after `terminate`. Its pCPU has been given back. */
  onDeath(death: ThreadDeath): void;
}

export interface VcpuWorkerOptions {
  /** From `VcpuThreads`. */
  readonly thread: Worker;
  readonly scheduler: Scheduler;
  readonly slot: VcpuSlot;
  readonly definition: ThreadMachineDefinition;
  readonly events: VcpuWorkerEvents;
}

export interface SendOptions {
  readonly timeoutMs?: number;
  readonly transfer?: Transferred;
}

/** What of a request changes hands. */
type Transferred = readonly (ArrayBuffer | MessagePort)[];

interface PendingReply {
  readonly resolve: (result: Result<unknown>) => void;
  readonly timer: NodeJS.Timeout;
}

/** A vCPU's thread as main sees it. However it ends, its pCPU is free and its commands are answered afterwards. */
export class VcpuWorker {
  readonly #worker: Worker;
  readonly #scheduler: Scheduler;
  readonly #slot: VcpuSlot;
  readonly #events: VcpuWorkerEvents;
  readonly #taken: Int32Array;
  readonly #pending = new Map<number, PendingReply>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  #error: unknown;
  #hasEnded = false;
  #isEnding = false;

  constructor(options: VcpuWorkerOptions) {
    this.#scheduler = options.scheduler;
    this.#slot = options.slot;
    this.#events = options.events;
    const batches = new SharedArrayBuffer(BATCH_COUNTER_BYTES);
    this.#taken = new Int32Array(batches);
    const data: ThreadData = {
      scheduler: options.scheduler.buffer,
      slot: options.slot.index,
      incarnation: options.slot.incarnation,
      batches,
      definition: options.definition,
    };
    this.#worker = options.thread;
    this.#worker.postMessage(data);
    this.#worker.on('message', (message: ThreadMessage) => this.#onMessage(message));
    this.#worker.on('error', (error) => (this.#error = error));
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#onExit(code);
        resolve();
      });
    });
  }

  get slot(): VcpuSlot {
    return this.#slot;
  }

  /** What makes the thread look whether anything has come for it. */
  get wake(): SharedWord {
    return { words: this.#scheduler.buffer, index: this.#slot.signalWord };
  }

  /** Takes the microseconds that other threads have worked for this one. */
  get owed(): SharedWord {
    return { words: this.#scheduler.buffer, index: this.#slot.owedWord };
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sends a command and waits for its reply. */
  send<Name extends ThreadCommandName>(
    name: Name,
    request: ThreadCommands[Name]['request'],
    { timeoutMs = REPLY_TIMEOUT_MS, transfer = [] }: SendOptions = {},
  ): Promise<Result<ThreadCommands[Name]['reply']>> {
    if (this.#hasEnded || this.#isEnding) return Promise.resolve(this.#died());
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        const message = 'The machine’s thread does not answer. Power the machine off if it stays so.';
        resolve(refused('no-answer', message, { text: { id: 'no-answer' } }));
      }, timeoutMs);
      // The thread answers a command with the reply that the protocol names for it.
      this.#pending.set(id, { resolve: resolve as (result: Result<unknown>) => void, timer });
      this.#post(id, name, request, transfer);
    });
  }

  /** Sends a command that needs no reply. */
  post<Name extends ThreadCommandName>(
    name: Name,
    request: ThreadCommands[Name]['request'],
    transfer: Transferred = [],
  ): void {
    if (!this.#hasEnded && !this.#isEnding) this.#post(0, name, request, transfer);
  }

  /** Something has come for it by another way. */
  signal(): void {
    if (!this.#hasEnded) this.#scheduler.signal(this.#slot);
  }

  /** Ends the thread at once, whatever it is doing. */
  async terminate(): Promise<void> {
    this.#isEnding = true;
    if (!this.#hasEnded) this.#scheduler.noteEnding(this.#slot);
    await this.#worker.terminate();
    await this.#ended;
  }

  #post(id: number, name: ThreadCommandName, request: unknown, transfer: Transferred = []): void {
    this.#worker.postMessage({ id, name, request }, transfer);
    this.#scheduler.signal(this.#slot);
  }

  #onMessage(message: ThreadMessage): void {
    switch (message.kind) {
      case 'ready':
        if (!this.#isEnding) this.#events.onReady(message);
        return;
      case 'refused':
        // The thread ends by itself now, which is no death.
        this.#isEnding = true;
        this.#events.onRefused(message);
        return;
      case 'batch':
        this.#take(message.batch);
        return;
      case 'reply':
        this.#settle(message.id, done(message.value));
        return;
      case 'failed':
        this.#settle(message.id, refused('invalid', message.message));
        return;
    }
  }

  #take(batch: ThreadBatch): void {
    const dealtWith = this.#isEnding ? undefined : this.#events.onBatch(batch);
    const note = (): void => void Atomics.add(this.#taken, BATCH_TAKEN_WORD, 1);
    if (dealtWith) void dealtWith.finally(note);
    else note();
  }

  #settle(id: number, result: Result<unknown>): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    pending.resolve(result);
  }

  #onExit(code: number): void {
    this.#hasEnded = true;
    this.#scheduler.removeDead(this.#slot);
    for (const id of [...this.#pending.keys()]) this.#settle(id, this.#died());
    if (this.#isEnding) return;
    const error = this.#error;
    const isOutOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    this.#events.onDeath({
      isOutOfMemory,
      message: error === undefined ? `it ended with code ${code}` : messageOf(error),
      detail: error instanceof Error ? (error.stack ?? '') : '',
    });
  }

  #died(): Result<never> {
    const message = 'The machine’s thread has ended. Reset the machine to start it anew.';
    return refused('thread-died', message, { text: { id: 'thread-ended' } });
  }
}
