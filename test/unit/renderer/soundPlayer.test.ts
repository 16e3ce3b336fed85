import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SoundPlayer } from '../../../src-renderer/features/sound/SoundPlayer.ts';

const RATE = 44_100;

/** As much of an AudioContext as the player uses; `now` is moved by the test. */
class FakeContext {
  now = 0;
  state = 'running';
  /** When each piece starts, and how long it is. */
  readonly started: { at: number; duration: number }[] = [];
  readonly gains: { gain: { value: number } }[] = [];
  readonly destination = {};
  readonly suspend = vi.fn(() => Promise.resolve(void (this.state = 'suspended')));
  readonly resume = vi.fn(() => Promise.resolve(void (this.state = 'running')));

  get currentTime(): number {
    return this.now;
  }

  createGain(): unknown {
    const gain = { gain: { value: 1 }, connect: () => undefined };
    this.gains.push(gain);
    return gain;
  }

  createBuffer(channels: number, length: number, rate: number): unknown {
    const data = Array.from({ length: channels }, () => new Float32Array(length));
    return { duration: length / rate, getChannelData: (channel: number) => data[channel] };
  }

  createBufferSource(): unknown {
    const source = {
      buffer: { duration: 0 },
      connect: () => undefined,
      start: (at: number) => this.started.push({ at, duration: source.buffer.duration }),
    };
    return source;
  }
}

let context: FakeContext;
let player: SoundPlayer;
/** Ten milliseconds. */
const piece = new Int16Array((2 * RATE) / 100);

beforeEach(() => {
  vi.useFakeTimers();
  context = new FakeContext();
  // It uses no more of it than the fake has.
  player = new SoundPlayer(() => context as unknown as AudioContext);
});

afterEach(() => vi.useRealTimers());

describe('the player of sound', () => {
  test('plays pieces behind each other without a gap, the first a little later', () => {
    for (let count = 0; count < 3; count++) {
      player.play('a', piece, 1);
      context.now += 0.01;
    }
    expect(context.started.map(({ at }) => at.toFixed(2))).toEqual(['0.06', '0.07', '0.08']);
  });

  test('leaves out what would be heard too late, and catches up after a gap', () => {
    for (let count = 0; count < 60; count++) player.play('a', piece, 1);
    const last = context.started.at(-1);
    expect((last?.at ?? 0) + (last?.duration ?? 0)).toBeLessThan(0.33);
    context.now = 10;
    player.play('a', piece, 1);
    expect(context.started.at(-1)?.at).toBeCloseTo(10.06);
  });

  test('gives each machine its own volume', () => {
    player.play('a', piece, 1);
    player.play('b', piece, 0.5);
    player.setVolume('a', 0);
    expect(context.gains.map(({ gain }) => gain.value)).toEqual([0, 0.5]);
    expect(context.started.map(({ at }) => at)).toEqual([0.06, 0.06]);
  });

  test('lets the audio device go while nothing is heard, and takes it again', () => {
    player.play('a', piece, 1);
    vi.advanceTimersByTime(2999);
    expect(context.suspend).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(context.suspend).toHaveBeenCalledOnce();
    player.play('a', piece, 1);
    expect(context.resume).toHaveBeenCalledOnce();
  });
});
