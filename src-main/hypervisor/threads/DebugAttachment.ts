import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { DebugLink, DebuggedEnd, DebugSession, RunControl } from '../../machine/debugging/DebuggedMachine.ts';
import type { MachineExit } from '../../machine/MachineExit.ts';

/** From main to the thread. */
export type DebugLinkDown =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The machine's owner takes leave of the debugger. */
  | { readonly kind: 'close' }
  /** The debugger's connection is gone. */
  | { readonly kind: 'lost' };

/** From the thread to main. */
export type DebugLinkUp =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** So many bytes of the debugger's were dealt with. */
  | { readonly kind: 'taken'; readonly byteLength: number }
  /** Nothing more comes. */
  | { readonly kind: 'end' };

/** A debugger that drives a machine in the place of main, as its thread has it: synchronous like all there. */
export class DebugAttachment {
  /** What the machine is to be again when the debugger takes leave. */
  readonly wasRunning: boolean;
  readonly #port: MessagePort;
  readonly #session: DebugSession;
  #end: 'left' | 'lost' | undefined;

  constructor(port: MessagePort, wasRunning: boolean, open: (link: DebugLink) => DebugSession) {
    this.#port = port;
    this.wasRunning = wasRunning;
    this.#session = open({
      write: (bytes) => this.#post({ kind: 'bytes', bytes }),
      close: () => {
        this.#end ??= 'left';
        this.#post({ kind: 'end' });
      },
    });
  }

  get control(): RunControl {
    return this.#session.control;
  }

  /** How it has ended; undefined: it has not. */
  get end(): 'left' | 'lost' | undefined {
    return this.#end;
  }

  /** Deals with one message, if there is one. Throws what the machine does of what the debugger asks of it. */
  takeNext(): boolean {
    const received = receiveMessageOnPort(this.#port);
    if (received === undefined) return false;
    const message = received.message as DebugLinkDown; // Main sends nothing else.
    switch (message.kind) {
      case 'bytes':
        try {
          this.#session.receive(message.bytes);
        } finally {
          this.#post({ kind: 'taken', byteLength: message.bytes.length });
        }
        break;
      case 'close':
        this.#session.close();
        break;
      case 'lost':
        this.#end ??= 'lost';
        this.#session.lost();
        // Main closes the way, which nobody uses any more.
        this.#post({ kind: 'end' });
        break;
    }
    return true;
  }

  /** Its machine will not run any more. */
  tellEnd(exit: MachineExit): void {
    this.control.tellEnd(endOf(exit));
  }

  #post(message: DebugLinkUp): void {
    this.#port.postMessage(message);
  }
}

function endOf(exit: MachineExit): DebuggedEnd {
  const isCrash = exit.reason === 'shutdown' || exit.reason === 'error';
  // What the guest wrote to its exit port.
  const status = exit.reason === 'poweroff' && /^\d+$/.test(exit.detail) ? Number(exit.detail) : 0;
  return { isCrash, status };
}
