import { expect, test } from 'vitest';
import { PASTED_MOST, pastedText } from '../../../src-renderer/features/screen/pastedText.ts';

test('line ends become those of the keyboard', () => {
  expect(pastedText('a\r\nb\rc\n')).toEqual({ pieces: ['a\nb\nc\n'], cut: 0 });
});

test('no text is no piece', () => {
  expect(pastedText('')).toEqual({ pieces: [], cut: 0 });
});

test('a very long text is cut, and that is said', () => {
  const { pieces, cut } = pastedText('x'.repeat(PASTED_MOST + 7));
  expect(cut).toBe(7);
  expect(pieces.join('')).toBe('x'.repeat(PASTED_MOST));
  expect(pieces.every(({ length }) => length <= 10_000)).toBe(true);
});

test('no character is cut in two between pieces', () => {
  const text = `${'x'.repeat(9_999)}😀${'y'.repeat(5)}`;
  expect(pastedText(text).pieces).toEqual(['x'.repeat(9_999), `😀${'y'.repeat(5)}`]);
});
