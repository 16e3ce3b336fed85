import { beforeEach, describe, expect, test } from 'vitest';
import { Uart16550 } from '../../../../src-main/machine/uart/Uart16550.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';

/** At the default divisor, 115,200 baud. */
const CHARACTER_NS = 87_000;
const OUT2 = 8;

let time: ManualTime;
let irq: RecordingLine;
let uart: Uart16550;
let sent: number[];

beforeEach(() => {
  time = new ManualTime();
  irq = new RecordingLine();
  sent = [];
  uart = new Uart16550('com1', time.timers, irq, (byte) => sent.push(byte));
  uart.reset();
  uart.write(3, 1, 0x03);
  uart.write(4, 1, OUT2);
});

function characters(count: number): void {
  time.advance(count * CHARACTER_NS);
}

describe('sending', () => {
  test('a byte is out at once and THR is always empty', () => {
    uart.write(0, 1, 0x41);
    expect(sent).toEqual([0x41]);
    expect(uart.read(5)).toBe(0x60);
  });

  test('a program that never set the word length is understood', () => {
    uart.reset();
    uart.write(0, 1, 0xc1);
    expect(sent).toEqual([0xc1]);
  });

  test('THR empty interrupts when enabled, after each byte, and until IIR is read', () => {
    uart.write(1, 1, 0x02);
    expect(irq.level).toBe(true);
    expect(uart.read(2)).toBe(0x02);
    expect(irq.level).toBe(false);
    expect(uart.read(2)).toBe(0x01);
    uart.write(0, 1, 1);
    uart.write(0, 1, 2);
    expect(irq.rises).toBe(3);
  });

  test('a program that polls LSR and sends leaves the interrupt line alone', () => {
    let changes = 0;
    const polled = new Uart16550('com1', time.timers, { set: () => changes++ }, (byte) => sent.push(byte));
    polled.write(4, 1, OUT2);
    for (let byte = 0; byte < 100; byte++) {
      expect(polled.read(5)).toBe(0x60);
      polled.write(0, 1, byte);
    }
    expect([sent.length, changes]).toEqual([100, 0]);
  });

  test('OUT2 gates the interrupt', () => {
    uart.write(4, 1, 0);
    uart.write(1, 1, 0x02);
    expect(irq.level).toBe(false);
    expect(uart.read(2)).toBe(0x02);
  });
});

