import { PNG } from 'pngjs';
import { deflateSync } from 'node:zlib';

const MOST_COLOURS = 256;
/** As many of the commonest colours stay as they are: areas and lines, beside which a shade would be seen. */
const KEPT_COLOURS = 96;
/** How far a colour may be from the picture's own, as a distance in RGB. It is the edges of letters that are. */
const FARTHEST = 40;

/** The same picture in a third of the bytes: its colours by a palette, or itself where one does not do. */
export function smallPicture(png: Buffer): Buffer {
  const picture = PNG.sync.read(png);
  const colours = coloursOf(picture);
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byFrequency = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  for (let distance = 0; distance <= FARTHEST; distance += 2) {
    const palette = paletteOf(byFrequency, distance);
    if (palette !== undefined) return indexedPng(picture.width, colours, palette);
  }
  return png;
}

/** RRGGBB of each pixel; a window's pixels are all opaque. */
function coloursOf({ data }: PNG): Uint32Array {
  return Uint32Array.from({ length: data.length / 4 }, (_, pixel) => data.readUIntBE(pixel * 4, 3));
}

/** Colours, the commonest among them, of which each other one is within a distance; undefined when those are too many. */
function paletteOf(colours: readonly number[], distance: number): number[] | undefined {
  const palette = colours.slice(0, KEPT_COLOURS);
  for (const colour of colours.slice(KEPT_COLOURS)) {
    if (palette.some((near) => squaredDistance(near, colour) <= distance ** 2)) continue;
    if (palette.length === MOST_COLOURS) return undefined;
    palette.push(colour);
  }
  return palette;
}

function squaredDistance(one: number, other: number): number {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 0xff) - ((other >> 8) & 0xff);
  const blue = (one & 0xff) - (other & 0xff);
  return red ** 2 + green ** 2 + blue ** 2;
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  for (const [index, candidate] of palette.entries()) {
    if (squaredDistance(candidate, colour) < squaredDistance(palette[best]!, colour)) best = index;
  }
  return best;
}

/** PNG, third edition, of colour type 3 with a byte a pixel and no filter, which pngjs does not write. */
function indexedPng(width: number, colours: Uint32Array, palette: readonly number[]): Buffer {
  const height = colours.length / width;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const entries = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]));
  const indices = new Map<number, number>();
  const rows = Buffer.alloc(height * (width + 1));
  for (const [pixel, colour] of colours.entries()) {
    const index = indices.get(colour) ?? nearest(palette, colour);
    indices.set(colour, index);
    rows[pixel + Math.floor(pixel / width) + 1] = index;
  }
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const parts: [name: string, body: Buffer][] = [
    ['IHDR', header],
    ['PLTE', entries],
    ['IDAT', deflateSync(rows, { level: 9 })],
    ['IEND', Buffer.alloc(0)],
  ];
  return Buffer.concat([signature, ...parts.map(([name, body]) => chunk(name, body))]);
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(body.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

/** As in Annex D of the specification, bit by bit: the bodies are small. */
function crc32(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
