import type { VbeMode } from './VbeRegisters.ts';
import type { VgaRegisters } from './VgaRegisters.ts';
import { displayedLines } from './vgaTiming.ts';

/**
 * How bytes of video memory become pixels.
 * - `planar`: a bit in each of four planes; eight pixels a group
 * - `cga`: two bits in planes 0 and 1 in turn, two more in planes 2 and 3; eight pixels a group
 * - `packed`: a byte a pixel, the planes in turn; four pixels a group
 * - `linear8` to `linear32`: bytes in a row, little-endian; 15 and 16 are 5:5:5 and 5:6:5, 24 and 32 blue first
 */
export type PixelFormat = 'planar' | 'cga' | 'packed' | 'linear8' | 'linear15' | 'linear16' | 'linear24' | 'linear32';

/** A graphics screen as data: all that is needed to draw it from video memory. */
export interface GraphicsDisplay {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  /** Where each line begins in video memory, in bytes. */
  readonly lineStarts: Uint32Array;
  /** Pixels by which each line is shifted to the left. */
  readonly linePans: Uint8Array;
  /** Bytes of video memory that a line is drawn from. */
  readonly lineBytes: number;
  /** Addresses wrap here, in bytes; a power of two. */
  readonly wrapBytes: number;
  /** Colours by pixel value, as a little-endian word of red, green, blue and alpha bytes. Empty for direct colour. */
  readonly palette: Uint32Array;
}

const PLANE_GROUPS = 0x1_0000;
const PAGE_SHIFT = 12;
const OPAQUE = 0xff00_0000;

/** The picture that the VGA's own registers describe; undefined while it is blank or a text mode. */
export function describeVgaGraphics(vga: VgaRegisters): GraphicsDisplay | undefined {
  if ((vga.graphicsRegister(6) & 1) === 0 || !vga.isDisplayOn || vga.sequencerRegister(1) & 0x20) return undefined;
  const shift = vga.graphicsRegister(5) & 0x60;
  const format: PixelFormat = shift & 0x40 ? 'packed' : shift & 0x20 ? 'cga' : 'planar';
  const characters = vga.crtcRegister(0x01) + 1;
  const width = characters * (format === 'packed' ? 4 : 8);
  const scan = new ScanLines(vga);
  const { height } = scan;
  const lineStarts = new Uint32Array(height);
  const linePans = new Uint8Array(height);
  const pan = pixelPan(vga, format);
  for (let line = 0; line < height; line++) {
    lineStarts[line] = scan.group(line) * 4;
    linePans[line] = scan.isBelowSplit(line) && vga.attributeRegister(0x10) & 0x20 ? 0 : pan;
  }
  return {
    width,
    height,
    format,
    lineStarts,
    linePans,
    // One group more, for what panning brings into view.
    lineBytes: characters * 4 + 4,
    wrapBytes: PLANE_GROUPS * 4,
    palette: format === 'packed' ? dacPalette(vga) : attributePalette(vga),
  };
}

/** The picture of a VBE mode. */
export function describeVbeGraphics(mode: VbeMode, vga: VgaRegisters, memoryBytes: number): GraphicsDisplay {
  const { width, height, depth, pitch, start } = mode;
  const unit = depth === 4 ? 4 : 1;
  return {
    width,
    height,
    format: depth === 4 ? 'planar' : `linear${depth}`,
    lineStarts: Uint32Array.from({ length: height }, (_, line) => (start + line * pitch) * unit),
    linePans: new Uint8Array(height),
    lineBytes: depth === 4 ? width >> 1 : width * ((depth + 7) >> 3),
    wrapBytes: memoryBytes,
    palette: depth === 4 ? attributePalette(vga) : depth === 8 ? dacPalette(vga) : new Uint32Array(0),
  };
}

/** Lines, from `first` on and at most to `end`, that are drawn from pages marked in `pages`; called with runs of lines. */
export function forLinesOfPages(
  display: GraphicsDisplay,
  pages: Readonly<Uint8Array>,
  draw: (first: number, end: number) => void,
): void {
  let runStart = -1;
  for (let line = 0; line <= display.height; line++) {
    const isMarked = line < display.height && isLineMarked(display, line, pages);
    if (isMarked && runStart < 0) runStart = line;
    if (!isMarked && runStart >= 0) {
      draw(runStart, line);
      runStart = -1;
    }
  }
}

