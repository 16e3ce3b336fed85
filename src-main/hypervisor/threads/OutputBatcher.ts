import type { MessagePort } from 'node:worker_threads';
import { SOUND_RATE_HZ } from '../../machine/sound/Mixer.ts';
import type { Screen } from '../../machine/vga/Screen.ts';
import type { TextScreen } from '../../machine/vga/TextScreen.ts';
import { monotonicMs } from '../scheduler/hostClock.ts';
import { CONSOLE_PORT } from '../types.ts';
import { BATCH_TAKEN_WORD, BATCHES_UNDER_WAY_MOST } from './protocol.ts';
import type { ThreadBatch, ThreadHappening, ThreadMessage } from './protocol.ts';
import type { ThreadMachine } from './ThreadMachine.ts';

/** Longest time that output is held back. */
const BATCH_INTERVAL_MS = 10;
/** Containment entries repeat: their counts are sent this often. */
const CONTAINMENT_INTERVAL_MS = 100;
/** Output held for one serial port; when it is full the batch is sent at once. */
const SERIAL_BUFFER_BYTES = 64 * 1024;
/** Text of a trace that is held back; more is sent at once. */
const TRACE_BUFFER_CHARACTERS = 64 * 1024;
/** Sound held while main takes nothing, in samples of one channel: a fifth of a second. */
const SOUND_MOST = (2 * SOUND_RATE_HZ) / 5;

class SerialBuffer {
  readonly bytes = new Uint8Array(SERIAL_BUFFER_BYTES);
  length = 0;
}

/** Collects what a machine puts out, and sends it to main in batches of bounded size and number. */
export class OutputBatcher {
  readonly #port: MessagePort;
  readonly #taken: Int32Array;
  readonly #serial = new Map<number, SerialBuffer>();
  #machine: ThreadMachine | undefined;
  #happenings: ThreadHappening[] = [];
  #sound: Int16Array[] = [];
  /** Of `#sound`, in samples of one channel. */
  #soundLength = 0;
  /** Lines in ASCII. */
  #trace = '';
  #sent = 0;
  #sentAt = 0;
  #containmentAt = 0;
  #isSerialFull = false;
  #screenIntervalMs = Infinity;
  #screenAt = 0;
  #isScreenStale = true;
  /** The text screen that was sent last; undefined after a picture. */
  #text: TextScreen | undefined;

  constructor(port: MessagePort, batches: SharedArrayBuffer) {
    this.#port = port;
    this.#taken = new Int32Array(batches);
  }

  attach(machine: ThreadMachine): void {
    this.#machine = machine;
  }

  /** The machine runs: its screen may change. */
  noteRun(): void {
    this.#isScreenStale = true;
  }

  /** Called from inside the machine's `run`. */
  serial(port: number, byte: number): void {
    let buffer = this.#serial.get(port);
    if (buffer === undefined) this.#serial.set(port, (buffer = new SerialBuffer()));
    if (buffer.length === buffer.bytes.length)
      this.#send({ serial: this.#takeSerial(), screen: null, containment: [], media: [] });
    buffer.bytes[buffer.length++] = byte;
    if (buffer.length > SERIAL_BUFFER_BYTES / 2) this.#isSerialFull = true;
  }

  /** Called from inside the machine's `run`. */
  console(bytes: Uint8Array): void {
    for (const byte of bytes) this.serial(CONSOLE_PORT, byte);
  }

