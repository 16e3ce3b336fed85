import { beforeEach, expect, test } from 'vitest';
import { ParallelPort } from '../../../../src-main/machine/parallel/ParallelPort.ts';
import { RecordingLine } from '../../../support/machine/ManualTime.ts';

const [DATA, STATUS, CONTROL] = [0, 1, 2];

let printed: number[];
let irq: RecordingLine;
let port: ParallelPort;

beforeEach(() => {
  printed = [];
  irq = new RecordingLine();
  port = new ParallelPort('lpt1', irq, (byte) => printed.push(byte));
});

test('prints the data at the strobe’s rising edge, once', () => {
  port.write(DATA, 1, 0x41);
  expect(printed).toEqual([]);
  port.write(CONTROL, 1, 0x0d);
  port.write(CONTROL, 1, 0x0d);
  port.write(CONTROL, 1, 0x0c);
  port.write(CONTROL, 1, 0x0d);
  expect(printed).toEqual([0x41, 0x41]);
});

test('is ready, has paper, and reads back what was written', () => {
  port.write(DATA, 1, 0xa5);
  port.write(CONTROL, 1, 0x1e);
  expect([port.read(DATA, 1), port.read(STATUS, 1), port.read(CONTROL, 1)]).toEqual([0xa5, 0xdf, 0xde]);
});

test('interrupts with each byte where that is wanted', () => {
  port.write(CONTROL, 1, 0x0d);
  expect(irq.rises).toBe(0);
  port.write(CONTROL, 1, 0x1c);
  port.write(CONTROL, 1, 0x1d);
  expect([irq.rises, irq.level]).toEqual([1, false]);
});

test('shows nobody’s pins while they are inputs', () => {
  port.write(DATA, 1, 0x55);
  port.write(CONTROL, 1, 0x2c);
  expect(port.read(DATA, 1)).toBe(0xff);
});

test('a byte on the pins survives a snapshot', () => {
  port.write(DATA, 1, 0x42);
  const other = new ParallelPort('lpt1', irq, (byte) => printed.push(byte));
  other.restore(JSON.parse(JSON.stringify(port.save())));
  other.write(CONTROL, 1, 0x0d);
  expect(printed).toEqual([0x42]);
});
