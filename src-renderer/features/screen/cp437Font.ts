import hexFile from '../../../resources/fonts/cp437-8x16.hex?raw';

export const GLYPH_WIDTH = 8;
export const GLYPH_HEIGHT = 16;

/** Sixteen rows per character of code page 437, leftmost pixel in bit 7. */
export const glyphs: Uint8Array = parse(hexFile);

function parse(text: string): Uint8Array {
  const rows = new Uint8Array(256 * GLYPH_HEIGHT);
  for (const line of text.split('\n')) {
    const [code, digits] = line.split(':');
    if (!code || !digits) continue;
    const start = Number.parseInt(code, 16) * GLYPH_HEIGHT;
    for (let row = 0; row < GLYPH_HEIGHT; row++) {
      rows[start + row] = Number.parseInt(digits.slice(row * 2, row * 2 + 2), 16);
    }
  }
  return rows;
}

/** Share of lit pixels in the upper and the lower half of a glyph, 0..255: two bytes per character. */
export const glyphInk: Uint8Array = measureInk();

function measureInk(): Uint8Array {
  const ink = new Uint8Array(512);
  const pixelsInHalf = (GLYPH_HEIGHT / 2) * GLYPH_WIDTH;
  for (let half = 0; half < 512; half++) {
    let lit = 0;
    for (let row = 0; row < GLYPH_HEIGHT / 2; row++) {
      for (let bits = glyphs[half * (GLYPH_HEIGHT / 2) + row] ?? 0; bits !== 0; bits &= bits - 1) lit++;
    }
    ink[half] = Math.round((lit / pixelsInHalf) * 255);
  }
  return ink;
}