describe('receiving', () => {
  test('a byte takes its time on the wire', () => {
    uart.receive([0x55]);
    expect(uart.read(5) & 1).toBe(0);
    characters(1);
    expect(uart.read(5) & 1).toBe(1);
    expect(uart.read(0)).toBe(0x55);
    expect(uart.read(5) & 1).toBe(0);
  });

  test('without FIFOs each byte waits for the one before, and makes an edge', () => {
    uart.write(1, 1, 0x01);
    uart.receive([1, 2, 3]);
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      characters(10);
      expect(irq.rises).toBe(i + 1);
      seen.push(uart.read(0));
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  test('the divisor sets the pace', () => {
    uart.write(3, 1, 0x83);
    uart.write(0, 1, 12);
    uart.write(1, 1, 0);
    expect(uart.read(0)).toBe(12);
    uart.write(3, 1, 0x03);
    uart.receive([1]);
    characters(11);
    expect(uart.read(5) & 1).toBe(0);
    characters(2);
    expect(uart.read(5) & 1).toBe(1);
  });

  test('the FIFO interrupts at its trigger', () => {
    uart.write(2, 1, 0x81);
    uart.write(1, 1, 0x01);
    uart.receive(Array.from({ length: 8 }, (_, index) => index));
    characters(7);
    expect(irq.level).toBe(false);
    characters(1);
    expect(uart.read(2)).toBe(0xc4);
    uart.read(0);
    expect(irq.level).toBe(false);
  });

  test('bytes below the trigger interrupt after four characters of silence', () => {
    uart.write(2, 1, 0xc1);
    uart.write(1, 1, 0x01);
    uart.receive([7]);
    characters(4);
    expect(irq.level).toBe(false);
    characters(2);
    expect(uart.read(2)).toBe(0xcc);
    expect(uart.read(0)).toBe(7);
    expect(irq.level).toBe(false);
  });

  test('nothing is lost: the wire waits while the FIFO is full', () => {
    uart.write(2, 1, 0x01);
    const bytes = Array.from({ length: 100 }, (_, index) => index);
    uart.receive(bytes);
    characters(200);
    const seen: number[] = [];
    while (seen.length < 100) {
      if (uart.read(5) & 1) seen.push(uart.read(0));
      else characters(1);
    }
    expect(seen).toEqual(bytes);
    expect(uart.read(5) & 0x02).toBe(0);
  });

  test('more than it holds is handed back', () => {
    expect(uart.receive(new Uint8Array(5000))).toBe(4096);
    expect(uart.receive([1])).toBe(0);
    expect(uart.pendingInput).toBe(4096);
  });

  test('clearing the FIFO drops what it holds', () => {
    uart.write(2, 1, 0x01);
    uart.receive([1, 2]);
    characters(3);
    uart.write(2, 1, 0x03);
    expect(uart.read(5) & 1).toBe(0);
  });
});

describe('loopback', () => {
  beforeEach(() => uart.write(4, 1, 0x10));

  test('bytes come back and do not leave', () => {
    uart.write(0, 1, 0x5a);
    expect(uart.read(0)).toBe(0x5a);
    expect(sent).toEqual([]);
  });

  test('modem outputs are the inputs, with their changes', () => {
    expect(uart.read(6) >> 4).toBe(0);
    uart.write(4, 1, 0x1f);
    expect(uart.read(6)).toBe(0xfb);
    expect(uart.read(6)).toBe(0xf0);
    uart.write(4, 1, 0x1b);
    expect(uart.read(6)).toBe(0xb4);
  });

  test('too many bytes overrun, and the error outranks the data', () => {
    uart.write(1, 1, 0x05);
    uart.write(0, 1, 1);
    uart.write(0, 1, 2);
    expect(uart.read(2)).toBe(0x06);
    expect(uart.read(5) & 0x02).toBe(0x02);
    expect(uart.read(2)).toBe(0x04);
    expect(uart.read(0)).toBe(2);
  });
});

test('interrupt priorities: line, received, empty, modem', () => {
  uart.write(4, 1, 0x10);
  uart.write(1, 1, 0x0f);
  uart.read(6);
  uart.write(4, 1, 0x12);
  uart.write(0, 1, 1);
  uart.write(0, 1, 2);
  const causes: number[] = [];
  causes.push(uart.read(2));
  uart.read(5);
  causes.push(uart.read(2));
  uart.read(0);
  causes.push(uart.read(2), uart.read(2));
  uart.read(6);
  causes.push(uart.read(2));
  expect(causes).toEqual([0x06, 0x04, 0x02, 0x00, 0x01]);
});

test('a terminal is connected; scratch keeps its value', () => {
  expect(uart.read(6)).toBe(0xb0);
  uart.write(7, 1, 0x3c);
  expect(uart.read(7)).toBe(0x3c);
  expect([uart.read(3), uart.read(4)]).toEqual([0x03, 0x08]);
});

test('a restored UART goes on receiving', () => {
  uart.write(2, 1, 0x01);
  uart.write(1, 1, 0x01);
  uart.receive([1, 2, 3]);
  characters(1);
  const state = JSON.parse(JSON.stringify(uart.save()));
  const line = new RecordingLine();
  const other = new Uart16550('com1', time.timers, line, () => undefined);
  other.restore(state);
  expect(line.level).toBe(true);
  expect(other.save()).toEqual(state);
  characters(5);
  expect([other.read(0), other.read(0), other.read(0)]).toEqual([1, 2, 3]);
});
