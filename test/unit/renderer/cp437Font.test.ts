import { expect, test } from 'vitest';
import { GLYPH_HEIGHT, glyphInk, glyphs } from '../../../src-renderer/features/screen/cp437Font.ts';

const glyph = (code: number): number[] => [...glyphs.subarray(code * GLYPH_HEIGHT, (code + 1) * GLYPH_HEIGHT)];

test('the font has all 256 glyphs', () => {
  expect(glyphs.length).toBe(256 * GLYPH_HEIGHT);
  const blank = Array.from({ length: 256 }, (_, code) => code).filter((code) => glyph(code).every((row) => row === 0));
  expect(blank).toEqual([0x00, 0x20, 0xff]);
});

test('block glyphs fill what their names say', () => {
  expect(glyph(0xdb).every((row) => row === 0xff)).toBe(true);
  expect(
    glyph(0xdf)
      .slice(8)
      .every((row) => row === 0),
  ).toBe(true);
  expect(glyphInk[0xdf * 2]).toBeGreaterThan(200);
  expect(glyphInk[0xdf * 2 + 1]).toBe(0);
});
