import type { StreamDown, StreamUp } from '../../../src-preload/contract/streams.ts';
import type { Port } from '../streams/StreamPort.ts';

/** One stream's share of a socket, in the shape of a MessagePort. */
export class SocketPort implements Port {
  readonly postMessage: (message: StreamDown) => void;
  private readonly listeners: ((event: { readonly data: unknown }) => void)[] = [];

  constructor(send: (message: StreamDown) => void) {
    this.postMessage = send;
  }

  start(): void {
    // The socket is read all the time.
  }

  close(): void {
    this.listeners.length = 0;
  }

  on(event: 'message' | 'close', listener: (event: { readonly data: unknown }) => void): void {
    if (event === 'message') this.listeners.push(listener);
  }

  receive(message: StreamUp): void {
    for (const listener of [...this.listeners]) listener({ data: message });
  }
}
