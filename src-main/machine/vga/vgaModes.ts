/** 256 entries of red, green and blue. */
export const DAC_SIZE = 256 * 3;

/** Which colours the video BIOS loads into the DAC. */
export type DacPalette = 'mono' | 'cga' | 'ega' | '256';

/** What the video BIOS puts into the registers for a mode. */
export interface VgaMode {
  readonly number: number;
  readonly misc: number;
  readonly sequencer: readonly number[];
  readonly crtc: readonly number[];
  readonly graphics: readonly number[];
  readonly attribute: readonly number[];
  readonly dac: DacPalette;
  readonly isText: boolean;
  /** Of text cells: as seen by programs in graphics modes too. */
  readonly columns: number;
  readonly rows: number;
  readonly cellHeight: 8 | 14 | 16;
  /** Bytes that a page takes of the processor's addresses, in the BIOS data area. */
  readonly pageBytes: number;
}

const EGA_COLOURS = [0, 1, 2, 3, 4, 5, 0x14, 7, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f] as const;
const CGA_COLOURS = [0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17] as const;
const OUTLINE_0 = [0x00, 0x00, 0x00, 0x00, 0x00, 0x00] as const;
const CURSOR_16 = [0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00] as const;
const LINES_400 = [0x9c, 0x8e, 0x8f] as const;
const LINES_350 = [0x83, 0x85, 0x5d] as const;
const LINES_480 = [0xea, 0x8c, 0xdf] as const;

const text40: Omit<VgaMode, 'number'> = {
  misc: 0x67,
  sequencer: [0x03, 0x08, 0x03, 0x00, 0x02],
  crtc: [
    0x2d,
    0x27,
    0x28,
    0x90,
    0x2b,
    0xa0,
    0xbf,
    0x1f,
    0x00,
    0x4f,
    ...CURSOR_16,
    ...LINES_400,
    0x14,
    0x1f,
    0x96,
    0xb9,
    0xa3,
    0xff,
  ],
  graphics: [0, 0, 0, 0, 0, 0x10, 0x0e, 0x00, 0xff],
  attribute: [...EGA_COLOURS, 0x0c, 0x00, 0x0f, 0x08, 0x00],
  dac: 'ega',
  isText: true,
  columns: 40,
  rows: 25,
  cellHeight: 16,
  pageBytes: 0x800,
};

const text80: Omit<VgaMode, 'number'> = {
  ...text40,
  sequencer: [0x03, 0x00, 0x03, 0x00, 0x02],
  crtc: [
    0x5f,
    0x4f,
    0x50,
    0x82,
    0x55,
    0x81,
    0xbf,
    0x1f,
    0x00,
    0x4f,
    ...CURSOR_16,
    ...LINES_400,
    0x28,
    0x1f,
    0x96,
    0xb9,
    0xa3,
    0xff,
  ],
  columns: 80,
  pageBytes: 0x1000,
};

const cga320: Omit<VgaMode, 'number'> = {
  misc: 0x63,
  sequencer: [0x03, 0x09, 0x03, 0x00, 0x02],
  crtc: [
    0x2d,
    0x27,
    0x28,
    0x90,
    0x2b,
    0x80,
    0xbf,
    0x1f,
    0x00,
    0xc1,
    ...OUTLINE_0,
    ...LINES_400,
    0x14,
    0x00,
    0x96,
    0xb9,
    0xa2,
    0xff,
  ],
  graphics: [0, 0, 0, 0, 0, 0x30, 0x0f, 0x00, 0xff],
  attribute: [
    0, 0x13, 0x15, 0x17, 2, 4, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x01, 0x00, 0x03, 0x00, 0x00,
  ],
  dac: 'cga',
  isText: false,
  columns: 40,
  rows: 25,
  cellHeight: 8,
  pageBytes: 0x4000,
};

const ega640x350: Omit<VgaMode, 'number'> = {
  misc: 0xa3,
  sequencer: [0x03, 0x01, 0x0f, 0x00, 0x06],
  crtc: [
    0x5f,
    0x4f,
    0x50,
    0x82,
    0x54,
    0x80,
    0xbf,
    0x1f,
    0x00,
    0x40,
    ...OUTLINE_0,
    ...LINES_350,
    0x28,
    0x0f,
    0x63,
    0xba,
    0xe3,
    0xff,
  ],
  graphics: [0, 0, 0, 0, 0, 0x00, 0x05, 0x0f, 0xff],
  attribute: [...EGA_COLOURS, 0x01, 0x00, 0x0f, 0x00, 0x00],
  dac: 'ega',
  isText: false,
  columns: 80,
  rows: 25,
  cellHeight: 14,
  pageBytes: 0x8000,
};

