import { beforeEach, describe, expect, test } from 'vitest';
import { Pit8254 } from '../../../../src-main/machine/pit/Pit8254.ts';
import { A20Gate } from '../../../../src-main/machine/platform/A20Gate.ts';
import { ByteSinkPort } from '../../../../src-main/machine/platform/ByteSinkPort.ts';
import { Port61 } from '../../../../src-main/machine/platform/Port61.ts';
import { Port92 } from '../../../../src-main/machine/platform/Port92.ts';
import { PowerPort } from '../../../../src-main/machine/platform/PowerPort.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';

describe('port 92h', () => {
  test('moves the A20 gate, which is open at power-on', () => {
    const seen: boolean[] = [];
    const gate = new A20Gate({ setA20: (enabled) => seen.push(enabled) });
    const port = new Port92('port92', gate, () => undefined);
    expect(port.read()).toBe(2);
    port.write(0, 1, 0x00);
    port.write(0, 1, 0x00);
    expect(port.read()).toBe(0);
    gate.set(true);
    expect(port.read()).toBe(2);
    expect(seen).toEqual([false, true]);
  });

  test('a rising bit 0 resets', () => {
    const resets: string[] = [];
    const port = new Port92('port92', new A20Gate(undefined), (through) => resets.push(through));
    port.write(0, 1, 0x03);
    port.write(0, 1, 0x03);
    expect(resets).toEqual(['port 92h']);
  });
});

describe('port 61h', () => {
  let time: ManualTime;
  let port: Port61;
  let pit: Pit8254;

  beforeEach(() => {
    time = new ManualTime();
    pit = new Pit8254('pit0', time.timers, new RecordingLine());
    port = new Port61('port61', time.timers, pit);
  });

  test('the refresh bit toggles every 15 us', () => {
    const seen = Array.from({ length: 4 }, () => {
      const bit = port.read() & 0x10;
      time.advance(15_085);
      return bit;
    });
    expect(seen).toEqual([0, 0x10, 0, 0x10]);
  });

  test('bit 0 is the gate of timer 2, bit 5 its output: a guest measures time by it', () => {
    port.write(0, 1, 0x01);
    pit.write(3, 1, 0xb0);
    pit.write(2, 1, 11_932 & 0xff);
    pit.write(2, 1, 11_932 >> 8);
    time.advance(9_900_000);
    expect(port.read() & 0x21).toBe(0x01);
    time.advance(200_000);
    expect(port.read() & 0x21).toBe(0x21);
  });
});

test('the debug port reads as its mark, the POST port as written', () => {
  const bytes: number[] = [];
  const debug = new ByteSinkPort('debug0', (byte) => bytes.push(byte), 0xe9);
  const post = new ByteSinkPort('post0', (byte) => bytes.push(byte));
  debug.write(0, 1, 0x41);
  post.write(0, 1, 0x55);
  expect([debug.read(), post.read()]).toEqual([0xe9, 0x55]);
  expect(bytes).toEqual([0x41, 0x55]);
});

describe('power-off', () => {
  let through: string[];
  let port: PowerPort;

  beforeEach(() => {
    through = [];
    port = new PowerPort('power', (name) => through.push(name));
  });

  test('by PM1a control with SLP_EN and type 0', () => {
    port.write(0, 2, 0x0001);
    port.write(0, 2, 0x3400);
    port.write(0, 1, 0x20);
    expect(through).toEqual([]);
    port.write(0, 2, 0x2000);
    expect(through).toEqual(['PM1a control']);
  });

  test('by the word', () => {
    for (const letter of 'ShutShutdown') port.write(2, 1, letter.charCodeAt(0));
    expect(through).toEqual(['shutdown port']);
  });
});
