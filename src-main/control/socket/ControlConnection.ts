import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import path from 'node:path';
import { contract, type EventPayload } from '../../../src-preload/contract/contract.ts';
import type { Outcome, ProblemCode } from '../../../src-preload/contract/Outcome.ts';
import type { StreamDown } from '../../../src-preload/contract/streams.ts';
import { CONTROL_CALLS, type ControlEvent } from '../Control.ts';
import type { ControlService } from '../ControlService.ts';
import { describeIssues, dispatchCall } from '../dispatch.ts';
import { refuse, succeed } from '../outcomes.ts';
import { MachineViewSource } from '../streams/MachineViewSource.ts';
import { StreamPort } from '../streams/StreamPort.ts';
import {
  ClientMessage,
  Hello,
  PROTOCOL_VERSION,
  REQUEST_BYTES_MOST,
  type OwnerMessage,
  type Release,
} from './protocol.ts';
import { SocketPort } from './SocketPort.ts';
import { decodeLine, encodeLine, LineSplitter } from './wire.ts';

/** A client has this long to say who it is. */
const HELLO_MS_MOST = 5_000;
/** Calls of one client under way at a time; what it says beyond is read later. */
const CALLS_MOST = 16;
/** Bytes waiting for a client from which no more of its messages are read. */
const WAITING_BYTES_SOME = 1024 * 1024;
/** And from which on it is given up: events come whether it reads or not. */
const WAITING_BYTES_MOST = 16 * 1024 * 1024;
const STREAMS_MOST = 16;
/** How long a client may take to read the last words. */
const PARTING_MS = 1_000;

export interface ConnectionParts {
  readonly service: ControlService;
  readonly owner: 'window' | 'headless';
  readonly token: string;
  /** Ends the owner if nothing keeps it; see the protocol. */
  release(suspends: boolean): Promise<Outcome<Release>>;
  onClose(): void;
  log(message: string, error: unknown): void;
}

/** One client of a control server. Nothing that it says or does not say harms the owner: at worst it is let go. */
export class ControlConnection {
  private readonly socket: Socket;
  private readonly parts: ConnectionParts;
  private readonly lines = new LineSplitter(REQUEST_BYTES_MOST);
  /** Said by the client and not yet heeded. */
  private readonly waiting: Uint8Array[] = [];
  private readonly streams = new Map<number, { readonly port: SocketPort; readonly stream: StreamPort }>();
  private readonly helloTimer: NodeJS.Timeout;
  private isKnown = false;
  private isSubscribed = false;
  private isOver = false;
  private calls = 0;

  constructor(socket: Socket, parts: ConnectionParts) {
    this.socket = socket;
    this.parts = parts;
    this.helloTimer = setTimeout(() => this.end('invalid-message', 'Nothing was said in time.'), HELLO_MS_MOST);
    socket.on('data', (chunk: Uint8Array) => this.receive(chunk));
    socket.on('drain', () => this.heed());
    // Its `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => this.onClosed());
  }

  emit<Name extends ControlEvent>(name: Name, payload: EventPayload<Name>): void {
    if (this.isSubscribed) this.send({ kind: 'event', name, payload });
  }

  close(): void {
    this.isOver = true;
    this.socket.destroySoon();
    // A client that reads nothing would keep it open.
    setTimeout(() => this.socket.destroy(), PARTING_MS).unref();
  }

  private receive(chunk: Uint8Array): void {
    if (this.isOver) return;
    const lines = this.lines.push(chunk);
    if (lines === 'too-long') {
      this.end('invalid-message', `A message is longer than ${REQUEST_BYTES_MOST} bytes.`);
      return;
    }
    this.waiting.push(...lines);
    this.heed();
  }

  /** Takes up what the client said, as much as is good for the owner. */
  private heed(): void {
    while (!this.isOver && !this.isBusy) {
      const line = this.waiting.shift();
      if (line === undefined) break;
      this.obey(line);
    }
    if (this.isOver) return;
    if (this.waiting.length > 0 || this.isBusy) this.socket.pause();
    else this.socket.resume();
  }

  /** It waits for something to be done. */
  get isAtWork(): boolean {
    return this.calls > 0;
  }

  private get isBusy(): boolean {
    return this.calls >= CALLS_MOST || this.socket.writableLength > WAITING_BYTES_SOME;
  }

  private obey(line: Uint8Array): void {
    let message: unknown;
    try {
      message = decodeLine(line);
    } catch {
      this.end('invalid-message', 'A message is not a line of JSON.');
      return;
    }
    if (!this.isKnown) {
      this.greet(message);
      return;
    }
    const parsed = ClientMessage.safeParse(message);
    if (parsed.success) this.answer(parsed.data);
    else this.end('invalid-message', `A message makes no sense: ${describeIssues(parsed.error.issues)}.`);
  }

