import { beforeEach, describe, expect, test } from 'vitest';
import { Dma8237 } from '../../../../src-main/machine/dma/Dma8237.ts';
import { DmaPageRegisters } from '../../../../src-main/machine/dma/DmaPageRegisters.ts';
import { TestRam } from '../../../support/machine/TestRam.ts';

const TO_MEMORY = 0x44;
const FROM_MEMORY = 0x48;

let ram: TestRam;
let bytes: Dma8237;
let words: Dma8237;
let pages: DmaPageRegisters;

beforeEach(() => {
  ram = new TestRam(0x40_0000);
  bytes = new Dma8237('dma0', ram, 1);
  words = new Dma8237('dma1', ram, 2);
  pages = new DmaPageRegisters('dma-pages', [bytes, words]);
});

/** As a driver does: mask, mode, address, count, page, unmask. */
function program(channel: number, mode: number, address: number, units: number): void {
  const isWord = channel >= 4;
  const controller = isWord ? words : bytes;
  const index = channel & 3;
  const start = isWord ? address >> 1 : address;
  // Registers of the controller for words lie two ports apart.
  const write = (register: number, value: number): void => controller.write(isWord ? 2 * register : register, 1, value);
  write(10, 4 | index);
  write(12, 0);
  write(11, mode | index);
  write(2 * index, start & 0xff);
  write(2 * index, (start >> 8) & 0xff);
  write(2 * index + 1, (units - 1) & 0xff);
  write(2 * index + 1, (units - 1) >> 8);
  pages.write([7, 3, 1, 2, 15, 11, 9, 10][channel] ?? 0, 1, address >> 16);
  write(10, index);
}

describe('a transfer', () => {
  test('to memory stores bytes and ends at terminal count', () => {
    program(2, TO_MEMORY, 0x12_3456, 4);
    expect(bytes.channel(2).store(Uint8Array.of(1, 2))).toEqual({ moved: 2, isTerminalCount: false });
    expect(bytes.channel(2).store(Uint8Array.of(3, 4, 5))).toEqual({ moved: 2, isTerminalCount: true });
    expect([...ram.bytes.subarray(0x12_3456, 0x12_345b)]).toEqual([1, 2, 3, 4, 0]);
    expect(bytes.channel(2).store(Uint8Array.of(9)).moved).toBe(0);
  });

  test('from memory fetches them', () => {
    ram.bytes.set([7, 8, 9], 0x2000);
    program(1, FROM_MEMORY, 0x2000, 3);
    const into = new Uint8Array(3);
    expect(bytes.channel(1).fetch(into)).toEqual({ moved: 3, isTerminalCount: true });
    expect([...into]).toEqual([7, 8, 9]);
  });

  test('wraps within its 64 KiB page', () => {
    program(2, TO_MEMORY, 0x1_fffe, 4);
    bytes.channel(2).store(Uint8Array.of(1, 2, 3, 4));
    expect([...ram.bytes.subarray(0x1_fffe, 0x2_0002)]).toEqual([1, 2, 0, 0]);
    expect([...ram.bytes.subarray(0x1_0000, 0x1_0002)]).toEqual([3, 4]);
  });

  test('of words has addresses that count words, in a page of 128 KiB', () => {
    program(5, TO_MEMORY, 0x3_0000, 2);
    expect(words.channel(1).store(Uint8Array.of(1, 2, 3, 4))).toEqual({ moved: 4, isTerminalCount: true });
    expect([...ram.bytes.subarray(0x3_0000, 0x3_0004)]).toEqual([1, 2, 3, 4]);
  });

  test('downwards', () => {
    program(2, TO_MEMORY | 0x20, 0x1002, 3);
    bytes.channel(2).store(Uint8Array.of(1, 2, 3));
    expect([...ram.bytes.subarray(0x1000, 0x1003)]).toEqual([3, 2, 1]);
  });

  test('begins again by itself when told to', () => {
    program(2, TO_MEMORY | 0x10, 0x1000, 2);
    bytes.channel(2).store(Uint8Array.of(1, 2));
    expect(bytes.channel(2).store(Uint8Array.of(3, 4))).toEqual({ moved: 2, isTerminalCount: true });
    expect([...ram.bytes.subarray(0x1000, 0x1002)]).toEqual([3, 4]);
  });

  test('to verify moves nothing and counts', () => {
    program(2, 0x40, 0x1000, 2);
    expect(bytes.channel(2).store(Uint8Array.of(1, 2))).toEqual({ moved: 2, isTerminalCount: true });
    expect(ram.bytes[0x1000]).toBe(0);
  });

  test.each([
    ['the channel is masked', () => bytes.write(10, 1, 6)],
    ['the controller is disabled', () => bytes.write(8, 1, 4)],
    ['it is set for the other direction', () => bytes.write(11, 1, FROM_MEMORY | 2)],
    ['it was cleared', () => bytes.write(13, 1, 0)],
  ])('waits while %s', (_, stop) => {
    program(2, TO_MEMORY, 0x1000, 4);
    stop();
    expect(bytes.channel(2).store(Uint8Array.of(1))).toEqual({ moved: 0, isTerminalCount: false });
  });

  test('beyond RAM is dropped', () => {
    program(2, TO_MEMORY, 0xff_0000, 4);
    expect(bytes.channel(2).store(Uint8Array.of(1, 2, 3, 4)).moved).toBe(4);
    expect(ram.written).toEqual([]);
  });
});

test('status tells terminal counts once', () => {
  program(2, TO_MEMORY, 0x1000, 1);
  bytes.channel(2).store(Uint8Array.of(1));
  expect(bytes.read(8) & 0x0f).toBe(4);
  expect(bytes.read(8) & 0x0f).toBe(0);
});

test('current address and count are read low byte first', () => {
  program(2, TO_MEMORY, 0x1234, 0x10);
  bytes.channel(2).store(Uint8Array.of(1, 2, 3));
  bytes.write(12, 1, 0);
  expect([bytes.read(4), bytes.read(4), bytes.read(5), bytes.read(5)]).toEqual([0x37, 0x12, 0x0c, 0x00]);
});

test('a snapshot holds everything', () => {
  program(2, TO_MEMORY, 0x12_1234, 0x10);
  const [controller, registers] = [bytes.save(), pages.save()];
  bytes.reset();
  pages.reset();
  bytes.restore(controller);
  pages.restore(registers);
  bytes.channel(2).store(Uint8Array.of(5));
  expect(ram.bytes[0x12_1234]).toBe(5);
  expect(() => bytes.restore({ ...controller, version: 2 })).toThrow('version');
});
