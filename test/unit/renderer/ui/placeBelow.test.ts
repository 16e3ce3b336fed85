import { expect, test } from 'vitest';
import { placeBelow } from '../../../../src-renderer/ui/placeBelow.ts';

const WINDOW = { width: 1000, height: 600 };
const TIP = { width: 100, height: 24 };

test('a tip lies in the middle below what it is about', () => {
  expect(placeBelow({ left: 400, top: 100, width: 28, height: 28 }, TIP, WINDOW)).toEqual({ left: 364, top: 134 });
});

test('where there is no room below it lies above', () => {
  expect(placeBelow({ left: 400, top: 560, width: 28, height: 28 }, TIP, WINDOW)).toEqual({ left: 364, top: 530 });
});

test.each([
  { edge: 'left', left: 2, at: 8 },
  { edge: 'right', left: 970, at: 892 },
])('at the $edge edge it stays inside the window', ({ left, at }) => {
  expect(placeBelow({ left, top: 100, width: 28, height: 28 }, TIP, WINDOW).left).toBe(at);
});

test('what is higher than the window leaves its tip below it', () => {
  expect(placeBelow({ left: 0, top: 4, width: 28, height: 580 }, TIP, WINDOW).top).toBe(590);
});
