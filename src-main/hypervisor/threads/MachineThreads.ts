import type { Result } from '../types.ts';
import type { LaunchedThread, ReadyThread } from './launchThread.ts';
import type { ThreadMachineDefinition } from './ThreadMachine.ts';
import type { VcpuWorker } from './VcpuWorker.ts';

/** A start, or a restore. */
export interface Attempt {
  /** Something else has begun since, or the machine was switched off: what it has waited for is of no use. */
  readonly isOvertaken: boolean;
}

/** The thread of a machine, those that are to take its place, and those that are ending. */
export class MachineThreads {
  readonly #start: (definition: ThreadMachineDefinition) => Result<LaunchedThread>;
  #current: VcpuWorker | undefined;
  /** One that is not ready yet. */
  #launching: LaunchedThread | undefined;
  /** Those that were told to end: each may write to its machine's disks until it has. */
  #ending: Promise<unknown> = Promise.resolve();
  /** Counts starts and ends. */
  #attempts = 0;

  constructor(start: (definition: ThreadMachineDefinition) => Result<LaunchedThread>) {
    this.#start = start;
  }

  get current(): VcpuWorker | undefined {
    return this.#current;
  }

  /** Resolves once none of those that were told to end by `end` does anything any more. */
  get whenEnded(): Promise<unknown> {
    return this.#ending;
  }

  attempt(): Attempt {
    const number = ++this.#attempts;
    const isOvertaken = (): boolean => number !== this.#attempts;
    return {
      get isOvertaken() {
        return isOvertaken();
      },
    };
  }

  /** Ends the thread that is there; resolves when none is left. */
  async clear(): Promise<void> {
    const former = this.#current;
    this.#current = undefined;
    await Promise.all([former?.terminate(), this.#ending]);
  }

  /** Starts the machine's thread. */
  launch(definition: ThreadMachineDefinition): Promise<Result<ReadyThread>> {
    return this.#launch(definition, (thread) => (this.#current = thread));
  }

  /** Starts a thread while the one that is there goes on; see `replaceBy`. */
  launchBeside(definition: ThreadMachineDefinition): Promise<Result<ReadyThread>> {
    return this.#launch(definition, () => undefined);
  }

  async #launch(
    definition: ThreadMachineDefinition,
    onThread: (thread: VcpuWorker) => void,
  ): Promise<Result<ReadyThread>> {
    const launched = this.#start(definition);
    if (!launched.ok) return launched;
    const { thread, ready } = (this.#launching = launched.value);
    onThread(thread);
    const result = await ready;
    if (this.#launching === launched.value) this.#launching = undefined;
    return result;
  }

  /** It could not be started. */
  forget(): void {
    this.#current = undefined;
  }

  async replaceBy(thread: VcpuWorker): Promise<void> {
    const former = this.#current;
    this.#current = thread;
    await former?.terminate();
  }

  /** Ends all of them; whoever waits for one gets the refusal. */
  end(refusal: Result<never>): void {
    this.#attempts++;
    const [former, launching] = [this.#current, this.#launching];
    this.#current = undefined;
    launching?.abandon(refusal);
    this.#ending = Promise.all([this.#ending, former?.terminate(), launching?.thread.terminate()]);
  }
}
