import { connect, type Socket } from 'node:net';
import type { CallInput, CallOutput, EventPayload } from '../../../src-preload/contract/contract.ts';
import type { SerialFrame } from '../../../src-preload/contract/layouts/MachineViewFrame.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { FileGrant } from '../../../src-preload/contract/programs.ts';
import type { Disposer, VmId } from '../../hypervisor/types.ts';
import type { Control, ControlCall, ControlEvent } from '../Control.ts';
import type { FileAccess } from '../files/FileGrants.ts';
import { refuse, succeed } from '../outcomes.ts';
import { readEndpoint } from './endpoint.ts';
import {
  ANSWER_BYTES_MOST,
  OwnerMessage,
  PROTOCOL_VERSION,
  type ClientMessage,
  type Hello,
  type Release,
} from './protocol.ts';
import { decodeLine, encodeLine, LineSplitter } from './wire.ts';
import type { z } from 'zod';

/** An owner that lives answers at once; one that is busy starting machines may need a moment. */
const HELLO_MS_MOST = 10_000;
/** Frames of a serial console that a person can follow. */
const SERIAL_INTERVAL_MS = 20;

type Request = ClientMessage extends infer Message
  ? Message extends { id: number }
    ? Omit<Message, 'id'>
    : never
  : never;

export interface SerialListener {
  /** The next but one comes when this is done. */
  onSerial(frame: SerialFrame): Promise<void>;
  /** The machine was deleted, or the owner has ended. */
  onEnd(): void;
}

/** Speaks to the owner of a store. When the owner ends, what is under way fails, and the listeners are told. */
export class ControlClient implements Control {
  readonly owner: 'window' | 'headless';
  private readonly socket: Socket;
  private readonly lines = new LineSplitter(ANSWER_BYTES_MOST);
  private readonly calls = new Map<number, (outcome: Outcome<unknown>) => void>();
  private readonly listeners = new Map<ControlEvent, Set<(payload: never) => void>>();
  private readonly streams = new Map<number, SerialListener>();
  private readonly endListeners = new Set<() => void>();
  private nextId = 1;
  private isSubscribed = false;
  private isOver = false;

  /** Undefined when nobody has the store open, or nobody who listens. A refusal is one in the user's words. */
  static async connect(store: string): Promise<Outcome<ControlClient> | undefined> {
    const endpoint = await readEndpoint(store);
    if (!endpoint) return undefined;
    const socket = connect(endpoint.address);
    const hello: z.infer<typeof Hello> = { kind: 'hello', protocol: PROTOCOL_VERSION, token: endpoint.token };
    socket.write(encodeLine(hello));
    return new Promise((resolve) => {
      const lines = new LineSplitter(ANSWER_BYTES_MOST);
      const settle = (outcome: Outcome<ControlClient> | undefined): void => {
        clearTimeout(timer);
        socket.off('data', onData).off('error', onGone).off('close', onGone);
        if (!outcome?.ok) socket.on('error', () => undefined).destroy();
        resolve(outcome);
      };
      const onGone = (): void => settle(undefined);
      const onData = (chunk: Uint8Array): void => {
        const complete = lines.push(chunk);
        const message = complete === 'too-long' ? undefined : complete[0] && parse(complete[0]);
        if (message?.kind === 'hello') settle(succeed(new ControlClient(socket, message.owner)));
        else if (message?.kind === 'refused') settle({ ok: false, problem: message.problem });
        else if (complete.length > 0) settle(strange());
      };
      const timer = setTimeout(() => settle(silent(endpoint.pid)), HELLO_MS_MOST);
      socket.on('data', onData).on('error', onGone).on('close', onGone);
    });
  }

  private constructor(socket: Socket, owner: 'window' | 'headless') {
    this.socket = socket;
    this.owner = owner;
    socket.on('data', (chunk: Uint8Array) => this.receive(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.onClosed());
  }

  async call<Name extends ControlCall>(name: Name, input: CallInput<Name>): Promise<Outcome<CallOutput<Name>>> {
    // The owner answers as the contract says.
    return (await this.ask({ kind: 'call', name, input })) as Outcome<CallOutput<Name>>;
  }

  async grantFile(path: string, access: FileAccess): Promise<FileGrant> {
    const outcome = (await this.ask({ kind: 'grant', path, access })) as Outcome<FileGrant>;
    if (outcome.ok) return outcome.value;
    throw new Error(outcome.problem.message);
  }

  async pathOf(token: string): Promise<string | null> {
    const outcome = (await this.ask({ kind: 'path', token })) as Outcome<string | null>;
    return outcome.ok ? outcome.value : null;
  }

  /** Asks a headless owner to end; with `suspends`, though machines are on. */
  async release({ suspends = false }: { readonly suspends?: boolean } = {}): Promise<Outcome<Release>> {
    return (await this.ask({ kind: 'release', suspends })) as Outcome<Release>;
  }

  on<Name extends ControlEvent>(name: Name, listener: (payload: EventPayload<Name>) => void): Disposer {
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners.add(listener));
    if (!this.isSubscribed) {
      this.isSubscribed = true;
      void this.ask({ kind: 'subscribe' });
    }
    return () => void listeners.delete(listener);
  }

