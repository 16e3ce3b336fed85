import { CableEnd, type CableEndParts } from '../network/CableEnd.ts';

/** What the adapter of a machine in a thread is plugged into. Without a cable, frames are lost. */
export class NetworkSocket {
  #cable: CableEnd | undefined;

  plugIn(cable: CableEndParts): void {
    this.#cable?.close();
    this.#cable = new CableEnd(cable);
  }

  /** Called from inside the machine's `run`. */
  send(frame: Uint8Array): void {
    this.#cable?.send(frame);
  }

  /** Sends off what the machine has sent. */
  flush(): void {
    this.#cable?.flush();
  }

  receive(): readonly Uint8Array[] {
    return this.#cable?.receive() ?? [];
  }
}
