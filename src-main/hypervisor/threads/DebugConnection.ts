import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { DebugLink } from '../../machine/debugging/DebuggedMachine.ts';
import type { DebugLinkDown, DebugLinkUp } from './DebugAttachment.ts';

export type { DebugLink };

/** No debugger has so many bytes under way that the thread has not taken: it waits for answers. */
const MOST_BYTES_WAITING = 1024 * 1024;

/** A debugger's way to the thread of a machine, from main. It ends with the thread, whatever ends that. */
export class DebugConnection {
  /** The thread's end, to be handed over. */
  readonly threadPort: MessagePort;
  readonly #port: MessagePort;
  readonly #link: DebugLink;
  readonly #wake: () => void;
  #waiting = 0;
  #isOpen = true;

  /** @param wake makes the thread look at its messages */
  constructor(link: DebugLink, wake: () => void) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.threadPort = port2;
    this.#link = link;
    this.#wake = wake;
    port1.on('message', (message: DebugLinkUp) => this.#onMessage(message));
    port1.on('close', () => this.#end());
    // A debugger does not keep the process.
    port1.unref();
  }

  receive(bytes: Uint8Array): void {
    this.#waiting += bytes.length;
    if (this.#waiting > MOST_BYTES_WAITING) {
      this.lost();
      this.#link.close();
    } else this.#post({ kind: 'bytes', bytes });
  }

  /** Takes leave of the debugger: the machine is what it was before it came. */
  close(): void {
    this.#post({ kind: 'close' });
  }

  /** The debugger is gone without a word. */
  lost(): void {
    this.#post({ kind: 'lost' });
    this.#isOpen = false;
  }

  #post(message: DebugLinkDown): void {
    if (!this.#isOpen) return;
    this.#port.postMessage(message);
    this.#wake();
  }

  #onMessage(message: DebugLinkUp): void {
    switch (message.kind) {
      case 'bytes':
        if (this.#isOpen) this.#link.write(message.bytes);
        return;
      case 'taken':
        this.#waiting -= message.byteLength;
        return;
      case 'end':
        this.#end();
        this.#port.close();
        return;
    }
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#link.close();
  }
}
