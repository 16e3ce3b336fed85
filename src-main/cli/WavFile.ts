import { closeSync, writeSync } from 'node:fs';
import { SOUND_RATE_HZ } from '../machine/sound/Mixer.ts';
import { UsageError } from './ExitStatus.ts';
import { fileProblem } from './problems.ts';
import { openForWriting } from './userFiles.ts';

const HEADER_BYTES = 44;
const CHANNELS = 2;
const BYTES_A_SAMPLE = 2;
const FORMAT_PCM = 1;
/** Lengths have 32 bits: this one says “to the end of the file”, as players take it, after six hours and three quarters. */
const UNKNOWN_LENGTH = 0xffff_ffff;

/** What a machine gives to hear, as a WAVE file (Microsoft and IBM, "Multimedia Programming Interface", 1991). */
export class WavFile {
  private readonly name: string;
  private readonly descriptor: number;
  private waiting: { readonly samples: Int16Array; readonly position: number }[] = [];
  private byteLength = 0;

  /** Throws {@link UsageError} when the file cannot be written. */
  constructor(name: string) {
    this.name = name;
    this.descriptor = openForWriting(name, '--audio', 'w');
    this.write(wavHeader(0), 0);
  }

  /** Samples, left and right in turn, the first of that number; kept until `save`. Silence where none are added. */
  add(samples: Int16Array, firstSample: number): void {
    this.waiting.push({ samples, position: firstSample * CHANNELS * BYTES_A_SAMPLE });
  }

  /** Writes what has been added. */
  save(): void {
    for (const { samples, position } of this.waiting.splice(0)) {
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      // What lies between two writes reads as zeros.
      this.write(bytes, HEADER_BYTES + position);
      this.byteLength = Math.max(this.byteLength, position + bytes.length);
    }
  }

  close(): void {
    this.save();
    this.write(wavHeader(this.byteLength), 0);
    closeSync(this.descriptor);
  }

  private write(bytes: Uint8Array, position: number): void {
    try {
      for (let at = 0; at < bytes.length;)
        at += writeSync(this.descriptor, bytes, at, bytes.length - at, position + at);
    } catch (error) {
      throw new UsageError(`--audio: ${fileProblem(this.name, 'written', error)}`);
    }
  }
}

/** What comes before so many bytes of samples. */
export function wavHeader(byteLength: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const text = (at: number, letters: string): void =>
    [...letters].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  const length = (at: number, bytes: number): void => view.setUint32(at, Math.min(bytes, UNKNOWN_LENGTH), true);
  text(0, 'RIFF');
  length(4, HEADER_BYTES - 8 + byteLength);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, FORMAT_PCM, true);
  view.setUint16(22, CHANNELS, true);
  view.setUint32(24, SOUND_RATE_HZ, true);
  view.setUint32(28, SOUND_RATE_HZ * CHANNELS * BYTES_A_SAMPLE, true);
  view.setUint16(32, CHANNELS * BYTES_A_SAMPLE, true);
  view.setUint16(34, 8 * BYTES_A_SAMPLE, true);
  text(36, 'data');
  length(40, byteLength);
  return new Uint8Array(view.buffer);
}
