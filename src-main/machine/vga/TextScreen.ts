import type { GuestMemory } from '../GuestMemory.ts';
import { fromCodePage437 } from './codePage437.ts';
import { dacIndex } from './GraphicsDisplay.ts';
import type { VgaRegisters } from './VgaRegisters.ts';
import { displayedLines } from './vgaTiming.ts';

/** A text screen as data: what is in each cell, and all that is needed to draw it. */
export interface TextScreen {
  readonly mode: 'text';
  readonly columns: number;
  readonly rows: number;
  /** A character and an attribute byte per cell, row by row. */
  readonly cells: Uint8Array;
  /** Cell of the cursor, or -1 when it is off or outside of the screen. */
  readonly cursor: number;
  /** First and last scan line of the cursor within its cell. */
  readonly cursorTop: number;
  readonly cursorBottom: number;
  /** Red, green and blue, 0..255 each, of the 16 attribute colours. */
  readonly palette: Uint8Array;
  /** Attribute bit 7 blinks the character; otherwise it is the background's intensity. */
  readonly isBlinking: boolean;
  readonly cellWidth: 8 | 9;
  readonly cellHeight: number;
  /** Codes C0h..DFh continue into the ninth column, so that lines join. */
  readonly extendsLineGraphics: boolean;
  /**
   * `cellHeight` bytes for each of 256 characters, leftmost pixel in bit 7. A second set follows when attribute
   * bit 3 chooses between two: it is that of characters whose bit is set.
   */
  readonly glyphs: Uint8Array;
  /** Scan line within a cell that is underlined where the attribute asks for it, or -1. */
  readonly underline: number;
  /**
   * Scan lines by which all is shifted up, and pixels by which it is shifted to the left. What this brings into
   * view at the edges stays black.
   */
  readonly scrollLines: number;
  readonly scrollPixels: number;
}

const TEXT_MEMORY = 0xb8000;
const TEXT_PAGE_BYTES = 80 * 25 * 2;
/** The characters of two cells, without their attributes. */
const CHARACTERS = 0x00ff_00ff;
const GROUP_MASK = 0xffff;
const GLYPH_COUNT = 256;
const MOST_COLUMNS = 256;
const MOST_ROWS = 128;

/** Reads the screen that registers and planes describe; blank while the display is off or in a graphics mode. */
export function readTextScreen(vga: VgaRegisters, planes: Uint8Array): TextScreen {
  const columns = Math.min(MOST_COLUMNS, vga.crtcRegister(0x01) + 1);
  const cellHeight = (vga.crtcRegister(0x09) & 0x1f) + 1;
  const isDoubled = (vga.crtcRegister(0x09) & 0x80) !== 0;
  const lines = displayedLines(Uint8Array.from({ length: 0x13 }, (_, index) => vga.crtcRegister(index)));
  const rows = Math.max(1, Math.min(MOST_ROWS, Math.floor(lines / (isDoubled ? 2 : 1) / cellHeight)));
  const layout = layOut(vga, columns, rows, cellHeight * (isDoubled ? 2 : 1));
  const cursorTop = vga.crtcRegister(0x0a) & 0x1f;
  const cursorBottom = Math.min(vga.crtcRegister(0x0b) & 0x1f, cellHeight - 1);
  const isCursorOff = (vga.crtcRegister(0x0a) & 0x20) !== 0 || cursorTop > cursorBottom;
  const isText = isTextShown(vga);
  const modeControl = vga.attributeRegister(0x10);
  const underline = vga.crtcRegister(0x14) & 0x1f;
  const pan = vga.attributeRegister(0x13) & 0x0f;
  const cellWidth = vga.sequencerRegister(1) & 1 ? 8 : 9;
  return {
    mode: 'text',
    columns,
    rows,
    cells: readCells(planes, isText, layout),
    cursor: isCursorOff || !isText ? -1 : cursorCell(vga, layout),
    cursorTop,
    cursorBottom,
    palette: readPalette(vga),
    isBlinking: (modeControl & 0x08) !== 0,
    cellWidth,
    cellHeight,
    extendsLineGraphics: (modeControl & 0x04) !== 0,
    glyphs: readGlyphs(vga, planes, cellHeight),
    underline: underline < cellHeight ? underline : -1,
    scrollLines: Math.min(vga.crtcRegister(0x08) & 0x1f, cellHeight - 1),
    // With nine dots 8 stands for no shift, and 0 for one pixel.
    scrollPixels: cellWidth === 9 ? (pan >= 8 ? 0 : pan + 1) : pan > 7 ? 0 : pan,
  };
}

