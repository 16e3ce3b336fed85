import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Tooltips } from '../../../../src-renderer/ui/Tooltips.ts';

let tooltips: Tooltips<string>;
const tip = { text: 'Pause' };

beforeEach(() => {
  vi.useFakeTimers();
  tooltips = new Tooltips();
});
afterEach(() => void vi.useRealTimers());

test('a tip comes once the pointer has rested for half a second', () => {
  tooltips.approach('button', tip);
  vi.advanceTimersByTime(499);
  expect(tooltips.shown).toBeNull();
  vi.advanceTimersByTime(1);
  expect(tooltips.shown).toEqual({ target: 'button', tip });
});

test('a pointer that only passes by gets none', () => {
  tooltips.approach('button', tip);
  vi.advanceTimersByTime(300);
  tooltips.leave();
  vi.advanceTimersByTime(1_000);
  expect(tooltips.shown).toBeNull();
});

test('from one thing to the next tips follow at once', () => {
  tooltips.show('button', tip);
  tooltips.leave();
  tooltips.approach('neighbour', tip);
  expect(tooltips.shown?.target).toBe('neighbour');
});

test('shortly after a tip the next comes at once, later it waits again', () => {
  tooltips.show('button', tip);
  tooltips.leave();
  vi.advanceTimersByTime(250);
  tooltips.approach('neighbour', tip);
  expect(tooltips.shown?.target).toBe('neighbour');
  tooltips.leave();
  vi.advanceTimersByTime(350);
  tooltips.approach('button', tip);
  expect(tooltips.shown).toBeNull();
});

test('a tip stays while the pointer is on it', () => {
  tooltips.show('button', tip);
  tooltips.leave();
  tooltips.stay();
  vi.advanceTimersByTime(1_000);
  expect(tooltips.shown?.target).toBe('button');
});

test('what was pressed says nothing more until the pointer comes back', () => {
  tooltips.approach('button', tip);
  tooltips.dismiss();
  tooltips.approach('button', tip);
  vi.advanceTimersByTime(1_000);
  expect(tooltips.shown).toBeNull();
  tooltips.leave();
  tooltips.approach('button', tip);
  vi.advanceTimersByTime(500);
  expect(tooltips.shown?.target).toBe('button');
});

test('what takes the place of something pressed waits like anything else', () => {
  tooltips.show('pause', tip);
  tooltips.dismiss();
  tooltips.approach('resume', tip);
  expect(tooltips.shown).toBeNull();
});

test('a press ends a tip, and one that was about to come', () => {
  tooltips.approach('button', tip);
  tooltips.dismiss();
  vi.advanceTimersByTime(1_000);
  expect(tooltips.shown).toBeNull();
});

test('what goes before its tip comes has none', () => {
  tooltips.approach('button', tip);
  tooltips.forget(tip);
  vi.advanceTimersByTime(1_000);
  expect(tooltips.shown).toBeNull();
});

test('what goes takes its tip with it, and no other', () => {
  tooltips.approach('passed by', { text: 'Reset' });
  tooltips.show('button', tip);
  tooltips.forget({ text: 'Step' });
  expect(tooltips.shown?.target).toBe('button');
  tooltips.forget(tip);
  expect(tooltips.shown).toBeNull();
});
