import { expect, test } from 'vitest';
import { FONT_8X14, FONT_8X16, FONT_8X8, type Font } from '../../../../src-main/machine/vga/fonts/fonts.ts';

/** A glyph as text, for reading. */
function glyph({ rows, glyphs }: Font, letter: string): string[] {
  const code = letter.charCodeAt(0);
  return Array.from({ length: rows }, (_, row) =>
    (glyphs[code * rows + row] ?? 0).toString(2).padStart(8, '0').replaceAll('0', '.').replaceAll('1', '#'),
  );
}

test.each([FONT_8X16, FONT_8X14, FONT_8X8])('the font of $rows rows has 256 glyphs, of which few are blank', (font) => {
  expect(font.glyphs.length).toBe(256 * font.rows);
  const isBlank = (code: number): boolean =>
    font.glyphs.subarray(code * font.rows, (code + 1) * font.rows).every((row) => row === 0);
  expect(Array.from({ length: 256 }, (_, code) => code).filter(isBlank)).toEqual([0, 0x20, 0xff]);
});

test('the small font keeps letters apart and on one base line', () => {
  expect(glyph(FONT_8X8, 'A')).toEqual([
    '..###...',
    '.##.##..',
    '##...##.',
    '#######.',
    '##...##.',
    '##...##.',
    '##...##.',
    '........',
  ]);
  expect(glyph(FONT_8X8, 'g').at(-1)).not.toBe('........');
});
