import type { DeviceState } from '../BusDevice.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { checkVersion, readFlag, readNumber, readTime } from '../snapshot.ts';
import { sampleTime } from './Mixer.ts';

const DWORD_BYTES = 4;
/** What is moved at once, in samples: more than a period of any driver. */
const MOST_SAMPLES = 96_000;

/** How a channel's samples lie in memory, and how fast they pass. */
export interface SampleFormat {
  readonly isStereo: boolean;
  readonly is16Bit: boolean;
  readonly rateHz: number;
}

/** One of the chip's three DMA channels: a ring of frames in memory, a count of samples to the next interrupt. */
export class Es1370Channel {
  readonly direction: 'playback' | 'capture';
  frameAddress = 0;
  /** The ring's length in double words, less one. */
  frameSize = 0;
  /** Samples between interrupts, less one, and those that are left of them. */
  sampleCount = 0;
  private samplesLeft = 0;
  /** Byte in the ring that comes next. */
  private position = 0;
  private isRunning = false;
  /** When the first sample since the last start was due, and how many have passed. */
  private startNs = 0;
  private passed = 0;
  /** Samples that are heard next, left and right in turn, and the number of the first. */
  private heard: number[] = [];
  private firstHeard = 0;

  constructor(direction: 'playback' | 'capture') {
    this.direction = direction;
  }

  /** Double words into the ring. */
  get frameCount(): number {
    return this.position >> 2;
  }

  get isPlaying(): boolean {
    return this.isRunning;
  }

  get countLeft(): number {
    return this.samplesLeft;
  }

  setFrame(size: number, count: number): void {
    this.frameSize = size;
    this.position = count * DWORD_BYTES;
  }

  setSampleCount(count: number): void {
    this.sampleCount = count;
    this.samplesLeft = count;
  }

  /** Starts or stops; a new format starts anew as well. */
  setRunning(isRunning: boolean, nowNs: number, isNewFormat: boolean): void {
    if (isRunning === this.isRunning && !isNewFormat) return;
    this.isRunning = isRunning;
    this.startNs = Math.round(nowNs);
    this.passed = 0;
    this.heard = [];
    this.firstHeard = 0;
  }

  /** When the next interrupt is due. */
  nextInterrupt(format: SampleFormat): number | undefined {
    return this.isRunning ? this.startNs + ((this.passed + this.samplesLeft + 1) * 1e9) / format.rateHz : undefined;
  }

  /** Moves the samples that are due; returns whether the count ran out. */
  advance(nowNs: number, format: SampleFormat, memory: DeviceMemory): boolean {
    if (!this.isRunning) return false;
    const due = Math.floor(((nowNs - this.startNs) * format.rateHz) / 1e9 + 1e-6) - this.passed;
    const count = Math.min(MOST_SAMPLES, due);
    for (let left = count; left > 0;) left -= this.move(left, format, memory);
    this.passed += Math.max(0, due);
    if (due <= this.samplesLeft) {
      this.samplesLeft -= Math.max(0, due);
      return false;
    }
    this.samplesLeft = this.sampleCount - ((due - this.samplesLeft - 1) % (this.sampleCount + 1));
    return true;
  }

  /** Adds what was played to the mixer's samples, each held until the next. */
  mix(
    into: Float64Array,
    firstSample: number,
    { rateHz }: SampleFormat,
    [left, right]: readonly [number, number],
  ): void {
    if (!this.isRunning || this.heard.length === 0) return;
    let index = 0;
    for (let at = 0; at < into.length; at += 2) {
      const number = Math.floor(((sampleTime(firstSample + at / 2) - this.startNs) * rateHz) / 1e9);
      index = Math.max(0, Math.min(this.heard.length / 2 - 1, number - this.firstHeard));
      into[at] = (into[at] ?? 0) + left * (this.heard[2 * index] ?? 0);
      into[at + 1] = (into[at + 1] ?? 0) + right * (this.heard[2 * index + 1] ?? 0);
    }
    this.heard.splice(0, 2 * index);
    this.firstHeard += index;
  }

  reset(): void {
    this.frameAddress = 0;
    this.setFrame(0, 0);
    this.setSampleCount(0);
    this.setRunning(false, 0, true);
  }

  /** What is about to be heard is not a guest's business: it is lost. */
  save(): DeviceState {
    const { frameAddress, frameSize, sampleCount, samplesLeft, position, isRunning, startNs, passed } = this;
    return { version: 1, frameAddress, frameSize, sampleCount, samplesLeft, position, isRunning, startNs, passed };
  }

  restore(state: DeviceState): void {
    checkVersion('es1370 channel', state, 1);
    const word = (field: string): number => readNumber(state, field, 0, 0xffff);
    this.frameAddress = readNumber(state, 'frameAddress', 0, 0xffff_ffff);
    this.frameSize = word('frameSize');
    this.sampleCount = word('sampleCount');
    this.samplesLeft = word('samplesLeft');
    this.position = readNumber(state, 'position', 0, 0x4_0000);
    this.isRunning = readFlag(state, 'isRunning');
    this.startNs = readTime(state, 'startNs');
    this.passed = readTime(state, 'passed');
    this.heard = [];
    this.firstHeard = this.passed;
  }

  /** Moves some samples, up to the ring's end; returns how many. */
  private move(most: number, { isStereo, is16Bit }: SampleFormat, memory: DeviceMemory): number {
    const bytesOfSample = (isStereo ? 2 : 1) * (is16Bit ? 2 : 1);
    const ringBytes = (this.frameSize + 1) * DWORD_BYTES;
    if (this.position >= ringBytes) this.position = 0;
    const count = Math.max(1, Math.min(most, Math.floor((ringBytes - this.position) / bytesOfSample)));
    const bytes = new Uint8Array(count * bytesOfSample);
    const address = this.frameAddress + this.position;
    // A microphone that hears nothing: the middle is 80h in bytes, 0 in words.
    if (this.direction === 'capture') memory.write(address, bytes.fill(is16Bit ? 0 : 0x80));
    else {
      memory.read(address, bytes);
      this.hear(bytes, isStereo, is16Bit);
    }
    this.position += bytes.length;
    if (this.position >= ringBytes) this.position = 0;
    return count;
  }

  private hear(bytes: Uint8Array, isStereo: boolean, is16Bit: boolean): void {
    const view = new DataView(bytes.buffer);
    const values = is16Bit
      ? Array.from({ length: bytes.length / 2 }, (_, at) => view.getInt16(2 * at, true) / 0x8000)
      : Array.from(bytes, (byte) => (byte - 0x80) / 0x80);
    if (this.heard.length === 0) this.firstHeard = this.passed;
    for (let at = 0; at < values.length; at += isStereo ? 2 : 1)
      this.heard.push(values[at] ?? 0, values[isStereo ? at + 1 : at] ?? 0);
    // Nobody listens: the newest second is enough.
    const surplus = this.heard.length / 2 - MOST_SAMPLES;
    if (surplus <= 0) return;
    this.heard.splice(0, 2 * surplus);
    this.firstHeard += surplus;
  }
}
