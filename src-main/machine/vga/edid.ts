const BLOCK_BYTES = 128;
const NAME = 'Vivarium';

const letter = (name: string, index: number): number => name.charCodeAt(index) - 0x40;
/** Three letters of five bits each, the first one highest. */
const MANUFACTURER = (letter('VIV', 0) << 10) | (letter('VIV', 1) << 5) | letter('VIV', 2);
const YEAR = 2024;

/** 1024x768 at 60 Hz by VESA's own timing (DMT 10h): 65 MHz; on a screen of 270 by 203 millimetres. */
// prettier-ignore
const PREFERRED_TIMING = [
  0x64, 0x19, 0x00, 0x40, 0x41, 0x00, 0x26, 0x30, 0x18, 0x88, 0x36, 0x00, 0x0e, 0xcb, 0x10, 0x00, 0x00, 0x18,
];

/** 18 bytes that describe something else than a timing. */
function descriptor(tag: number, content: readonly number[], filler = 0): number[] {
  return [0, 0, 0, tag, 0, ...Array.from({ length: 13 }, (_, index) => content[index] ?? filler)];
}

const LINE_FEED = 0x0a,
  BLANK = 0x20;

/**
 * What the screen says of itself (VESA Enhanced EDID Standard, release A, EDID 1.3): a digital one, best with 1024x768,
 * which takes everything up to 1600x1200.
 */
export function edid(): Uint8Array {
  const block = Uint8Array.from([
    ...[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0],
    ...[MANUFACTURER >> 8, MANUFACTURER & 0xff, 1, 0, 0, 0, 0, 0, 0, YEAR - 1990, 1, 3],
    // Digital; in centimetres; gamma 2.2; colours, and the first timing is the best; sRGB's primaries and white.
    ...[0x80, 27, 20, 120, 0x0a],
    ...[0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54],
    // 640x480, 800x600 and 1024x768 at 60 Hz; 1280x1024 and 1600x1200; no others.
    ...[0x21, 0x08, 0x00, 0x81, 0x80, 0xa9, 0x40, ...new Array<number>(12).fill(1)],
    ...PREFERRED_TIMING,
    ...descriptor(0xfc, [...Array.from(NAME, (each) => each.charCodeAt(0)), LINE_FEED], BLANK),
    // 50 to 75 Hz, 30 to 80 kHz, 170 MHz.
    ...descriptor(0xfd, [50, 75, 30, 80, 17, 0, LINE_FEED], BLANK),
    ...descriptor(0x10, []),
    ...[0, 0],
  ]);
  // All bytes add up to 0.
  block[BLOCK_BYTES - 1] = -block.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return block;
}
