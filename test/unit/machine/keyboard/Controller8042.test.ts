import { beforeEach, describe, expect, test } from 'vitest';
import { Controller8042 } from '../../../../src-main/machine/keyboard/Controller8042.ts';
import { Ps2Keyboard } from '../../../../src-main/machine/keyboard/Ps2Keyboard.ts';
import { Ps2Mouse } from '../../../../src-main/machine/keyboard/Ps2Mouse.ts';
import { A20Gate } from '../../../../src-main/machine/platform/A20Gate.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';

const DATA = 0;
const COMMAND = 1;

let time: ManualTime;
let irq1: RecordingLine;
let irq12: RecordingLine;
let keyboard: Ps2Keyboard;
let mouse: Ps2Mouse;
let gate: A20Gate;
let resets: string[];
let controller: Controller8042;

function make(): Controller8042 {
  return new Controller8042('kbc0', {
    timers: time.timers,
    irq1,
    irq12,
    keyboard,
    aux: mouse,
    a20: gate,
    requestReset: (through) => resets.push(through),
  });
}

beforeEach(() => {
  time = new ManualTime();
  irq1 = new RecordingLine();
  irq12 = new RecordingLine();
  keyboard = new Ps2Keyboard();
  mouse = new Ps2Mouse();
  gate = new A20Gate(undefined);
  resets = [];
  controller = make();
});

function isFull(): boolean {
  return (controller.read(COMMAND) & 1) !== 0;
}

/** Everything that arrives while the guest reads it. */
function drain(): number[] {
  const bytes: number[] = [];
  for (let quiet = 0; quiet < 5;) {
    time.advance(1_000_000);
    if (isFull()) bytes.push(controller.read(DATA));
    else quiet++;
  }
  return bytes;
}

function command(...bytes: number[]): void {
  controller.write(COMMAND, 1, bytes[0] ?? 0);
  for (const byte of bytes.slice(1)) controller.write(DATA, 1, byte);
}

function toKeyboard(...bytes: number[]): number[] {
  return bytes.flatMap((byte) => {
    controller.write(DATA, 1, byte);
    return drain();
  });
}

describe('keys', () => {
  test('arrive as set 1 codes, each with an interrupt', () => {
    keyboard.key('KeyA', true);
    keyboard.key('KeyA', false);
    time.advance(1_000_000);
    expect(irq1.level).toBe(true);
    expect(controller.read(COMMAND) & 0x21).toBe(0x01);
    expect(controller.read(DATA)).toBe(0x1e);
    expect(irq1.level).toBe(false);
    time.advance(2_000_000);
    expect(controller.read(DATA)).toBe(0x9e);
    expect(irq1.rises).toBe(2);
  });

  test('the data port keeps its value until the next byte', () => {
    keyboard.key('KeyA', true);
    keyboard.key('KeyB', true);
    time.advance(1_000_000);
    expect([controller.read(DATA), controller.read(DATA)]).toEqual([0x1e, 0x1e]);
  });

  test('come untranslated when the guest wants set 2', () => {
    command(0x60, 0x05);
    keyboard.key('ArrowUp', true);
    keyboard.key('ArrowUp', false);
    expect(drain()).toEqual([0xe0, 0x75, 0xe0, 0xf0, 0x75]);
  });

  test('wait while the keyboard is disabled', () => {
    command(0xad);
    keyboard.key('KeyA', true);
    expect(drain()).toEqual([]);
    command(0xae);
    expect(drain()).toEqual([0x1e]);
  });

  test('without IRQ 1 are there for polling', () => {
    command(0x60, 0x44);
    keyboard.key('KeyA', true);
    time.advance(1_000_000);
    expect(irq1.level).toBe(false);
    expect(isFull()).toBe(true);
  });

  test('too many end in one overrun code', () => {
    command(0x60, 0x05);
    for (let i = 0; i < 20; i++) keyboard.key('KeyA', i % 2 === 0);
    const bytes = drain();
    expect(bytes.length).toBeLessThanOrEqual(17);
    expect(bytes).toContain(0x00);
  });

  test('polling is noticed', () => {
    for (let i = 0; i < 5; i++) controller.read(COMMAND);
    expect(controller.pollCount).toBe(5);
    keyboard.key('KeyA', true);
    time.advance(1_000_000);
    controller.read(DATA);
    expect(controller.pollCount).toBe(0);
  });
});

