import type { Interrupt } from '../../../src-main/cli/ExitStatus.ts';
import type { InputListener, Terminal } from '../../../src-main/cli/Terminal.ts';

/** A terminal whose output is collected and whose keys the test types. */
export class TestTerminal implements Terminal {
  readonly complaints: string[] = [];
  /** The command asks for input: the test may type now. */
  onListen: (() => void) | undefined;
  private readonly chunks: string[] = [];
  private readonly decoder = new TextDecoder();
  private listener: InputListener | undefined;
  private interrupt: ((signal: Interrupt) => void) | undefined;
  private readonly isTerminal: boolean;

  constructor(options: { readonly isTerminal?: boolean } = {}) {
    this.isTerminal = options.isTerminal ?? false;
  }

  get output(): string {
    return this.chunks.join('');
  }

  write(chunk: string | Uint8Array): Promise<void> {
    this.chunks.push(typeof chunk === 'string' ? chunk : this.decoder.decode(chunk, { stream: true }));
    return Promise.resolve();
  }

  complain(line: string): void {
    this.complaints.push(line);
  }

  listen(listener: InputListener): () => void {
    this.listener = listener;
    listener.isInteractive(this.isTerminal);
    if (this.onListen) this.onListen();
    else listener.onEnd();
    return () => (this.listener = undefined);
  }

  onInterrupt(listener: (signal: Interrupt) => void): () => void {
    this.interrupt = listener;
    return () => (this.interrupt = undefined);
  }

  type(text: string): void {
    this.listener?.onBytes(new TextEncoder().encode(text));
  }

  endInput(): void {
    this.listener?.onEnd();
  }

  /** A signal does not end the process on the spot. */
  get hearsInterrupts(): boolean {
    return this.interrupt !== undefined;
  }

  send(signal: Interrupt): void {
    this.interrupt?.(signal);
  }
}
