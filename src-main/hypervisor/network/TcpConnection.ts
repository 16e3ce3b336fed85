import type { Socket } from 'node:net';
import { SEGMENT_BYTES, TCP, sequenceDistance, type TcpSegment } from './tcp.ts';
import type { Endpoint } from './udp.ts';

const WINDOW_BYTES = 0xffff;
/** Bytes from the host that wait for the guest; beyond, the host's socket is not read. */
const MOST_WAITING = 256 * 1024;
const FIRST_RETRY_MS = 400;
const MOST_RETRIES = 8;

export interface TcpConnectionOptions {
  readonly guest: Endpoint;
  readonly remote: Endpoint;
  /** Connecting, not yet connected. */
  readonly socket: Socket;
  /** Of the guest's SYN. */
  readonly guestSequence: number;
  readonly guestWindow: number;
  readonly firstSequence: number;
  readonly send: (segment: TcpSegment) => void;
  /** It is over; nothing is sent any more. */
  readonly onClosed: () => void;
}

/**
 * One connection of a guest's, ended here and carried on by a socket of the host (RFC 9293). The guest's side is
 * a virtual wire on which frames are lost only when the guest has no room for them, so there is no congestion
 * control; what is not acknowledged is sent again.
 */
export class TcpConnection {
  private readonly options: TcpConnectionOptions;
  /** The next byte expected of the guest. */
  private expected: number;
  private guestWindow: number;
  /** Sequence number of the first byte in `waiting`. */
  private unacknowledged: number;
  /** Bytes from the host that the guest has not acknowledged; the first `inFlight` of them are sent. */
  private waiting: Buffer = Buffer.alloc(0);
  private inFlight = 0;
  private isOpen = false;
  private isClosed = false;
  /** The guest has sent its FIN; the host its end, our FIN has gone, and has been acknowledged. */
  private hasGuestEnded = false;
  private hasHostEnded = false;
  private hasSentEnd = false;
  private isEndAcknowledged = false;
  private retries = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: TcpConnectionOptions) {
    this.options = options;
    this.expected = (options.guestSequence + 1) >>> 0;
    this.guestWindow = options.guestWindow;
    this.unacknowledged = (options.firstSequence + 1) >>> 0;
    const { socket } = options;
    socket.setNoDelay(true);
    socket.on('connect', () => this.onConnected());
    socket.on('data', (data: Buffer) => this.onHostData(data));
    socket.on('end', () => {
      this.hasHostEnded = true;
      this.pump();
    });
    socket.on('drain', () => this.acknowledge());
    socket.on('error', () => this.abort());
    socket.on('close', () => {
      if (this.hasHostEnded) this.closeIfOver();
      else this.abort();
    });
  }

  /** A segment of the guest's for this connection. */
  receive(segment: TcpSegment): void {
    if (this.isClosed) return;
    if (segment.flags & TCP.reset) {
      this.close();
      return;
    }
    if (segment.flags & TCP.syn) {
      // Its SYN again: the answer was lost, or the host is still connecting.
      if (this.isOpen) this.sendSynchronization();
      return;
    }
    if (!this.isOpen) return;
    if (segment.flags & TCP.acknowledge) this.onAcknowledged(segment);
    this.takeData(segment);
    this.pump();
    this.closeIfOver();
  }

  /** Both ends know of each other's, and the host has taken all that the guest said. */
  private closeIfOver(): void {
    if (this.hasGuestEnded && this.isEndAcknowledged && this.options.socket.writableFinished) this.close();
  }

  /** Ends it without a word to the guest. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.timer);
    this.options.socket.destroy();
    this.options.onClosed();
  }

  private onConnected(): void {
    this.isOpen = true;
    this.sendSynchronization();
    this.startTimer();
  }

  private sendSynchronization(): void {
    this.sendSegment(this.options.firstSequence, TCP.syn | TCP.acknowledge);
  }

  private onHostData(data: Buffer): void {
    this.waiting = this.waiting.length === 0 ? data : Buffer.concat([this.waiting, data]);
    if (this.waiting.length > MOST_WAITING) this.options.socket.pause();
    this.pump();
  }

  private onAcknowledged({ acknowledgement, window }: TcpSegment): void {
    this.guestWindow = window;
    const sentEnd = this.hasSentEnd ? 1 : 0;
    const acknowledged = sequenceDistance(acknowledgement, this.unacknowledged);
    if (acknowledged <= 0 || acknowledged > this.inFlight + sentEnd) return;
    if (acknowledged > this.inFlight) this.isEndAcknowledged = true;
    const bytes = Math.min(acknowledged, this.inFlight);
    this.waiting = this.waiting.subarray(bytes);
    this.inFlight -= bytes;
    this.unacknowledged = (this.unacknowledged + bytes) >>> 0;
    this.retries = 0;
    if (this.waiting.length <= MOST_WAITING) this.options.socket.resume();
    this.startTimer();
  }

  private takeData({ sequence, data, flags }: TcpSegment): void {
    const hasEnd = (flags & TCP.fin) !== 0;
    if (data.length === 0 && !hasEnd) return;
    const known = sequenceDistance(this.expected, sequence);
    // What is out of order is sent again; what is known already, is acknowledged again.
    if (known >= 0 && known <= data.length && !this.hasGuestEnded) {
      const fresh = data.subarray(known);
      if (fresh.length > 0) this.options.socket.write(Buffer.from(fresh));
      this.expected = (this.expected + fresh.length) >>> 0;
      if (hasEnd) {
        this.hasGuestEnded = true;
        this.expected = (this.expected + 1) >>> 0;
        this.options.socket.end();
      }
    }
    this.acknowledge();
  }

  /** Sends what the guest has room for. */
  private pump(): void {
    if (!this.isOpen || this.isClosed) return;
    const most = Math.min(this.waiting.length, this.guestWindow);
    while (this.inFlight < most) {
      const data = this.waiting.subarray(this.inFlight, Math.min(this.inFlight + SEGMENT_BYTES, most));
      this.sendSegment(this.unacknowledged + this.inFlight, TCP.acknowledge | TCP.push, data);
      this.inFlight += data.length;
    }
    if (this.hasHostEnded && !this.hasSentEnd && this.inFlight === this.waiting.length) {
      this.hasSentEnd = true;
      this.sendSegment(this.unacknowledged + this.inFlight, TCP.acknowledge | TCP.fin);
    }
    if (this.timer === undefined) this.startTimer();
  }

  /** Restarts the clock of what is not acknowledged; stops it when everything is. */
  private startTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const isWaiting = this.waiting.length > 0 || (this.hasSentEnd && !this.isEndAcknowledged);
    if (!isWaiting || this.isClosed) return;
    this.timer = setTimeout(() => this.onTimeout(), FIRST_RETRY_MS << this.retries);
    this.timer.unref();
  }

  private onTimeout(): void {
    this.timer = undefined;
    if (++this.retries > MOST_RETRIES) {
      this.abort();
      return;
    }
    // A closed window is asked for again with one byte (RFC 9293, 3.8.6.1).
    if (this.guestWindow === 0) this.guestWindow = 1;
    this.inFlight = 0;
    this.hasSentEnd = this.isEndAcknowledged;
    this.pump();
    this.startTimer();
  }

  private acknowledge(): void {
    if (!this.isOpen || this.isClosed) return;
    this.sendSegment(this.unacknowledged + this.inFlight + (this.hasSentEnd ? 1 : 0), TCP.acknowledge);
  }

  /** Tells the guest that the connection is no more. */
  private abort(): void {
    if (this.isClosed) return;
    this.sendSegment(this.unacknowledged + this.inFlight, TCP.reset | TCP.acknowledge);
    this.close();
  }

  private sendSegment(sequence: number, flags: number, data: Uint8Array = new Uint8Array()): void {
    const { guest, remote, socket, send } = this.options;
    send({
      source: remote,
      destination: guest,
      sequence: sequence >>> 0,
      acknowledgement: this.expected,
      flags,
      window: Math.max(0, WINDOW_BYTES - socket.writableLength),
      data,
    });
  }
}
