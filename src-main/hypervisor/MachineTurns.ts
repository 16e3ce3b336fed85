import type { VmId } from './types.ts';

/** What is done with a machine one thing after the other, and beside what is done with other machines. */
export class MachineTurns {
  readonly #last = new Map<VmId, Promise<unknown>>();

  /** Begins when all that was asked for before has ended, however it did. */
  take<T>(id: VmId, action: () => Promise<T> | T): Promise<T> {
    const result = this.ended(id).then(action);
    const end = result.then(ignore, ignore).then(() => {
      if (this.#last.get(id) === end) this.#last.delete(id);
    });
    this.#last.set(id, end);
    return result;
  }

  /** Resolves when all that has been asked for so far has ended. */
  ended(id: VmId): Promise<unknown> {
    return this.#last.get(id) ?? Promise.resolve();
  }

  /** Resolves when all that has been asked for so far has ended, with every machine. */
  async allEnded(): Promise<void> {
    await Promise.all(this.#last.values());
  }
}

function ignore(): void {
  // Whoever asked for it hears of it.
}
