import { beforeEach, describe, expect, test } from 'vitest';
import { Pit8254 } from '../../../../src-main/machine/pit/Pit8254.ts';
import { Port61 } from '../../../../src-main/machine/platform/Port61.ts';
import { Mixer, SOUND_RATE_HZ } from '../../../../src-main/machine/sound/Mixer.ts';
import { PcSpeaker } from '../../../../src-main/machine/sound/PcSpeaker.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';

const MS = 1_000_000;

let time: ManualTime;
let pit: Pit8254;
let port61: Port61;
let mixer: Mixer;
let heard: number[];

beforeEach(() => {
  time = new ManualTime();
  pit = new Pit8254('pit0', time.timers, new RecordingLine());
  port61 = new Port61('port61', time.timers, pit);
  heard = [];
  mixer = new Mixer('mixer', time.timers, (samples, firstSample) => {
    while (heard.length < 2 * firstSample) heard.push(0);
    // Each sample comes once.
    expect(heard.length).toBe(2 * firstSample);
    heard.push(...samples);
  });
  mixer.add(
    new PcSpeaker(
      () => port61.isSpeakerOn,
      (timeNs) => pit.speakerOutputAt(timeNs),
    ),
  );
  pit.beforeSpeakerChange = () => mixer.catchUp();
  port61.beforeSpeakerChange = () => mixer.catchUp();
});

/** Rises of the left channel. */
function rises(): number {
  const left = heard.filter((_, at) => at % 2 === 0);
  return left.filter((sample, at) => sample > 0 && (left[at - 1] ?? 0) === 0).length;
}

describe('the loudspeaker', () => {
  test('beeps with the timer’s frequency while both bits of port 61h are set', () => {
    pit.write(3, 1, 0xb6);
    for (const byte of [1193 & 0xff, 1193 >> 8]) pit.write(2, 1, byte);
    time.advance(50 * MS);
    port61.write(0, 1, 3);
    time.advance(100 * MS);
    port61.write(0, 1, 0);
    time.advance(50 * MS);
    // 1,193,182 Hz / 1193 are 1000 Hz, for a tenth of a second.
    expect(rises()).toBeGreaterThanOrEqual(99);
    expect(rises()).toBeLessThanOrEqual(101);
    const silence = heard.findIndex((sample) => sample !== 0);
    expect(silence / 2).toBeGreaterThanOrEqual(0.05 * SOUND_RATE_HZ);
    expect(silence / 2).toBeLessThan(0.052 * SOUND_RATE_HZ);
    expect(heard.slice(-100).every((sample) => sample === 0)).toBe(true);
  });

  test('wakes nobody while it is quiet, and stops making samples soon after', () => {
    expect(time.timers.pending()).toEqual([]);
    port61.write(0, 1, 2);
    time.advance(30 * MS);
    expect(heard.length).toBe(2 * Math.floor(0.03 * SOUND_RATE_HZ));
    port61.write(0, 1, 0);
    time.advance(500 * MS);
    expect(heard.length).toBeLessThanOrEqual(2 * 0.04 * SOUND_RATE_HZ);
    expect(time.timers.pending()).toEqual([]);
  });

  test('follows bit 1 by itself, at the moment at which it changes', () => {
    // With its gate closed, channel 2 stays high in mode 3.
    pit.write(3, 1, 0xb6);
    for (let count = 0; count < 20; count++) {
      port61.write(0, 1, 2);
      time.advance(MS);
      port61.write(0, 1, 0);
      time.advance(MS);
    }
    expect(rises()).toBe(20);
  });
});

test('sound goes on after a snapshot without a gap', () => {
  port61.write(0, 1, 2);
  time.advance(25 * MS);
  mixer.restore(JSON.parse(JSON.stringify(mixer.save())));
  time.advance(25 * MS);
  expect(heard.length).toBe(2 * Math.floor(0.05 * SOUND_RATE_HZ));
});