/** The display is on, and its registers are those of a text mode. */
function isTextShown(vga: VgaRegisters): boolean {
  return (vga.graphicsRegister(6) & 1) === 0 && vga.isDisplayOn && (vga.sequencerRegister(1) & 0x20) === 0;
}

/** One line of Unicode text a row, without the blanks at its end. */
export function textLines(screen: TextScreen): string[] {
  return Array.from({ length: screen.rows }, (_, row) => {
    let line = '';
    for (let column = 0; column < screen.columns; column++) {
      line += fromCodePage437(screen.cells[(row * screen.columns + column) * 2] ?? 0);
    }
    return line.trimEnd();
  });
}

/** Changes when a character of the first page of text memory does, 80 by 25 cells; colours do not count. */
export function textMemorySum(memory: GuestMemory): number {
  if (memory.size < TEXT_MEMORY + TEXT_PAGE_BYTES) return 0;
  const bytes = memory.view(TEXT_MEMORY, TEXT_PAGE_BYTES);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, TEXT_PAGE_BYTES >> 2);
  return words.reduce((sum, word) => (Math.imul(sum, 31) + (word & CHARACTERS)) | 0, 0);
}

/** Where the rows of the screen begin, in groups of the planes. */
interface TextLayout {
  readonly columns: number;
  readonly rows: number;
  readonly rowStarts: readonly number[];
}

function layOut(vga: VgaRegisters, columns: number, rows: number, rowLines: number): TextLayout {
  const start = ((vga.crtcRegister(0x0c) << 8) | vga.crtcRegister(0x0d)) + ((vga.crtcRegister(0x08) >> 5) & 3);
  const pitch = vga.crtcRegister(0x13) * 2;
  const overflow = vga.crtcRegister(0x07);
  const compare = vga.crtcRegister(0x18) | ((overflow & 0x10) << 4) | ((vga.crtcRegister(0x09) & 0x40) << 3);
  // A split in the middle of a row begins with the next one.
  const split = Math.ceil((compare + 1) / rowLines);
  const rowStarts = Array.from({ length: rows }, (_, row) =>
    row < split ? start + row * pitch : (row - split) * pitch,
  );
  return { columns, rows, rowStarts };
}

function readCells(planes: Uint8Array, isText: boolean, { columns, rows, rowStarts }: TextLayout): Uint8Array {
  const cells = new Uint8Array(columns * rows * 2);
  if (!isText) return cells;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const group = (((rowStarts[row] ?? 0) + column) & GROUP_MASK) << 2;
      const to = (row * columns + column) * 2;
      cells[to] = planes[group] ?? 0;
      cells[to + 1] = planes[group + 1] ?? 0;
    }
  }
  return cells;
}

function cursorCell(vga: VgaRegisters, { columns, rowStarts }: TextLayout): number {
  const at = (vga.crtcRegister(0x0e) << 8) | vga.crtcRegister(0x0f);
  const row = rowStarts.findIndex((start) => at >= start && at < start + columns);
  return row < 0 ? -1 : row * columns + (at - (rowStarts[row] ?? 0));
}

/** Character maps of plane 2, as the sequencer's register 3 chooses them: 8 KiB each, in this order. */
const CHARACTER_MAPS = [0x0000, 0x4000, 0x8000, 0xc000, 0x2000, 0x6000, 0xa000, 0xe000] as const;
const GLYPH_SLOT = 32;

function readGlyphs(vga: VgaRegisters, planes: Uint8Array, cellHeight: number): Uint8Array {
  const select = vga.sequencerRegister(3);
  const mapB = (select & 3) | ((select >> 2) & 4);
  const mapA = ((select >> 2) & 3) | ((select >> 3) & 4);
  // Map B is that of characters with attribute bit 3 clear.
  const maps = mapA === mapB ? [mapB] : [mapB, mapA];
  const glyphs = new Uint8Array(maps.length * GLYPH_COUNT * cellHeight);
  maps.forEach((map, set) => {
    const from = CHARACTER_MAPS[map] ?? 0;
    for (let code = 0; code < GLYPH_COUNT; code++) {
      const to = (set * GLYPH_COUNT + code) * cellHeight;
      for (let row = 0; row < cellHeight; row++) {
        glyphs[to + row] = planes[((from + code * GLYPH_SLOT + row) << 2) + 2] ?? 0;
      }
    }
  });
  return glyphs;
}

function readPalette(vga: VgaRegisters): Uint8Array {
  const palette = new Uint8Array(16 * 3);
  for (let colour = 0; colour < 16; colour++) {
    const rgb = vga.colour(dacIndex(vga, colour & vga.attributeRegister(0x12)));
    palette.set([rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff], colour * 3);
  }
  return palette;
}
