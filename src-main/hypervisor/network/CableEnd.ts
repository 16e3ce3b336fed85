import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';

/** Frames in one direction that the other end has not taken: what goes beyond is lost, as on a wire. */
const UNDER_WAY_MOST = 512;

/** What one end of a cable is made of; changes hands with its port. */
export interface CableEndParts {
  readonly port: MessagePort;
  /** Four 32-bit words: what end 0 has sent, what has been taken of it, and the same of end 1. */
  readonly counts: SharedArrayBuffer;
  readonly end: 0 | 1;
}

/** The two ends of a new cable, each for a thread of its own. */
export function makeCable(): readonly [CableEndParts, CableEndParts] {
  const { port1, port2 } = new MessageChannel();
  const counts = new SharedArrayBuffer(16);
  return [
    { port: port1, counts, end: 0 },
    { port: port2, counts, end: 1 },
  ];
}

/**
 * One end of a cable for Ethernet frames between two threads. Frames go in batches, each one buffer that changes hands;
 * they are counted, so that a flood is lost instead of filling memory.
 */
export class CableEnd {
  private readonly port: MessagePort;
  private readonly counts: Int32Array;
  private readonly sentWord: number;
  private readonly arrivedWord: number;
  /** Not on their way yet. */
  private waiting: Uint8Array[] = [];
  private arrived = 0;

  constructor({ port, counts, end }: CableEndParts) {
    this.port = port;
    this.counts = new Int32Array(counts);
    this.sentWord = 2 * end;
    this.arrivedWord = 2 - 2 * end;
  }

  /** The frame goes with the next `flush`. Its bytes must stay as they are until then. */
  send(frame: Uint8Array): void {
    const taken = Atomics.load(this.counts, this.sentWord + 1);
    const sent = Atomics.load(this.counts, this.sentWord);
    if (((sent - taken) | 0) + this.waiting.length < UNDER_WAY_MOST) this.waiting.push(frame);
  }

  /** Returns whether there was anything to send. */
  flush(): boolean {
    if (this.waiting.length === 0) return false;
    const batch = pack(this.waiting);
    this.port.postMessage(batch, [batch]);
    Atomics.add(this.counts, this.sentWord, this.waiting.length);
    this.waiting = [];
    return true;
  }

  /** What has arrived, in order, for a thread that never returns to its event loop. The frames count as taken. */
  receive(): readonly Uint8Array[] {
    if (Atomics.load(this.counts, this.arrivedWord) === this.arrived) return [];
    const received = receiveMessageOnPort(this.port) as { message: ArrayBuffer } | undefined;
    if (received === undefined) return [];
    const frames = unpack(received.message);
    this.arrived = (this.arrived + frames.length) | 0;
    this.noteTaken(frames.length);
    return frames;
  }

  /** What arrives from now on, for a thread with an event loop; what it has done with must be told by `noteTaken`. */
  onFrames(listener: (frames: readonly Uint8Array[]) => void): void {
    this.port.on('message', (batch: ArrayBuffer) => listener(unpack(batch)));
  }

  noteTaken(count: number): void {
    Atomics.add(this.counts, this.arrivedWord + 1, count);
  }

  close(): void {
    this.port.close();
  }
}

/** Each frame behind its length, 16 bits, low byte first. */
function pack(frames: readonly Uint8Array[]): ArrayBuffer {
  const batch = new Uint8Array(frames.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const frame of frames) {
    batch[at] = frame.length & 0xff;
    batch[at + 1] = frame.length >> 8;
    batch.set(frame, at + 2);
    at += 2 + frame.length;
  }
  return batch.buffer;
}

/** Windows on the batch. */
function unpack(batch: ArrayBuffer): Uint8Array[] {
  const bytes = new Uint8Array(batch);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    frames.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return frames;
}
