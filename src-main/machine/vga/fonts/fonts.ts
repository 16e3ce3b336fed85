import { CODE_PAGE_437_GLYPHS } from './codePage437Glyphs.ts';

const GLYPH_COUNT = 256;
const SOURCE_ROWS = 16;
/** Shades, and lines and blocks that must meet their neighbours. */
const FIRST_SHADE = 0xb0;
const LAST_SHADE = 0xb2;
const LAST_BLOCK = 0xdf;

/** 256 glyphs of `rows` bytes each, leftmost pixel in bit 7. */
export interface Font {
  readonly rows: 8 | 14 | 16;
  readonly glyphs: Uint8Array;
}

export const FONT_8X16: Font = { rows: 16, glyphs: parse() };
export const FONT_8X14: Font = derive(14, (glyph) => glyph.slice(1, 15));
export const FONT_8X8: Font = derive(8, squeeze);

function parse(): Uint8Array {
  const digits = CODE_PAGE_437_GLYPHS.replaceAll(' ', '');
  return Uint8Array.from({ length: GLYPH_COUNT * SOURCE_ROWS }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}

/** Made when it is first looked at: most machines never leave the modes of the font it comes from. */
function derive(rows: 8 | 14, make: (glyph: number[], code: number) => number[]): Font {
  let made: Uint8Array | undefined;
  return {
    rows,
    get glyphs() {
      return (made ??= makeGlyphs(rows, make));
    },
  };
}

function makeGlyphs(rows: number, make: (glyph: number[], code: number) => number[]): Uint8Array {
  const glyphs = new Uint8Array(GLYPH_COUNT * rows);
  for (let code = 0; code < GLYPH_COUNT; code++) {
    const source = FONT_8X16.glyphs.subarray(code * SOURCE_ROWS, (code + 1) * SOURCE_ROWS);
    glyphs.set(make([...source], code), code * rows);
  }
  return glyphs;
}

/**
 * Sixteen rows to eight. Letters are squeezed by zones, so that they keep a common base line: ascenders (rows 2..4)
 * to two rows, bodies (5..11) to five, descenders (12..13) to one; inside a zone the rows that are most alike merge.
 * What joins its neighbours is halved evenly.
 */
function squeeze(glyph: number[], code: number): number[] {
  if (code >= FIRST_SHADE && code <= LAST_SHADE) return glyph.filter((_, row) => row % 4 < 2);
  if ((code > LAST_SHADE && code <= LAST_BLOCK) || isTall(glyph)) {
    return Array.from({ length: 8 }, (_, row) => (glyph[row * 2] ?? 0) | (glyph[row * 2 + 1] ?? 0));
  }
  return [...merge(glyph.slice(2, 5), 2), ...merge(glyph.slice(5, 12), 5), ...merge(glyph.slice(12, 14), 1)];
}

/** Reaches where no letter does. */
function isTall(glyph: readonly number[]): boolean {
  return [0, 15].some((row) => glyph[row] !== 0);
}

/** Merges neighbouring rows, those that differ least first, until `count` are left. */
function merge(rows: number[], count: number): number[] {
  const merged = [...rows];
  while (merged.length > count) {
    let best = 0;
    let least = Infinity;
    for (let row = 0; row + 1 < merged.length; row++) {
      const difference = bitCount((merged[row] ?? 0) ^ (merged[row + 1] ?? 0));
      if (difference < least) [best, least] = [row, difference];
    }
    merged.splice(best, 2, (merged[best] ?? 0) | (merged[best + 1] ?? 0));
  }
  return merged;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