describe('controller commands', () => {
  test.each([
    ['self-test', [0xaa], 0x55],
    ['keyboard port test', [0xab], 0x00],
    ['mouse port test', [0xa9], 0x00],
    ['input port', [0xc0], 0xa0],
    ['test inputs', [0xe0], 0x00],
    ['configuration', [0x20], 0x65],
  ])('%s', (_, bytes, answer) => {
    command(...bytes);
    expect(controller.read(COMMAND) & 0x09).toBe(0x09);
    expect(controller.read(DATA)).toBe(answer);
  });

  test('configuration and RAM are written and read back', () => {
    command(0x60, 0x47);
    command(0x20);
    expect(controller.read(DATA)).toBe(0x47);
    command(0x7f, 0xa5);
    command(0x3f);
    expect(controller.read(DATA)).toBe(0xa5);
  });

  test('bytes can be put into the output buffer, as from keyboard or mouse', () => {
    command(0x60, 0x47);
    command(0xd2, 0x12);
    expect(irq1.level).toBe(true);
    expect(controller.read(DATA)).toBe(0x12);
    command(0xd3, 0x34);
    expect(irq12.level).toBe(true);
    expect(controller.read(COMMAND) & 0x20).toBe(0x20);
    expect(controller.read(DATA)).toBe(0x34);
    expect(irq12.level).toBe(false);
  });

  test('A20 by the output port and by commands', () => {
    command(0xd1, 0xdd);
    expect(gate.isOpen).toBe(false);
    command(0xd0);
    expect(controller.read(DATA) & 0x03).toBe(0x01);
    command(0xdf);
    expect(gate.isOpen).toBe(true);
    command(0xdd);
    expect(gate.isOpen).toBe(false);
  });

  test('reset by pulse and by the output port; other pulses do nothing', () => {
    command(0xff);
    command(0xf1);
    expect(resets).toEqual([]);
    command(0xfe);
    command(0xd1, 0xfe);
    expect(resets).toEqual(['keyboard controller', 'keyboard controller']);
  });
});

describe('keyboard commands', () => {
  test('reset, identify, echo', () => {
    expect(toKeyboard(0xff)).toEqual([0xfa, 0xaa]);
    expect(toKeyboard(0xf2)).toEqual([0xfa, 0xab, 0x41]); // translated
    expect(toKeyboard(0xee)).toEqual([0xee]);
  });

  test('lights', () => {
    let lights = -1;
    keyboard.onLights = (value) => (lights = value);
    expect(toKeyboard(0xed, 0x04)).toEqual([0xfa, 0xfa]);
    expect(lights).toBe(4);
  });

  test('a command cancels one that waits for its parameter', () => {
    expect(toKeyboard(0xed, 0xf4)).toEqual([0xfa, 0xfa]);
    expect(toKeyboard(0xf4)).toEqual([0xfa]);
  });

  test('scan-code sets', () => {
    command(0x60, 0x05);
    expect(toKeyboard(0xf0, 0x00)).toEqual([0xfa, 0xfa, 0x02]);
    toKeyboard(0xf0, 0x01);
    keyboard.key('KeyA', true);
    expect(drain()).toEqual([0x1e]);
    toKeyboard(0xf0, 0x03);
    keyboard.key('ArrowUp', true);
    keyboard.key('ArrowUp', false);
    expect(drain()).toEqual([0x63, 0xf0, 0x63]);
    expect(toKeyboard(0xf0, 0x09)).toEqual([0xfa, 0xfe]);
  });

  test('set 3 key types', () => {
    command(0x60, 0x05);
    toKeyboard(0xf0, 0x03, 0xf7);
    keyboard.key('KeyA', true);
    keyboard.key('KeyA', false);
    expect(drain()).toEqual([0x1c]);
    toKeyboard(0xfc, 0x1c, 0xf4);
    keyboard.key('KeyA', true);
    keyboard.key('KeyA', true);
    keyboard.key('KeyA', false);
    expect(drain()).toEqual([0x1c, 0xf0, 0x1c]);
  });

  test('disable, enable, resend, unknown', () => {
    expect(toKeyboard(0xf5)).toEqual([0xfa]);
    keyboard.key('KeyA', true);
    expect(drain()).toEqual([]);
    expect(toKeyboard(0xf4)).toEqual([0xfa]);
    expect(toKeyboard(0xfe)).toEqual([0xfa]);
    expect(toKeyboard(0x00)).toEqual([0xfe]);
  });

  test('typematic rate is accepted', () => {
    expect(toKeyboard(0xf3, 0x20)).toEqual([0xfa, 0xfa]);
  });
});

describe('mouse', () => {
  function toMouse(...bytes: number[]): number[] {
    return bytes.flatMap((byte) => {
      command(0xd4, byte);
      return drain();
    });
  }

  test('reset and identify', () => {
    expect(toMouse(0xff)).toEqual([0xfa, 0xaa, 0x00]);
    expect(toMouse(0xf2)).toEqual([0xfa, 0x00]);
  });

  test('reports movement with IRQ 12 once enabled', () => {
    command(0x60, 0x47);
    mouse.move(1, 1, 0);
    expect(drain()).toEqual([]);
    toMouse(0xf4);
    irq12.rises = 0;
    mouse.move(5, -3, 1);
    expect(drain()).toEqual([0x29, 5, 0xfd]);
    expect(irq12.rises).toBe(3);
  });

  test('status', () => {
    toMouse(0xe8, 0x03, 0xf3, 0x50, 0xf4);
    expect(toMouse(0xe9)).toEqual([0xfa, 0x20, 0x03, 0x50]);
  });
});

test('a restored controller keeps the byte in its buffer', () => {
  keyboard.key('KeyA', true);
  keyboard.key('KeyB', true);
  time.advance(1_000_000);
  const state = JSON.parse(JSON.stringify(controller.save()));
  irq1 = new RecordingLine();
  keyboard = new Ps2Keyboard();
  mouse = new Ps2Mouse();
  const other = (controller = make());
  other.restore(state);
  expect(irq1.level).toBe(true);
  expect(drain()).toEqual([0x1e, 0x30]);
});