  private greet(message: unknown): void {
    const { data } = Hello.safeParse(message);
    const { owner, token } = this.parts;
    if (!data || !isSame(data.token, token)) {
      this.end('access-not-granted', 'Only the user who runs Vivarium may control its machines.');
      return;
    }
    if (data.protocol !== PROTOCOL_VERSION) {
      const versions = `version ${data.protocol} of the protocol, and the Vivarium that runs speaks ${PROTOCOL_VERSION}`;
      this.end('invalid-message', `This command speaks ${versions}. Quit the older of the two and start it anew.`);
      return;
    }
    clearTimeout(this.helloTimer);
    this.isKnown = true;
    this.send({ kind: 'hello', protocol: PROTOCOL_VERSION, owner, pid: process.pid });
  }

  private answer(message: ClientMessage): void {
    const { grants } = this.parts.service;
    switch (message.kind) {
      case 'call':
        void this.call(message);
        return;
      case 'grant':
        this.reply(
          message.id,
          path.isAbsolute(message.path)
            ? succeed(grants.grant(message.path, message.access))
            : refuse('file-unreadable', `${message.path} is not an absolute path.`),
        );
        return;
      case 'path':
        this.reply(message.id, succeed(grants.resolve(message.token, 'read')));
        return;
      case 'release':
        void this.parts.release(message.suspends).then((outcome) => this.reply(message.id, outcome));
        return;
      case 'subscribe':
        this.isSubscribed = true;
        this.reply(message.id, succeed(undefined));
        return;
      case 'open':
        this.reply(message.id, this.open(message));
        return;
      case 'up':
        this.streams.get(message.stream)?.port.receive(message.message);
        return;
    }
  }

  private async call({ id, name, input }: ClientMessage & { kind: 'call' }): Promise<void> {
    this.calls += 1;
    const { service, log } = this.parts;
    const isKnown = CONTROL_CALLS.some((call) => call === name);
    const outcome = await dispatchCall(isKnown ? service.handlers : {}, name, input, (error, where) =>
      log(`A bug in ${where}`, error),
    );
    this.calls -= 1;
    this.reply(id, outcome);
    this.heed();
  }

  /** The serial console alone: other parts' frames hold typed arrays that JSON has no form for. */
  private open({ stream: number, name, parameters }: ClientMessage & { kind: 'open' }): Outcome<void> {
    if (name !== 'stream:machine') return refuse('unknown-message', `There is no stream ${name} here.`);
    const parsed = contract[name].parameters.safeParse(parameters);
    if (!parsed.success) return refuse('invalid-message', `${name}: ${describeIssues(parsed.error.issues)}`);
    const { id, parts, intervalMs } = parsed.data;
    if (parts.some((part) => part !== 'serial'))
      return refuse('invalid-message', `${name}: only the part serial is here.`);
    if (this.streams.has(number) || this.streams.size >= STREAMS_MOST)
      return refuse('invalid-message', `The stream ${number} is open already, or too many are.`);
    const { hypervisor } = this.parts.service;
    if (!hypervisor.get(id)) return refuse('machine-not-found', 'That machine no longer exists.');
    const port = new SocketPort((down: StreamDown) => this.send({ kind: 'down', stream: number, message: down }));
    const source = new MachineViewSource(hypervisor, id, parts);
    const stream = new StreamPort(port, source, intervalMs, () => true, () => this.streams.delete(number)); // prettier-ignore
    this.streams.set(number, { port, stream });
    return succeed(undefined);
  }

  private reply(id: number, outcome: Outcome<unknown>): void {
    this.send({ kind: 'answer', id, outcome: outcome.ok ? { ok: true, value: outcome.value } : outcome });
  }

  private send(message: OwnerMessage): void {
    if (this.isOver || this.socket.destroyed) return;
    this.socket.write(encodeLine(message));
    if (this.socket.writableLength > WAITING_BYTES_MOST) this.socket.destroy();
  }

  /** Says why, and hangs up. */
  private end(code: ProblemCode, message: string): void {
    this.send({ kind: 'refused', problem: { code, message } });
    this.waiting.length = 0;
    this.close();
  }

  private onClosed(): void {
    this.isOver = true;
    clearTimeout(this.helloTimer);
    for (const { stream } of [...this.streams.values()]) stream.close();
    this.parts.onClose();
  }
}

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
