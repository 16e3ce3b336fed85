import { sampleTime, type SoundSource } from './Mixer.ts';

/** As loud as a small loudspeaker beside a sound card. */
const LEVEL = 0.25;

/** The PC's loudspeaker: on while the timer's channel 2 and bit 1 of port 61h both are. */
export class PcSpeaker implements SoundSource {
  private readonly isOnAt: (timeNs: number) => boolean;

  /** @param isOnAt the wire's level, at any time since it was last changed */
  constructor(isOnAt: (timeNs: number) => boolean) {
    this.isOnAt = isOnAt;
  }

  mix(into: Float64Array, firstSample: number): void {
    for (let at = 0; at < into.length; at += 2) {
      if (!this.isOnAt(sampleTime(firstSample + at / 2))) continue;
      into[at] = (into[at] ?? 0) + LEVEL;
      into[at + 1] = (into[at + 1] ?? 0) + LEVEL;
    }
  }
}
