import type { ThreadMachine } from './ThreadMachine.ts';

/** What goes beyond is lost, as on a real line. */
const BYTES_MOST = 1024 * 1024;

/** Serial input that the guest has not taken yet. */
export class SerialBacklog {
  readonly #machine: Pick<ThreadMachine, 'serialInput'>;
  #waiting: readonly { readonly port: number; readonly bytes: Uint8Array }[] = [];

  constructor(machine: Pick<ThreadMachine, 'serialInput'>) {
    this.#machine = machine;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(port: number, bytes: Uint8Array): void {
    const waiting = this.#waiting.reduce((sum, each) => sum + each.bytes.length, 0);
    const taken = bytes.subarray(0, Math.max(0, BYTES_MOST - waiting));
    if (taken.length > 0) this.#waiting = [...this.#waiting, { port, bytes: taken }];
    this.offer();
  }

  /** The guest takes what it has room for. */
  offer(): void {
    if (this.isEmpty) return;
    this.#waiting = this.#waiting.flatMap(({ port, bytes }) => {
      const taken = this.#machine.serialInput(bytes, port);
      return taken < bytes.length ? [{ port, bytes: bytes.subarray(taken) }] : [];
    });
  }

  clear(): void {
    this.#waiting = [];
  }
}
