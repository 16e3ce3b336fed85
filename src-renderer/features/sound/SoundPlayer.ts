import { SOUND_RATE_HZ } from '../../../src-preload/contract/layouts/SoundFrame.ts';

/** What comes is heard so much later, in seconds: pieces do not come at an even pace. */
const LEAD_SECONDS = 0.06;
/** No more waits than this: a machine whose time runs fast would be heard ever later. */
const MOST_WAITING_SECONDS = 0.3;
/** The host's audio device is let go after so long a silence, in milliseconds. */
const REST_MS = 3000;

/** Plays what machines give to hear. The host's audio device is in use only while there is something. */
export class SoundPlayer {
  readonly #makeContext: () => AudioContext;
  #context: AudioContext | undefined;
  readonly #channels = new Map<string, { readonly gain: GainNode; end: number }>();
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(makeContext = () => new AudioContext({ sampleRate: SOUND_RATE_HZ })) {
    this.#makeContext = makeContext;
  }

  /**
   * Plays samples, left and right in turn, behind those of the same machine that wait.
   * @param volume 0 to 1
   */
  play(id: string, samples: Int16Array, volume: number): void {
    const context = (this.#context ??= this.#makeContext());
    this.#stayAwake(context);
    const channel = this.#channelOf(context, id);
    channel.gain.gain.value = volume;
    const now = context.currentTime;
    if (channel.end < now) channel.end = now + LEAD_SECONDS;
    if (samples.length < 2 || channel.end - now > MOST_WAITING_SECONDS) return;
    const source = context.createBufferSource();
    source.buffer = bufferOf(context, samples);
    source.connect(channel.gain);
    source.start(channel.end);
    channel.end += source.buffer.duration;
  }

  /** What waits is heard at another volume. */
  setVolume(id: string, volume: number): void {
    const channel = this.#channels.get(id);
    if (channel) channel.gain.gain.value = volume;
  }

  close(): void {
    clearTimeout(this.#rest);
    void this.#context?.close();
  }

  #stayAwake(context: AudioContext): void {
    if (context.state === 'suspended') void context.resume();
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#channels.clear();
      void context.suspend();
    }, REST_MS);
  }

  #channelOf(context: AudioContext, id: string): { readonly gain: GainNode; end: number } {
    const known = this.#channels.get(id);
    if (known) return known;
    const gain = context.createGain();
    gain.connect(context.destination);
    const channel = { gain, end: -1 };
    this.#channels.set(id, channel);
    return channel;
  }
}

function bufferOf(context: AudioContext, samples: Int16Array): AudioBuffer {
  const buffer = context.createBuffer(2, samples.length >> 1, SOUND_RATE_HZ);
  for (const channel of [0, 1]) {
    const into = buffer.getChannelData(channel);
    for (let at = 0; at < into.length; at++) into[at] = (samples[2 * at + channel] ?? 0) / 0x8000;
  }
  return buffer;
}
