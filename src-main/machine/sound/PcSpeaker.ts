import { sampleTime, type SoundSource } from './Mixer.ts';

/** As loud as a small loudspeaker beside a sound card. */
const LEVEL = 0.25;

/** The PC's loudspeaker: on while the timer's channel 2 and bit 1 of port 61h both are. */
export class PcSpeaker implements SoundSource {
  private readonly isDriven: () => boolean;
  private readonly outputAt: (timeNs: number) => boolean;

  /**
   * @param isDriven what the timer puts out reaches the loudspeaker
   * @param outputAt the timer's output, at any time since it was last changed
   */
  constructor(isDriven: () => boolean, outputAt: (timeNs: number) => boolean) {
    this.isDriven = isDriven;
    this.outputAt = outputAt;
  }

  get isSounding(): boolean {
    return this.isDriven();
  }

  mix(into: Float64Array, firstSample: number): void {
    if (!this.isDriven()) return;
    for (let at = 0; at < into.length; at += 2) {
      if (!this.outputAt(sampleTime(firstSample + at / 2))) continue;
      into[at] = (into[at] ?? 0) + LEVEL;
      into[at + 1] = (into[at + 1] ?? 0) + LEVEL;
    }
  }
}
