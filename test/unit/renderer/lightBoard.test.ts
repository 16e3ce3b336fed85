import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DevicesFrame } from '../../../src-preload/contract/layouts/MachineViewFrame.ts';
import { LIGHT_MS, LightBoard } from '../../../src-renderer/features/drives/LightBoard.ts';

const still = { reads: 0, writes: 0 };
const frame = (changes: Partial<DevicesFrame['drives']> = {}, framesSent = 0, framesReceived = 0): DevicesFrame => ({
  drives: { floppy: still, hda: still, hdb: still, cdrom: still, vda: still, ...changes },
  framesSent,
  framesReceived,
});
let seen: string[];
let board: LightBoard;

beforeEach(() => {
  vi.useFakeTimers();
  seen = [];
  board = new LightBoard((name, light) => seen.push(`${name} ${light}`));
});
afterEach(() => vi.useRealTimers());

test('a drive that works is lit for a moment', () => {
  board.take(frame());
  board.take(frame({ hda: { reads: 5, writes: 0 } }));
  expect(seen).toEqual(['hda read']);
  vi.advanceTimersByTime(LIGHT_MS);
  expect(seen).toEqual(['hda read', 'hda off']);
});

test('writing wins over reading, and goes on while it lasts', () => {
  board.take(frame());
  board.take(frame({ floppy: { reads: 1, writes: 1 } }));
  vi.advanceTimersByTime(LIGHT_MS / 2);
  board.take(frame({ floppy: { reads: 1, writes: 2 } }));
  vi.advanceTimersByTime(LIGHT_MS / 2);
  expect(seen).toEqual(['floppy write', 'floppy write']);
});

test('frames of the network light it', () => {
  board.take(frame());
  board.take(frame({}, 1, 1));
  board.take(frame({}, 1, 2));
  expect(seen).toEqual(['network write', 'network read']);
});

test('what was counted before anybody looked, or before the machine was off, lights nothing', () => {
  board.take(frame({ hda: { reads: 100, writes: 100 } }));
  board.take(null);
  board.take(frame());
  expect(seen).toEqual([]);
});
