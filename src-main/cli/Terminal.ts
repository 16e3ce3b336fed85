import type { Interrupt } from './ExitStatus.ts';
import { fileProblem } from './problems.ts';

/** The user's side of a command: where it writes, and what is typed to it. */
export interface Terminal {
  /** Standard output, as it is. Resolves when more may be written. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** One line on standard error. */
  complain(line: string): void;
  /**
   * Hands over what comes from standard input until the disposer is called. With a terminal, keys arrive one by
   * one and unechoed.
   */
  listen(listener: InputListener): () => void;
  /** The user or the system wants the command to end (Ctrl-C, SIGTERM, a closed terminal or pipe, a full disk). */
  onInterrupt(listener: (signal: Interrupt) => void): () => void;
}

export interface InputListener {
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onEnd: () => void;
  /** Input comes from a person at a terminal. */
  readonly isInteractive: (isInteractive: boolean) => void;
  /** Enough waits: a pipe's writer is to be held until this is false again. */
  readonly isFull: () => boolean;
}

/** How long a pipe that has filled the listener is left alone. */
const HOLD_MS = 20;

/** A terminal that is closed sends SIGHUP. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly Interrupt[];

/** A reader that has gone away, such as `head`, is no failure of ours. */
function isClosed(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE';
}

/** Standard streams of the process. */
export class ProcessTerminal implements Terminal {
  private readonly interruptListeners = new Set<(signal: Interrupt) => void>();

  constructor() {
    let isTold = false;
    process.stdout.on('error', (error) => {
      if (!isClosed(error) && !isTold) this.complain(fileProblem('standard output', 'written', error));
      isTold = true;
      this.interrupt(isClosed(error) ? 'EPIPE' : 'EIO');
    });
    process.stderr.on('error', (error) => this.interrupt(isClosed(error) ? 'EPIPE' : 'EIO'));
  }

  private interrupt(signal: Interrupt): void {
    for (const listener of this.interruptListeners) listener(signal);
  }

  write(chunk: string | Uint8Array): Promise<void> {
    if (process.stdout.destroyed || process.stdout.write(chunk)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        process.stdout.off('drain', done);
        process.stdout.off('close', done);
        process.stdout.off('error', done);
        resolve();
      };
      process.stdout.on('drain', done).on('close', done).on('error', done);
    });
  }

  complain(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  listen(listener: InputListener): () => void {
    const { stdin } = process;
    const isTerminal = stdin.isTTY;
    listener.isInteractive(isTerminal);
    let isListening = true;
    const onData = (bytes: Buffer): void => {
      listener.onBytes(bytes);
      if (!listener.isFull()) return;
      stdin.pause();
      const retry = (): void => {
        if (!isListening) return;
        if (listener.isFull()) setTimeout(retry, HOLD_MS);
        else stdin.resume();
      };
      setTimeout(retry, HOLD_MS);
    };
    const onEnd = (): void => listener.onEnd();
    if (isTerminal) stdin.setRawMode(true);
    stdin.on('data', onData).on('end', onEnd).on('error', onEnd);
    stdin.resume();
    return () => {
      isListening = false;
      stdin.off('data', onData).off('end', onEnd).off('error', onEnd);
      if (isTerminal) stdin.setRawMode(false);
      // Else an open standard input keeps the process alive.
      stdin.pause();
    };
  }

  onInterrupt(listener: (signal: Interrupt) => void): () => void {
    // Node gives its listeners the signal's name.
    for (const signal of SIGNALS) process.on(signal, listener as NodeJS.SignalsListener);
    this.interruptListeners.add(listener);
    return () => {
      for (const signal of SIGNALS) process.off(signal, listener as NodeJS.SignalsListener);
      this.interruptListeners.delete(listener);
    };
  }
}
