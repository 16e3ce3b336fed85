import { beforeEach, describe, expect, test } from 'vitest';
import { Ne2000 } from '../../../../src-main/machine/network/Ne2000.ts';

const MAC = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56);
const OTHER = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x57);
const CR = 0, PSTART = 1, PSTOP = 2, BNRY = 3, TPSR = 4, TBCR0 = 5, ISR = 7, RSAR0 = 8, RBCR0 = 10, RCR = 12, IMR = 15; // prettier-ignore
const DATA = 0x10;
const RING = { first: 0x46, after: 0x80 };

let sent: Uint8Array[];
let isAsserted: boolean;
let card: Ne2000;

/** Brings the adapter up as drivers do (datasheet, 11.0, Initialization Sequence). */
function start(receive = 0x04): void {
  card.write(CR, 1, 0x21);
  card.write(14, 1, 0x49);
  card.write(RCR, 1, receive);
  card.write(PSTART, 1, RING.first);
  card.write(PSTOP, 1, RING.after);
  card.write(BNRY, 1, RING.first);
  card.write(CR, 1, 0x61);
  MAC.forEach((byte, at) => card.write(1 + at, 1, byte));
  for (let at = 8; at < 16; at++) card.write(at, 1, 0);
  card.write(7, 1, RING.first + 1);
  card.write(CR, 1, 0x22);
  card.write(ISR, 1, 0xff);
  card.write(IMR, 1, 0x1f);
}

function readRemote(address: number, length: number): number[] {
  setRemote(address, length);
  card.write(CR, 1, 0x0a);
  return Array.from({ length }, () => card.read(DATA, 1));
}

function writeRemote(address: number, bytes: readonly number[]): void {
  setRemote(address, bytes.length);
  card.write(CR, 1, 0x12);
  for (const byte of bytes) card.write(DATA, 1, byte);
}

function setRemote(address: number, length: number): void {
  card.write(RSAR0, 1, address & 0xff);
  card.write(RSAR0 + 1, 1, address >> 8);
  card.write(RBCR0, 1, length & 0xff);
  card.write(RBCR0 + 1, 1, length >> 8);
}

function frame(destination: ArrayLike<number>, length: number): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, at) => at & 0xff);
  bytes.set(Array.from(destination));
  return bytes;
}

function current(): number {
  card.write(CR, 1, 0x62);
  const page = card.read(7, 1);
  card.write(CR, 1, 0x22);
  return page;
}

beforeEach(() => {
  sent = [];
  isAsserted = false;
  card = new Ne2000('net0', MAC, { set: (value) => (isAsserted = value) }, { send: (bytes) => sent.push(bytes) });
  card.reset();
});