function isLineMarked(display: GraphicsDisplay, line: number, pages: Readonly<Uint8Array>): boolean {
  const start = display.lineStarts[line] ?? 0;
  const last = start + display.lineBytes - 1;
  for (let page = start >> PAGE_SHIFT; page <= last >> PAGE_SHIFT; page++) {
    if (pages[page & ((display.wrapBytes >> PAGE_SHIFT) - 1)]) return true;
  }
  return false;
}

/**
 * From lines of the picture to groups of the planes: scan lines shown more than once are one line of the
 * picture, but for those that address different memory, as the banks of CGA's and Hercules' modes do.
 */
class ScanLines {
  readonly height: number;
  private readonly rowLines: number;
  private readonly repeat: number;
  private readonly start: number;
  private readonly pitch: number;
  private readonly split: number;
  private readonly isBanked: boolean;
  private readonly mode: number;

  constructor(vga: VgaRegisters) {
    const maximumScan = vga.crtcRegister(0x09);
    const overflow = vga.crtcRegister(0x07);
    this.mode = vga.crtcRegister(0x17);
    this.isBanked = (this.mode & 3) !== 3;
    this.rowLines = (maximumScan & 0x1f) + 1;
    const doubled = maximumScan & 0x80 ? 2 : 1;
    this.repeat = doubled * (this.isBanked ? 1 : this.rowLines);
    const lines = displayedLines(Uint8Array.from({ length: 0x13 }, (_, index) => vga.crtcRegister(index)));
    this.height = Math.max(1, Math.floor(lines / this.repeat));
    const bytePan = (vga.crtcRegister(0x08) >> 5) & 3;
    this.start = ((vga.crtcRegister(0x0c) << 8) | vga.crtcRegister(0x0d)) + bytePan;
    this.pitch = vga.crtcRegister(0x13) * 2;
    const compare = vga.crtcRegister(0x18) | ((overflow & 0x10) << 4) | ((maximumScan & 0x40) << 3);
    this.split = Math.ceil((compare + 1) / this.repeat);
  }

  isBelowSplit(line: number): boolean {
    return line >= this.split;
  }

  /** Group of the planes at which a line of the picture begins. */
  group(line: number): number {
    const isBelow = this.isBelowSplit(line);
    const from = isBelow ? line - this.split : line;
    const base = isBelow ? 0 : this.start;
    if (!this.isBanked) return (base + from * this.pitch) & (PLANE_GROUPS - 1);
    const row = Math.floor(from / this.rowLines);
    let group = base + row * this.pitch;
    // Mode control bits 0 and 1 clear: address lines 13 and 14 come from the scan line within the row. Word
    // addresses (bit 6 clear) are groups already, so their lines are one lower.
    const lower = this.mode & 0x40 ? 0 : 1;
    const scan = from % this.rowLines;
    if ((this.mode & 1) === 0) group = replaceBit(group, 13 - lower, scan & 1);
    if ((this.mode & 2) === 0) group = replaceBit(group, 14 - lower, (scan >> 1) & 1);
    return group & (PLANE_GROUPS - 1);
  }
}

function replaceBit(value: number, bit: number, to: number): number {
  return (value & ~(1 << bit)) | (to << bit);
}

/** Attribute register 13h; a 256-colour pixel takes two dots. */
function pixelPan(vga: VgaRegisters, format: PixelFormat): number {
  const pan = vga.attributeRegister(0x13) & 0x0f;
  if (pan > 7) return 0;
  return format === 'packed' ? pan >> 1 : pan;
}

/** The 16 attribute colours behind the plane enable bits. */
function attributePalette(vga: VgaRegisters): Uint32Array {
  const enabled = vga.attributeRegister(0x12) & 0x0f;
  return Uint32Array.from({ length: 16 }, (_, value) => word(vga.colour(dacIndex(vga, value & enabled))));
}

function dacPalette(vga: VgaRegisters): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, value) => word(vga.colour(value)));
}

/** Attribute colour to DAC entry: palette register, with its top bits from the colour select register. */
export function dacIndex(vga: VgaRegisters, colour: number): number {
  const low = vga.attributeRegister(colour) & 0x3f;
  const select = vga.attributeRegister(0x14);
  if (vga.attributeRegister(0x10) & 0x80) return (low & 0x0f) | ((select & 0x0f) << 4);
  return low | ((select & 0x0c) << 4);
}

function word(rgb: number): number {
  return (OPAQUE | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}
