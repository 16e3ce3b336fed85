import { beforeEach, expect, test } from 'vitest';
import { TerminalFeed } from '../../../src-renderer/features/console/TerminalFeed.ts';

const KIB = 1024;
let written: string[];
let finish: (() => void)[];
let feed: TerminalFeed;

beforeEach(() => {
  written = [];
  finish = [];
  feed = new TerminalFeed(
    {
      write: (bytes, onDone) => {
        written.push(typeof bytes === 'string' ? bytes.trim() : `${bytes[0]}x${bytes.length / KIB}`);
        if (typeof bytes !== 'string') finish.push(onDone);
      },
      reset: () => written.push('reset'),
    },
    (count) => `${count / KIB} lost`,
  );
});

const chunk = (value: number, kib: number): Uint8Array => new Uint8Array(kib * KIB).fill(value);

test('what a terminal can take goes straight to it', () => {
  feed.push(chunk(1, 1));
  feed.push(chunk(2, 1));
  expect(written).toEqual(['1x1', '2x1']);
});

test('more waits until the terminal has taken in what it has, in order', () => {
  for (const value of [1, 2, 3, 4]) feed.push(chunk(value, 64));
  expect(written).toEqual(['1x64', '2x64']);
  finish.shift()?.();
  expect(written).toEqual(['1x64', '2x64', '3x64']);
});

test('a flood loses its oldest part, which is said once, in its place', () => {
  feed.push(chunk(1, 128));
  for (let value = 2; value < 12; value++) feed.push(chunk(value, 64));
  expect(written).toEqual(['1x128']);
  finish.shift()?.();
  expect(written.slice(1)).toEqual(['[384 lost]', '8x64', '9x64']);
});

test('what was lost on the way takes along what stood before it', () => {
  feed.push(chunk(1, 128));
  feed.push(chunk(2, 1));
  feed.push(chunk(3, 1), 7 * KIB);
  finish.shift()?.();
  expect(written.slice(1)).toEqual(['[8 lost]', '3x1']);
});

test('a restart forgets what waits', () => {
  feed.push(chunk(1, 128));
  feed.push(chunk(2, 1));
  feed.restart();
  finish.shift()?.();
  expect(written).toEqual(['1x128', 'reset']);
});