  /** The owner has ended, or has let this client go. */
  onEnd(listener: () => void): Disposer {
    this.endListeners.add(listener);
    return () => void this.endListeners.delete(listener);
  }

  /** What a machine's first serial port sends: first what is kept of the past. */
  async followSerial(id: VmId, listener: SerialListener): Promise<Outcome<Disposer>> {
    const stream = this.nextId++;
    this.streams.set(stream, listener);
    const parameters = { id, parts: ['serial'], intervalMs: SERIAL_INTERVAL_MS };
    const opened = await this.ask({ kind: 'open', stream, name: 'stream:machine', parameters });
    if (!opened.ok) {
      this.streams.delete(stream);
      return opened;
    }
    return succeed(() => {
      if (this.streams.delete(stream)) this.send({ kind: 'up', stream, message: { kind: 'close' } });
    });
  }

  close(): Promise<void> {
    if (this.isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.socket.once('close', () => resolve());
      this.socket.destroySoon();
    });
  }

  private ask(request: Request): Promise<Outcome<unknown>> {
    if (this.isOver) return Promise.resolve(ended());
    const id = this.nextId++;
    return new Promise((resolve) => {
      this.calls.set(id, resolve);
      this.send({ ...request, id } as ClientMessage);
    });
  }

  private send(message: ClientMessage): void {
    if (!this.socket.destroyed) this.socket.write(encodeLine(message));
  }

  private receive(chunk: Uint8Array): void {
    const lines = this.lines.push(chunk);
    if (lines === 'too-long') {
      this.socket.destroy();
      return;
    }
    for (const line of lines) {
      const message = parse(line);
      if (message) this.heed(message);
      else this.socket.destroy();
    }
  }

  private heed(message: OwnerMessage): void {
    switch (message.kind) {
      case 'answer': {
        const { id, outcome } = message;
        const settle = this.calls.get(id);
        this.calls.delete(id);
        settle?.(outcome.ok ? succeed(outcome.value) : outcome);
        return;
      }
      case 'event':
        for (const [name, listeners] of this.listeners) {
          // The owner's events are the contract's, with their payloads.
          if (name === message.name) for (const listener of [...listeners]) listener(message.payload as never);
        }
        return;
      case 'down':
        this.heedStream(message);
        return;
      case 'refused':
        for (const settle of this.calls.values()) settle({ ok: false, problem: message.problem });
        this.calls.clear();
        return;
      case 'hello':
        return;
    }
  }

  private heedStream({ stream, message }: OwnerMessage & { kind: 'down' }): void {
    const listener = this.streams.get(stream);
    if (message.kind === 'end') {
      this.streams.delete(stream);
      listener?.onEnd();
      return;
    }
    // Only the part `serial` was asked for.
    const { serial } = message.frame as { readonly serial?: SerialFrame };
    const acknowledge = (): void => {
      this.send({ kind: 'up', stream, message: { kind: 'ack', sequence: message.sequence } });
    };
    if (serial && listener) void listener.onSerial(serial).then(acknowledge);
    else acknowledge();
  }

  private onClosed(): void {
    this.isOver = true;
    for (const settle of this.calls.values()) settle(ended());
    this.calls.clear();
    for (const listener of this.streams.values()) listener.onEnd();
    this.streams.clear();
    for (const listener of [...this.endListeners]) listener();
  }
}

function parse(line: Uint8Array): OwnerMessage | undefined {
  try {
    return OwnerMessage.safeParse(decodeLine(line)).data;
  } catch {
    return undefined;
  }
}

function strange(): Outcome<never> {
  return refuse('internal', 'What has the machines open does not answer as Vivarium does. It may be another version.');
}

function silent(pid: number | undefined): Outcome<never> {
  const name = pid === undefined ? 'The Vivarium' : `The Vivarium (process ${pid})`;
  const what = `${name} that has the machines open does not answer. It may be busy or hung: wait, or end it.`;
  return refuse('internal', what, pid === undefined ? {} : { pid });
}

function ended(): Outcome<never> {
  return refuse('internal', 'The Vivarium that had the machines open has ended before it answered.');
}