const vga640x480: Omit<VgaMode, 'number'> = {
  ...ega640x350,
  misc: 0xe3,
  crtc: [
    0x5f,
    0x4f,
    0x50,
    0x82,
    0x54,
    0x80,
    0x0b,
    0x3e,
    0x00,
    0x40,
    ...OUTLINE_0,
    ...LINES_480,
    0x28,
    0x00,
    0xe7,
    0x04,
    0xe3,
    0xff,
  ],
  rows: 30,
  cellHeight: 16,
  pageBytes: 0xa000,
};

/** The modes of IBM's VGA BIOS, by its parameter table (IBM PS/2 and PC BIOS Interface Technical Reference, INT 10h). */
// prettier-ignore
const MODES: readonly VgaMode[] = [
  { number: 0x00, ...text40 },
  { number: 0x01, ...text40 },
  { number: 0x02, ...text80 },
  { number: 0x03, ...text80 },
  { number: 0x04, ...cga320 },
  { number: 0x05, ...cga320 },
  {
    ...cga320,
    number: 0x06,
    sequencer: [0x03, 0x01, 0x01, 0x00, 0x06],
    crtc: [0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0x00, 0xc1, ...OUTLINE_0, ...LINES_400, 0x28, 0x00, 0x96, 0xb9, 0xc2, 0xff],
    graphics: [0, 0, 0, 0, 0, 0x00, 0x0d, 0x00, 0xff],
    attribute: [0, ...new Array<number>(15).fill(0x17), 0x01, 0x00, 0x01, 0x00, 0x00],
    columns: 80,
  },
  {
    ...text80,
    number: 0x07,
    misc: 0x66,
    crtc: [0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, ...CURSOR_16, ...LINES_400, 0x28, 0x0d, 0x96, 0xb9, 0xa3, 0xff],
    graphics: [0, 0, 0, 0, 0, 0x10, 0x0a, 0x00, 0xff],
    attribute: [0, 8, 8, 8, 8, 8, 8, 8, 0x10, 0x18, 0x18, 0x18, 0x18, 0x18, 0x18, 0x18, 0x0e, 0x00, 0x0f, 0x08, 0x00],
    dac: 'mono',
  },
  {
    ...ega640x350,
    number: 0x0d,
    misc: 0x63,
    sequencer: [0x03, 0x09, 0x0f, 0x00, 0x06],
    crtc: [0x2d, 0x27, 0x28, 0x90, 0x2b, 0x80, 0xbf, 0x1f, 0x00, 0xc0, ...OUTLINE_0, ...LINES_400, 0x14, 0x00, 0x96, 0xb9, 0xe3, 0xff],
    attribute: [...CGA_COLOURS, 0x01, 0x00, 0x0f, 0x00, 0x00],
    dac: 'cga',
    columns: 40,
    cellHeight: 8,
    pageBytes: 0x2000,
  },
  {
    ...ega640x350,
    number: 0x0e,
    misc: 0x63,
    crtc: [0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0x00, 0xc0, ...OUTLINE_0, ...LINES_400, 0x28, 0x00, 0x96, 0xb9, 0xe3, 0xff],
    attribute: [...CGA_COLOURS, 0x01, 0x00, 0x0f, 0x00, 0x00],
    dac: 'cga',
    cellHeight: 8,
    pageBytes: 0x4000,
  },
  {
    ...ega640x350,
    number: 0x0f,
    misc: 0xa2,
    graphics: [0, 0, 0, 0, 0, 0x00, 0x05, 0x05, 0xff],
    attribute: [0, 8, 0, 0, 0x18, 0x18, 0, 0, 0, 8, 0, 0, 0, 0x18, 0, 0, 0x0b, 0x00, 0x05, 0x00, 0x00],
    dac: 'mono',
  },
  { number: 0x10, ...ega640x350 },
  {
    ...vga640x480,
    number: 0x11,
    graphics: [0, 0, 0, 0, 0, 0x00, 0x05, 0x01, 0xff],
    attribute: [0, ...new Array<number>(15).fill(0x3f), 0x01, 0x00, 0x0f, 0x00, 0x00],
  },
  { number: 0x12, ...vga640x480 },
  {
    number: 0x13,
    misc: 0x63,
    sequencer: [0x03, 0x01, 0x0f, 0x00, 0x0e],
    crtc: [0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0x00, 0x41, ...OUTLINE_0, ...LINES_400, 0x28, 0x40, 0x96, 0xb9, 0xa3, 0xff],
    graphics: [0, 0, 0, 0, 0, 0x40, 0x05, 0x0f, 0xff],
    attribute: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x41, 0x00, 0x0f, 0x00, 0x00],
    dac: '256',
    isText: false,
    columns: 40,
    rows: 25,
    cellHeight: 8,
    pageBytes: 0x1_0000,
  },
];