  /** Called from inside the machine's `run`. What is not sent in time is not worth hearing. */
  sound(samples: Int16Array): void {
    this.#sound.push(samples);
    this.#soundLength += samples.length;
    while (this.#soundLength > SOUND_MOST) this.#soundLength -= this.#sound.shift()?.length ?? 0;
  }

  /** Called between two runs of the machine, and between two steps of one. */
  trace(text: string): void {
    this.#trace += text;
    // How many batches are under way is bounded, which holds back a machine that says more than can be written.
    if (this.#trace.length >= TRACE_BUFFER_CHARACTERS && !this.isBacklogged) this.flushNow();
  }

  happen(happening: ThreadHappening): void {
    this.#happenings.push(happening);
  }

  setScreenRate(perSecond: number): void {
    this.#screenIntervalMs = perSecond > 0 ? 1000 / perSecond : Infinity;
    this.#screenAt = 0;
    this.#isScreenStale = perSecond > 0;
    this.#text = undefined;
  }

  /** Main has not taken what was sent: the guest is to wait. */
  get isBacklogged(): boolean {
    return this.#sent - Atomics.load(this.#taken, BATCH_TAKEN_WORD) >= BATCHES_UNDER_WAY_MOST;
  }

  /** Sends what is due; cheap when nothing is. */
  flushIfDue(): void {
    const now = monotonicMs();
    const hasHappened = this.#happenings.length > 0;
    const isDue = now - this.#sentAt >= BATCH_INTERVAL_MS || this.#isSerialFull || hasHappened;
    // With what happened goes what led to it: a crash is not known before the attempt that caused it.
    const isContainmentDue = hasHappened || now - this.#containmentAt >= CONTAINMENT_INTERVAL_MS;
    if (isDue && !this.isBacklogged) this.#flush(now, isContainmentDue);
  }

  /** Sends everything at once, unless main has too much to take already. */
  flushNow(): void {
    if (!this.isBacklogged) this.#flush(monotonicMs(), true);
  }

  /** Sends everything before the thread sleeps. Returns for how long it may sleep until a look at the screen is due. */
  flushBeforeSleep(): number {
    const now = monotonicMs();
    if (!this.isBacklogged) this.#flush(now, true);
    return this.#isScreenStale ? Math.max(0, this.#screenAt + this.#screenIntervalMs - now) : Infinity;
  }

  #flush(now: number, withContainment: boolean): void {
    const containment = withContainment ? (this.#machine?.drainContainment() ?? []) : [];
    if (withContainment) this.#containmentAt = now;
    const serial = this.#takeSerial();
    const screen = this.#changedScreen(now);
    const media = this.#machine?.changedMedia() ?? [];
    const lists = [serial, containment, media, this.#happenings];
    const hasSome =
      this.#soundLength > 0 || this.#trace !== '' || screen !== null || lists.some(({ length }) => length > 0);
    if (hasSome) this.#send({ serial, screen, containment, media });
    this.#sentAt = now;
  }

  #send(output: Omit<ThreadBatch, 'happenings' | 'sound' | 'trace'>): void {
    const { serial, screen } = output;
    const sound = this.#takeSound();
    const trace = this.#trace === '' ? null : new TextEncoder().encode(this.#trace);
    const batch: ThreadBatch = { ...output, happenings: this.#happenings, sound, trace };
    this.#happenings = [];
    this.#trace = '';
    this.#isSerialFull = false;
    this.#sent++;
    const message: ThreadMessage = { kind: 'batch', batch };
    this.#port.postMessage(
      message,
      // Made just now: not shared.
      [
        ...serial.map(({ bytes }) => bytes.buffer),
        ...(sound ? [sound.buffer] : []),
        ...(trace ? [trace.buffer] : []),
        ...(screen?.mode === 'graphics' ? [screen.pixels.buffer] : []),
      ].map((buffer) => buffer as ArrayBuffer),
    );
  }

  #takeSerial(): ThreadBatch['serial'] {
    const taken: { port: number; bytes: Uint8Array }[] = [];
    for (const [port, buffer] of this.#serial) {
      if (buffer.length === 0) continue;
      taken.push({ port, bytes: buffer.bytes.slice(0, buffer.length) });
      buffer.length = 0;
    }
    return taken;
  }

  #takeSound(): Int16Array | null {
    if (this.#soundLength === 0) return null;
    const samples = new Int16Array(this.#soundLength);
    let at = 0;
    for (const part of this.#sound) {
      samples.set(part, at);
      at += part.length;
    }
    this.#sound = [];
    this.#soundLength = 0;
    return samples;
  }

  #changedScreen(now: number): Screen | null {
    if (this.#machine === undefined || !this.#isScreenStale || now - this.#screenAt < this.#screenIntervalMs)
      return null;
    this.#screenAt = now;
    this.#isScreenStale = false;
    const screen = this.#machine.changedScreen();
    if (screen?.mode !== 'text') {
      if (screen) this.#text = undefined;
      return screen ?? null;
    }
    if (this.#text !== undefined && isSameScreen(this.#text, screen)) return null;
    this.#text = screen;
    return screen;
  }
}

function isSameScreen(a: TextScreen, b: TextScreen): boolean {
  return (
    a.columns === b.columns &&
    a.rows === b.rows &&
    a.cursor === b.cursor &&
    a.cursorTop === b.cursorTop &&
    a.cursorBottom === b.cursorBottom &&
    a.isBlinking === b.isBlinking &&
    a.cellWidth === b.cellWidth &&
    a.cellHeight === b.cellHeight &&
    a.extendsLineGraphics === b.extendsLineGraphics &&
    a.underline === b.underline &&
    a.scrollLines === b.scrollLines &&
    a.scrollPixels === b.scrollPixels &&
    areSameBytes(a.cells, b.cells) &&
    areSameBytes(a.glyphs, b.glyphs) &&
    areSameBytes(a.palette, b.palette)
  );
}

function areSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