describe('an NE2000 adapter', () => {
  test('shows its address twice in the PROM, and that it takes words', () => {
    start();
    const prom = readRemote(0, 32);
    expect(prom.slice(0, 12)).toEqual([...MAC].flatMap((byte) => [byte, byte]));
    expect(prom.slice(28)).toEqual([0x57, 0x57, 0x57, 0x57]);
  });

  test('sends what the driver wrote into its memory, and says so', () => {
    start();
    const bytes = [...frame(OTHER, 80)];
    writeRemote(0x4000, bytes);
    card.write(TPSR, 1, 0x40);
    card.write(TBCR0, 1, 80);
    card.write(TBCR0 + 1, 1, 0);
    card.write(CR, 1, 0x26);
    expect(sent.map((each) => [...each])).toEqual([bytes]);
    expect(card.read(ISR, 1) & 2).toBe(2);
    expect(isAsserted).toBe(true);
    card.write(ISR, 1, 0x42);
    expect(isAsserted).toBe(false);
  });

  test('receives a frame for it behind a header with status, next page and length', () => {
    start();
    expect(card.receive(frame(MAC, 100))).toBe(true);
    expect(isAsserted).toBe(true);
    expect(readRemote(0x4700, 4)).toEqual([1, 0x48, 104, 0]);
    expect(readRemote(0x4704, 100)).toEqual([...frame(MAC, 100)]);
    expect(current()).toBe(0x48);
  });

  test('pads short frames to 60 bytes', () => {
    start();
    card.receive(frame(MAC, 42));
    expect(readRemote(0x4700, 4)).toEqual([1, 0x48, 64, 0]);
  });

  test('lets frames for others pass, and takes them when promiscuous', () => {
    start();
    card.receive(frame(OTHER, 60));
    expect(current()).toBe(0x47);
    start(0x14);
    card.receive(frame(OTHER, 60));
    expect(current()).toBe(0x48);
  });

  test('takes broadcasts when asked to, and multicasts by their hash', () => {
    start(0x00);
    card.receive(frame([255, 255, 255, 255, 255, 255], 60));
    expect(current()).toBe(0x47);
    start(0x0c);
    // 33:33:00:00:00:01 has hash bit 15 by the filter of Linux's 8390 driver.
    card.write(CR, 1, 0x61);
    for (let at = 0; at < 8; at++) card.write(8 + at, 1, 0);
    const group = frame([0x33, 0x33, 0, 0, 0, 1], 60);
    card.write(CR, 1, 0x22);
    card.receive(group);
    expect(current()).toBe(0x47);
    card.write(CR, 1, 0x61);
    for (let at = 0; at < 8; at++) card.write(8 + at, 1, 0xff);
    card.write(CR, 1, 0x22);
    card.receive(group);
    expect(current()).toBe(0x48);
    expect(readRemote(0x4700, 1)).toEqual([0x21]);
  });

  test('goes round the ring, and reads across its end', () => {
    start();
    for (let count = 0; count < 0x38; count++) {
      expect(card.receive(frame(MAC, 60))).toBe(true);
      card.write(BNRY, 1, current() - 1 < RING.first ? RING.after - 1 : current() - 1);
    }
    expect(current()).toBe(0x7f);
    const long = frame(MAC, 600);
    card.receive(long);
    expect(current()).toBe(0x48);
    expect(readRemote(0x7f04, 600)).toEqual([...long]);
  });

  test('keeps waiting what the ring has no room for, until there is room, and no more than a wire holds', () => {
    start();
    let taken = 0;
    while (card.receive(frame(MAC, 1514))) taken++;
    expect(taken).toBe(9 + 256);
    const full = current();
    expect(card.read(ISR, 1) & 0x10).toBe(0);
    card.write(BNRY, 1, full - 1);
    expect(current()).not.toBe(full);
    expect(card.receive(frame(MAC, 1514))).toBe(true);
  });

  test('moves words and double words through its data port', () => {
    start();
    setRemote(0x4000, 6);
    card.write(CR, 1, 0x12);
    card.write(DATA, 4, 0x4433_2211);
    card.write(DATA, 2, 0x6655);
    expect(card.read(ISR, 1) & 0x40).toBe(0x40);
    expect(readRemote(0x4000, 6)).toEqual([0x11, 0x22, 0x33, 0x44, 0x55, 0x66]);
  });

  test('stays as it was through a snapshot', () => {
    start();
    card.receive(frame(MAC, 100));
    const state = card.save();
    card.reset();
    // Plain JSON data, as a snapshot file holds it.
    card.restore(JSON.parse(JSON.stringify(state)) as typeof state);
    expect(isAsserted).toBe(true);
    expect(readRemote(0x4704, 100)).toEqual([...frame(MAC, 100)]);
    expect(() => card.restore({ version: 9 })).toThrow(/version/);
  });

  test('survives any traffic', () => {
    let seed = 1;
    const random = (limit: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % limit;
    for (let count = 0; count < 20_000; count++) {
      const width = ([1, 2, 4] as const)[random(3)] ?? 1;
      if (random(3) === 0) card.receive(frame([random(256), 255, 255, 255, 255, 255], 6 + random(2000)));
      else if (random(2) === 0) card.write(random(32), width, random(0x1_0000));
      else expect(card.read(random(32), width)).toBeGreaterThanOrEqual(0);
    }
  });
});