/** 80x25 text in colour, 720x400, 9x16 cells. */
export const MODE_3: VgaMode = { number: 0x03, ...text80 };

export function findVgaMode(number: number): VgaMode | undefined {
  return MODES.find((mode) => mode.number === number);
}

/** The DAC as the video BIOS loads it, six bits a component. Entries beyond a palette's own are black. */
export function dacOf(palette: DacPalette): Uint8Array {
  const dac = new Uint8Array(DAC_SIZE);
  const count = palette === '256' ? 256 : 64;
  for (let entry = 0; entry < count; entry++) dac.set(COLOURS[palette](entry), entry * 3);
  return dac;
}

type Colour = readonly [red: number, green: number, blue: number];

const COLOURS: Readonly<Record<DacPalette, (entry: number) => Colour>> = {
  ega: egaColour,
  // Bit 4 is intensity, for palette registers 10h..17h.
  cga: (entry) => cgaColour((entry & 7) | ((entry & 0x10) >> 1)),
  mono: (entry) => grey(entry & 8 ? (entry & 0x10 ? 0x3f : 0x2a) : 0),
  256: (entry) => {
    if (entry < 16) return cgaColour(entry);
    if (entry < 32) return grey(GREYS[entry - 16] ?? 0);
    return hueColour(entry - 32);
  },
};

/** Bits 2..0 are red, green and blue at two thirds, bits 5..3 the same at one third: the EGA's six colour lines. */
function egaColour(entry: number): Colour {
  const component = (bit: number): number => ((entry >> bit) & 1) * 0x2a + ((entry >> (bit + 3)) & 1) * 0x15;
  return [component(2), component(1), component(0)];
}

/** The sixteen colours of the CGA: dark yellow is brown. */
function cgaColour(colour: number): Colour {
  if (colour === 6) return [0x2a, 0x15, 0x00];
  return egaColour((colour & 7) | (colour & 8 ? 0x38 : 0));
}

function grey(level: number): Colour {
  return [level, level, level];
}

const GREYS = [0x00, 0x05, 0x08, 0x0b, 0x0e, 0x11, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x2d, 0x32, 0x38, 0x3f] as const;

/** Five steps from a component's least to its most, by intensity and then saturation. */
// prettier-ignore
const STEPS = [
  [0x00, 0x10, 0x1f, 0x2f, 0x3f], [0x1f, 0x27, 0x2f, 0x37, 0x3f], [0x2d, 0x31, 0x36, 0x3a, 0x3f],
  [0x00, 0x07, 0x0e, 0x15, 0x1c], [0x0e, 0x11, 0x15, 0x18, 0x1c], [0x14, 0x16, 0x18, 0x1a, 0x1c],
  [0x00, 0x04, 0x08, 0x0c, 0x10], [0x08, 0x0a, 0x0c, 0x0e, 0x10], [0x0b, 0x0c, 0x0d, 0x0f, 0x10],
] as const;
const HUES = 24;

/** Entries 20h..F7h: a circle of hues from blue over red and green, in nine combinations of {@link STEPS}. */
function hueColour(index: number): Colour {
  const steps = STEPS[Math.floor(index / HUES)];
  if (steps === undefined) return [0, 0, 0];
  const hue = index % HUES;
  // A component is at its most for 8 hues, at its least for 8, and takes 4 to change.
  const level = (peak: number): number => {
    const distance = Math.abs(((hue - peak + HUES + HUES / 2) % HUES) - HUES / 2);
    return steps[Math.max(0, Math.min(4, 8 - distance))] ?? 0;
  };
  return [level(8), level(16), level(0)];
}
