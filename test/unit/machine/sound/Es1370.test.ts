import { beforeEach, expect, test } from 'vitest';
import { Es1370 } from '../../../../src-main/machine/sound/Es1370.ts';
import { Mixer } from '../../../../src-main/machine/sound/Mixer.ts';
import type { BusDevice } from '../../../../src-main/machine/BusDevice.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';
import { TestRam } from '../../../support/machine/TestRam.ts';

const MS = 1_000_000;
const [CONTROL, STATUS, PAGE, SERIAL, DAC2_COUNT] = [0x00, 0x04, 0x0c, 0x20, 0x28];
const [DAC2_ADDRESS, DAC2_SIZE, ADC_ADDRESS, ADC_SIZE] = [0x38, 0x3c, 0x30, 0x34];
const DAC2_ON = 1 << 5;
const ADC_ON = 1 << 4;
/** 1411200 / 44100. */
const RATE_44100 = (32 - 2) << 16;
const STEREO_16 = 3 << 2;
const DAC2_INTERRUPT = 1 << 9;
const RING = 0x8000;

let time: ManualTime;
let ram: TestRam;
let irq: RecordingLine;
let card: Es1370;
let ports: BusDevice;
let heard: number[];

function write(offset: number, value: number): void {
  ports.write(offset, 4, value >>> 0);
}

function read(offset: number): number {
  return ports.read(offset, 4);
}

beforeEach(() => {
  time = new ManualTime();
  ram = new TestRam(0x2_0000);
  irq = new RecordingLine();
  heard = [];
  const mixer = new Mixer('mixer', time.timers, (samples) => heard.push(...samples));
  card = new Es1370('sound0', time.timers, () => mixer.catchUp());
  mixer.add(card);
  card.attach({ interrupt: irq, memory: ram });
  const [bar] = card.bars;
  if (bar === undefined || !('device' in bar)) throw new Error('no ports');
  ports = bar.device;
});

/** A ring of 1024 stereo samples that count up, with an interrupt every 512. */
function play(): void {
  for (let at = 0; at < 1024; at++) {
    ram.view.setInt16(RING + 4 * at, at * 16, true);
    ram.view.setInt16(RING + 4 * at + 2, -at * 16, true);
  }
  write(PAGE, 0x0c);
  write(DAC2_ADDRESS, RING);
  write(DAC2_SIZE, 1023);
  write(DAC2_COUNT, 511);
  write(SERIAL, STEREO_16 | DAC2_INTERRUPT);
  write(CONTROL, RATE_44100 | DAC2_ON);
}

test('plays the ring again and again, each sample once', () => {
  play();
  time.advance(100 * MS);
  const left = heard.filter((_, at) => at % 2 === 0);
  const right = heard.filter((_, at) => at % 2 === 1);
  const start = left.findIndex((value) => value > 100);
  // The same rate within and without: the samples pass unchanged but for rounding.
  for (let at = start; at < start + 3000; at++) {
    const step = ((left[at + 1] ?? 0) - (left[at] ?? 0) + 16384) % 16384;
    expect(Math.abs(step - 16)).toBeLessThanOrEqual(17);
    expect(Math.abs((left[at] ?? 0) + (right[at] ?? 0))).toBeLessThanOrEqual(1);
  }
  expect(Math.max(...left)).toBeGreaterThan(16_000);
});

test.each([
  { title: 'the master takes 2 dB a step', codec: [0x0003, 0x0100], left: 10 ** (-6 / 20), right: 1 },
  { title: 'an input goes from 12 dB down', codec: [0x0209, 0x0306], left: 10 ** (-6 / 20), right: 1 },
  { title: 'a side can be mute', codec: [0x0280], left: 0, right: 1 },
  { title: 'a side can be switched off', codec: [0x1108], left: 1, right: 0 },
  { title: 'the other DAC has levels of its own', codec: [0x0480, 0x0580, 0x1000], left: 1, right: 1 },
  { title: 'what there is not changes nothing', codec: [0xff80, 0x1a80], left: 1, right: 1 },
])('the codec sets the volume: $title', ({ codec, left, right }) => {
  for (const word of codec) ports.write(0x10, 2, word);
  play();
  time.advance(30 * MS);
  const loudest = (side: number): number => Math.max(...heard.filter((_, at) => at % 2 === side).map(Math.abs));
  expect(loudest(0) / 16368).toBeCloseTo(left, 2);
  expect(loudest(1) / 16368).toBeCloseTo(right, 2);
});

test('a snapshot keeps the volume, and a reset opens it again', () => {
  ports.write(0x10, 2, 0x009f);
  const state = JSON.parse(JSON.stringify(card.save()));
  card.reset();
  expect(card.save()).not.toEqual(state);
  card.restore(state);
  expect(card.save()).toEqual(state);
});

test('interrupts after so many samples, until that is acknowledged', () => {
  play();
  time.advance(11.5 * MS);
  expect(irq.level).toBe(false);
  time.advance(0.2 * MS);
  expect([irq.level, read(STATUS)]).toEqual([true, 0x8000_0002]);
  write(SERIAL, STEREO_16);
  expect([irq.level, read(STATUS)]).toEqual([false, 0]);
  write(SERIAL, STEREO_16 | DAC2_INTERRUPT);
  time.advance(12 * MS);
  expect(irq.level).toBe(true);
});

test('tells how far it has come', () => {
  play();
  // 441 samples.
  time.advance(10 * MS);
  expect(read(DAC2_COUNT)).toBe(511 + (511 - 441) * 0x1_0000);
  expect(read(DAC2_SIZE)).toBe(1023 + 441 * 0x1_0000);
});

test('hears silence', () => {
  ram.bytes.fill(0xee, RING, RING + 0x100);
  write(PAGE, 0x0d);
  write(ADC_ADDRESS, RING);
  write(ADC_SIZE, 15);
  write(SERIAL, 3 << 4);
  write(CONTROL, RATE_44100 | ADC_ON);
  time.advance(5 * MS);
  read(STATUS);
  expect([...ram.bytes.subarray(RING, RING + 0x40)]).toEqual(Array(0x40).fill(0));
  expect(ram.bytes[RING + 0x40]).toBe(0xee);
});

test('goes on from a snapshot with the next interrupt at the same time', () => {
  play();
  time.advance(5 * MS);
  card.restore(JSON.parse(JSON.stringify(card.save())));
  time.advance(6.5 * MS);
  expect(irq.level).toBe(false);
  time.advance(0.2 * MS);
  expect(irq.level).toBe(true);
});

test('nonsense does no harm', () => {
  for (let round = 0; round < 2000; round++) {
    const word = Math.imul(round, 0x9e37_79b1) >>> 0;
    ports.write(word % 0x40, ([1, 2, 4] as const)[round % 3] ?? 1, word >>> (round % 16));
    if (round % 7 === 0) time.advance(word % (3 * MS));
    ports.read((word >>> 8) % 0x40, 4);
  }
  expect(Number.isInteger(read(STATUS))).toBe(true);
});
