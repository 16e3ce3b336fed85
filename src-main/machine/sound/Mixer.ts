import type { BusDevice, DeviceState, TimerHandle, TimerService } from '../BusDevice.ts';
import { checkVersion, readTime } from '../snapshot.ts';

/** Of what leaves the machine, in Hz: two channels of 16 bits. */
export const SOUND_RATE_HZ = 44_100;
const PERIOD_NS = 10_000_000;
/** No more is made at once, in samples: a gap in guest time is silence that nobody waits for. */
const MOST_SAMPLES = SOUND_RATE_HZ;

/** Something that makes a noise. */
export interface SoundSource {
  /** Adds its part to `into`, left and right in turn, from -1 to 1: sample `index` is heard at {@link sampleTime}. */
  mix(into: Float64Array, firstSample: number): void;
  /** It may be heard from now on, as it is. */
  readonly isSounding: boolean;
}

/**
 * Takes what a machine gives to hear: 16-bit samples at `SOUND_RATE_HZ`, left and right in turn, which are the
 * receiver's to keep. `firstSample` counts from power-on; between what it is given it is quiet.
 */
export type SoundSink = (samples: Int16Array, firstSample: number) => void;

/** Guest time of a sample, in nanoseconds. */
export function sampleTime(sample: number): number {
  return (sample * 1e9) / SOUND_RATE_HZ;
}

/**
 * What a machine's loudspeaker gives, by guest time: sources are asked for their samples every ten milliseconds, and
 * before one of them changes what it plays. While all are quiet nothing is made, and an idle machine is not woken.
 */
export class Mixer implements BusDevice {
  readonly id: string;
  private readonly timers: TimerService;
  private readonly sink: SoundSink;
  private readonly sources: SoundSource[] = [];
  /** Samples made so far, since power-on. */
  private made: number;
  /** Undefined while all are quiet. */
  private timer: TimerHandle | undefined;

  constructor(id: string, timers: TimerService, sink: SoundSink) {
    this.id = id;
    this.timers = timers;
    this.sink = sink;
    this.made = this.samplesUntilNow();
  }

  add(source: SoundSource): void {
    this.sources.push(source);
  }

  /** A source is about to change what it plays: makes all samples up to now, as it is at present. */
  catchUp(): void {
    if (this.timer) this.make();
    else {
      this.made = this.samplesUntilNow();
      this.schedule(Math.round(this.timers.now()) + PERIOD_NS);
    }
  }

  private make(): void {
    const until = this.samplesUntilNow();
    const count = until - this.made;
    if (count <= 0) return;
    const first = Math.max(this.made, until - MOST_SAMPLES);
    const mixed = new Float64Array(2 * (until - first));
    for (const source of this.sources) source.mix(mixed, first);
    this.made = until;
    this.sink(
      Int16Array.from(mixed, (value) => Math.round(Math.max(-1, Math.min(1, value)) * 0x7fff)),
      first,
    );
  }

  read(): number {
    return 0xff;
  }

  write(): void {}
  reset(): void {}

  save(): DeviceState {
    return { version: 1, made: this.made, deadline: this.timer?.deadline ?? 0 };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const deadline = readTime(state, 'deadline');
    this.made = readTime(state, 'made');
    this.timer?.cancel();
    this.timer = undefined;
    if (deadline > 0) this.schedule(deadline);
  }

  private samplesUntilNow(): number {
    return Math.floor((this.timers.now() * SOUND_RATE_HZ) / 1e9);
  }

  private schedule(deadline: number): void {
    this.timer?.cancel();
    this.timer = this.timers.schedule(deadline, () => {
      this.make();
      this.timer = undefined;
      if (this.sources.some(({ isSounding }) => isSounding)) this.schedule(deadline + PERIOD_NS);
    });
  }
}
