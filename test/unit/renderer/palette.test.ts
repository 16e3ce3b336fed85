import { expect, test } from 'vitest';
import { matchScore } from '../../../src-renderer/features/palette/matchScore.ts';

test('a word at a beginning beats one inside, which beats scattered letters', () => {
  const start = matchScore('step', 'Step one instruction');
  const inside = matchScore('tep', 'Step one instruction');
  const scattered = matchScore('soi', 'Step one instruction');
  expect(start).toBeGreaterThan(inside);
  expect(inside).toBeGreaterThan(scattered);
  expect(scattered).toBeGreaterThan(0);
});

test('every word must occur', () => {
  expect(matchScore('step zebra', 'Step one instruction')).toBe(0);
});
